"""Migrations of the desk, the audit log and policies go back one by one with data in the tables, and come again."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from corpblog.desk import services as desk
from corpblog.desk.models import Proposal, RuleMark
from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.posts.services import publish
from corpblog.sharing import services as gate
from corpblog.sharing.models import Share
from corpblog.teams.models import Channel
from tests.conftest import one_of_the_cast
from tests.servers.daphne import database
from tests.web.test_route_matrix import a_world

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("django_db_setup")]
Names = dict[str, set[str]]


@pytest.fixture
def filled(django_db_blocker: Any, settings: Any) -> Iterator[None]:
    """A database of its own in which officers, authors and admins did what they do."""
    with database() as base, django_db_blocker.unblock(), base.opened():
        settings.FILES = base.folder / "files"
        settings.ANCHOR_FILE = base.folder / "anchors.jsonl"
        a_world(one_of_the_cast)
        officers_at_work()
        yield


def officers_at_work() -> None:
    """Cases in every state that the world has none of: sent back with a wording, contested, passed up, marked."""
    alice, omar, lena = (Person.objects.get(username=name) for name in ("alice", "omar", "lena"))
    news, press = Channel.objects.get(slug="news"), gate.ensure_press_page()

    def held(text: str) -> dict[str, Any]:
        share = gate.request_share(by=alice, post=publish(by=alice, channel=news, text=text), destination=press)
        return {"by": omar, "share_id": share.pk, "digest": share.digest, "authenticated_at": timezone.now()}

    case = held("Falcon, have a wording")
    desk.redact(spans={"text": [(0, 6)]}, **case)
    for text, is_right in (("Falcon, be right", True), ("Falcon, be wrong", False)):
        case = held(text)
        desk.mark_rule(by=omar, share_id=case["share_id"], rule="code-names", is_right=is_right)
        desk.reject(reason="No", **case)
        desk.appeal(by=alice, share_id=case["share_id"], reason="Look again")
    case = held("Falcon, be passed up")
    desk.escalate(note="You decide", **case)
    desk.remark(by=lena, share_id=case["share_id"], kind="comment", text="I look")
    desk.search_everything(by=omar, purpose="An inquiry", query="Falcon")


def rows() -> dict[str, int]:
    """How many rows each table has, but for what Django notes of the migrations themselves."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith("django_"):
                cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
                found[table] = cursor.fetchone()[0]
    return found


def shape() -> Names:
    """The columns, constraints and triggers of every table, by their names."""
    names: Names = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            names[table] = columns | set(connection.introspection.get_constraints(cursor, table))
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if connection.vendor == "sqlite"
            else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
        names["triggers"] = {name for (name,) in cursor.fetchall()}
    return names


def steps_back(app: str) -> list[str]:
    """The names of an app's migrations but its first, the newest first, each as where it goes back to."""
    names = sorted(name for label, name in MigrationExecutor(connection).loader.disk_migrations if label == app)
    return names[-2::-1]


def migrate(*targets: tuple[str, str]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())


def test_each_goes_back_and_comes_again_with_the_rows_that_both_know(filled: None) -> None:
    was = shape()
    for app, table in (("audit", "audit_auditentry"), ("policy", "policy_policyversion"), ("desk", "desk_casefile")):
        kept = rows()
        assert kept[table] > 0
        for before in steps_back(app):
            migrate((app, before))
        first = rows()
        assert all(count == kept[name] for name, count in first.items() if name in kept)
        migrate()
        assert shape() == was
        assert {name: count for name, count in rows().items() if name in first} == first
    assert Post.objects.filter(text="Falcon, be right").exists()


def test_the_newest_of_the_desk_lose_nothing_that_the_one_before_can_say(filled: None) -> None:
    wording = Proposal.objects.get()
    migrate(("desk", "0013_fields_of_a_proposal"))
    with connection.cursor() as cursor:
        # It knows false alarms alone, and must not take a true find for one.
        cursor.execute("SELECT COUNT(*) FROM desk_falsealarm")
        assert cursor.fetchone()[0] == 1
    migrate(("desk", "0011_parts_under_a_hold"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM desk_proposal")
        assert cursor.fetchone()[0] == "[…], have a wording"
    migrate()
    again = Proposal.objects.get()
    assert (again.fields, again.answer) == (wording.fields, wording.answer)
    mark = RuleMark.objects.get()
    assert (mark.is_right, mark.revision.share) == (False, Share.objects.get(post__text="Falcon, be wrong"))
