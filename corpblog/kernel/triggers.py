"""Rules that the database itself keeps, so that no bug in a service and no stray script can break them.

Each says what it refuses, in one SQL condition that SQLite and PostgreSQL both understand. A later migration that makes
Django rebuild a table on SQLite drops the table's triggers: list them again in that migration (a test counts them).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.migrations.operations import RunPython
from django.db.migrations.operations.base import Operation


@dataclass(frozen=True)
class Refusal:
    """Refuse `event` on rows of `table` where `when` holds, with `message` as an IntegrityError.

    event: INSERT, UPDATE or DELETE; when: SQL over OLD and NEW; without it every row is refused.
    """

    name: str
    table: str
    event: str
    message: str
    when: str = "1=1"

    def create(self, vendor: str) -> str:
        return self._postgresql() if vendor == "postgresql" else self._sqlite()

    def drop(self, vendor: str) -> str:
        return (
            f'DROP TRIGGER IF EXISTS "{self.name}" ON "{self.table}"; DROP FUNCTION IF EXISTS "{self.name}"()'
            if vendor == "postgresql"
            else f'DROP TRIGGER IF EXISTS "{self.name}"'
        )

    def _sqlite(self) -> str:
        return (
            f'CREATE TRIGGER "{self.name}" BEFORE {self.event} ON "{self.table}" FOR EACH ROW WHEN ({self.when}) '
            f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        )

    def _postgresql(self) -> str:
        row = "OLD" if self.event == "DELETE" else "NEW"
        return (
            f'CREATE FUNCTION "{self.name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ({self.when}) THEN '
            f"RAISE EXCEPTION '{self.message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            f"RETURN {row}; END $$; "
            f'CREATE TRIGGER "{self.name}" BEFORE {self.event} ON "{self.table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{self.name}"()'
        )


def operation(refusals: Sequence[Refusal]) -> RunPython:
    """Return the migration operation that adds the triggers, and takes them away when it is undone."""
    return RunPython(_adding(refusals), _removing(refusals))


def around(refusals: Sequence[Refusal], *operations: Operation) -> list[Operation]:
    """Return the operations with the triggers out of their way: SQLite rebuilds a table under a name that they miss."""
    return replaced(refusals, refusals, *operations)


def replaced(former: Sequence[Refusal], refusals: Sequence[Refusal], *operations: Operation) -> list[Operation]:
    """Return the operations with the former triggers out of their way, and others there afterwards."""
    return [RunPython(_removing(former), _adding(former)), *operations, operation(refusals)]


def set_aside(*operations: Operation) -> list[Operation]:
    """Return the operations with every trigger of an SQLite database out of their way, and back as it was afterwards.

    For tables that triggers of layers above look at: whoever rebuilds one need not know those layers.
    """
    kept: list[tuple[str, str]] = []

    def take(_apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            with schema_editor.connection.cursor() as cursor:
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                kept[:] = cursor.fetchall()
            for name, _sql in kept:
                schema_editor.execute(f'DROP TRIGGER "{name}"', params=None)

    def put_back(_apps: Any, schema_editor: Any) -> None:
        for _name, sql in kept:
            schema_editor.execute(sql, params=None)
        kept.clear()

    return [RunPython(take, put_back), *operations, RunPython(put_back, take)]


def _adding(refusals: Sequence[Refusal]) -> Callable[[Any, Any], None]:
    def add(apps: Any, schema_editor: Any) -> None:
        for refusal in refusals:
            schema_editor.execute(refusal.create(schema_editor.connection.vendor), params=None)

    return add


def _removing(refusals: Sequence[Refusal]) -> Callable[[Any, Any], None]:
    def remove(apps: Any, schema_editor: Any) -> None:
        for refusal in refusals:
            schema_editor.execute(refusal.drop(schema_editor.connection.vendor), params=None)

    return remove
