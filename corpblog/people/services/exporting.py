"""Gather what is kept of somebody into a ZIP for them: asked for in a page, made by the worker."""

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Final

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from corpblog.kernel import blobs, clock
from corpblog.kernel.errors import Conflict, NotFound
from corpblog.kernel.limits import Limit
from corpblog.people import access
from corpblog.people.events import journal
from corpblog.people.exports import File, Table, gatherers
from corpblog.people.models import DataExport, Person
from corpblog.people.selectors import exports_kept

log = structlog.get_logger(__name__)

_ASKED: Final = Limit("data_export", times=5, per=timedelta(days=1))
# Pictures and office files are compressed already.
_STORED: Final = zipfile.ZIP_STORED


# Where the rows of a page go; no row can bring it, for it is only looked for before they are there.
_HERE: Final = "@rows@"


@dataclass(frozen=True)
class Written:
    """A table of the export, for its index."""

    name: str
    rows: int
    has_page: bool


@transaction.atomic
def ask_for_export(*, by: Person, authenticated_at: datetime | None) -> DataExport:
    """Have the worker gather everything; raise ReauthenticationNeeded, Conflict while one is being made, or TooMany.

    authenticated_at: when the door saw the person's password.
    """
    access.check_was_there(authenticated_at, _("The export holds all that you wrote, so your password is asked for."))
    _ASKED.hit(str(by.pk))
    try:
        with transaction.atomic():
            export = DataExport.objects.create(person=by, asked_at=clock.now())
    except IntegrityError:
        raise Conflict(_("Your data is being gathered already.")) from None
    journal.record(action="data_export.asked", actor_id=by.pk, subject=f"person:{by.pk}", export=export.pk)
    return export


def open_export(*, by: Person, export_id: int) -> DataExport:
    """Return one's own export that is ready; raise NotFound for everything else. Each opening is in the audit log."""
    found = exports_kept().filter(pk=export_id, person=by, state=DataExport.State.READY).first()
    if found is None:
        raise NotFound(_("There is no such export, or its week is over."))
    journal.record(action="data_export.opened", actor_id=by.pk, subject=f"person:{by.pk}", export=found.pk)
    return found


def is_asked_for() -> bool:
    """Whether somebody waits for an export."""
    return DataExport.objects.filter(state=DataExport.State.ASKED).exists()


def make_exports() -> None:
    """Make what was asked for, one after the other; one that fails says so and is not tried again by itself."""
    for export in DataExport.objects.filter(state=DataExport.State.ASKED).select_related("person").order_by("pk"):
        try:
            _make(export)
        except Exception:
            log.exception("data_export_failed", export=export.pk)
            DataExport.objects.filter(pk=export.pk).update(state=DataExport.State.FAILED)


def forget_old_exports() -> None:
    """Drop exports whose week is over; their bytes go with the daily sweep."""
    DataExport.objects.filter(asked_at__lte=clock.now() - DataExport.KEPT_FOR).delete()


def needed(digests: set[str]) -> set[str]:
    """Return which of these bytes an export still needs."""
    return set(exports_kept().filter(sha256__in=digests).values_list("sha256", flat=True))


def _make(export: DataExport) -> None:
    person = export.person
    with tempfile.TemporaryFile() as file, translation.override(person.spoken_language), timezone.override(person.zone):
        export.missing = _write(file, export)
        export.size = file.seek(0, os.SEEK_END)
        export.sha256 = blobs.write_file(file)
    export.state, export.ready_at = DataExport.State.READY, clock.now()
    export.save()
    log.info("data_export_ready", export=export.pk, size=export.size)


def _write(file: IO[bytes], export: DataExport) -> int:
    """Write the ZIP; return how many files could not be read."""
    missing = 0
    contents: list[Written] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, gather in enumerate([_profile, *gatherers()]):
            for entry in gather(export.person):
                if isinstance(entry, File):
                    missing += not _add_file(archive, entry)
                else:
                    contents.append(_add_table(archive, entry))
            DataExport.objects.filter(pk=export.pk).update(done=number + 1)
        facts = {"person": export.person, "contents": contents, "missing": missing, "at": clock.now()}
        archive.writestr("index.html", render_to_string("export/index.html", facts))
    return missing


def _add_table(archive: zipfile.ZipFile, table: Table) -> Written:
    """Write the rows one by one: years of posts need not be in memory together."""
    count = 0
    with tempfile.TemporaryFile() as page:
        with archive.open(f"{table.name}.json", "w", force_zip64=True) as out:
            out.write(b"[")
            for count, row in enumerate(table.rows, start=1):
                out.write(b",\n" if count > 1 else b"\n")
                out.write(json.dumps(row, ensure_ascii=False, cls=DjangoJSONEncoder).encode())
                if table.template:
                    page.write(render_to_string(table.template, {"row": row}).encode())
            out.write(b"\n]\n")
        if table.template:
            _add_page(archive, table, page)
    return Written(table.name, count, bool(table.template))


def _add_page(archive: zipfile.ZipFile, table: Table, rows: IO[bytes]) -> None:
    before, after = render_to_string("export/page.html", {"name": table.name, "rows": _HERE}).split(_HERE)
    rows.seek(0)
    with archive.open(f"{table.name}.html", "w", force_zip64=True) as out:
        out.write(before.encode())
        shutil.copyfileobj(rows, out)
        out.write(after.encode())


def _add_file(archive: zipfile.ZipFile, file: File) -> bool:
    try:
        archive.writestr(zipfile.ZipInfo(file.path), blobs.read(file.digest), _STORED)
    except blobs.BlobError:
        log.warning("data_export_lacks", path=file.path)
        return False
    return True


def _profile(person: Person) -> Iterator[Table]:
    shown = (
        "username", "display_name", "email", "department", "title", "language", "asked_language", "theme", "time_zone",
        "created_at",
    )  # fmt: skip
    facts = {name: getattr(person, name) for name in shown}
    facts["roles"] = sorted(person.roles.values_list("role", flat=True))
    yield Table("profile", [facts])
    yield Table("sessions", list(person.sessions.values("user_agent", "signed_in_at")))
    yield Table("tokens", list(person.tokens.values("name", "scopes", "created_at", "expires_at", "last_used_at")))
