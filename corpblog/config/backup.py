"""A consistent copy of an instance, and its way back."""

import hashlib
import json
import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from corpblog.kernel import clock, epoch
from corpblog.people.models import Person
from corpblog.sharing.services import doubt_since

_MANIFEST = "manifest.json"


class BackupFailed(Exception):
    """The text says what was not done and why; what was there is as it was."""


def back_up(folder: Path) -> None:
    """Write the database, uploads and, embedded, the keys into an empty folder, with the digest of every file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise BackupFailed(f"{folder} is not empty.")
    # Before the copy: whatever is sent from this instant on, a restore has to doubt.
    made = clock.now()
    _dump_database(folder)
    for name, tree in _trees().items():
        if tree.is_dir():
            shutil.copytree(tree, folder / name)
    manifest = {"made": made.isoformat(), "engine": connection.vendor, "files": _digests(folder)}
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def restore(folder: Path) -> None:
    """Bring a backup into an empty instance, and begin another epoch, so that no page believes its old numbers.

    What may have been sent since the backup is looked for outside before anything is sent.
    """
    manifest = _checked(folder)
    _refuse_to_overwrite()
    _load_database(folder)
    for name, tree in _trees().items():
        if (folder / name).is_dir():
            shutil.copytree(folder / name, tree, dirs_exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    epoch.renew()
    doubt_since(datetime.fromisoformat(manifest["made"]))


def _trees() -> dict[str, Path]:
    """What is copied beside the database, by its name in the backup."""
    return {"uploads": settings.FILES, "keys": settings.VAR / "keys"}


def _dump_database(folder: Path) -> None:
    if connection.vendor == "sqlite":
        # The database writes its own copy: a copied file of a database in use may be torn.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(folder / "corpblog.sqlite3")])
    else:
        _run("pg_dump", "--format=custom", "--no-owner", "--file", str(folder / "corpblog.dump"))


def _load_database(folder: Path) -> None:
    connection.close()
    if connection.vendor == "sqlite":
        target = Path(settings.DATABASE["NAME"])
        target.parent.mkdir(parents=True, exist_ok=True)
        for leftover in (target, *(target.with_name(target.name + end) for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
        shutil.copyfile(folder / "corpblog.sqlite3", target)
    else:
        _run("pg_restore", "--no-owner", "--clean", "--if-exists", "--exit-on-error", str(folder / "corpblog.dump"))


def _run(program: str, *arguments: str) -> None:
    where = settings.DATABASE
    # By environment: arguments are readable by everybody on the machine.
    secret = {"PGPASSWORD": str(where["PASSWORD"])} if where["PASSWORD"] else {}
    target = ["--dbname", str(where["NAME"]), "--host", str(where["HOST"]), "--port", str(where["PORT"] or 5432)]
    command = [program, *target, "--username", str(where["USER"]), *arguments]
    try:
        done = subprocess.run(command, env={**os.environ, **secret}, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise BackupFailed(f"{program} is not installed; it comes with PostgreSQL's client programs.") from error
    if done.returncode:
        raise BackupFailed(f"{program} said: {done.stderr.strip()}")


def _refuse_to_overwrite() -> None:
    if "people_person" in connection.introspection.table_names() and Person.objects.exists():
        raise BackupFailed("There are people in this instance already. Restore into an empty one.")


def _checked(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupFailed(f"{folder} is not a backup: {error}") from error
    if manifest["engine"] != connection.vendor:
        raise BackupFailed(f"This backup is of {manifest['engine']}, and the instance uses {connection.vendor}.")
    found = _digests(folder)
    wrong = sorted(name for name, digest in manifest["files"].items() if found.get(name) != digest)
    if wrong:
        raise BackupFailed(f"These files are missing or not as they were: {', '.join(wrong)}")
    return manifest


def _digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != _MANIFEST)
    return {str(path.relative_to(folder)): _digest(path) for path in files}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
