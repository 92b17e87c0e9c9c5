"""Work on a draft: nothing here changes what may leave."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.policy import access, dictionaries, documents, sources
from corpblog.policy.errors import StaleEdit
from corpblog.policy.exchange import Files
from corpblog.policy.models import PolicyVersion, digest_of
from corpblog.policy.reading import read
from corpblog.policy.ready_made import PACKS
from corpblog.policy.starter import starter

# A form of that many characters, escaped, stays below DATA_UPLOAD_MAX_MEMORY_SIZE.
LONGEST_SOURCE = 200_000
LONGEST_NOTE = 300
# What a pack is switched to.
SWITCHES: Mapping[str, dict[str, bool]] = {
    "deciding": {"shadow": False, "resting": False},
    "watching": {"shadow": True, "resting": False},
    "resting": {"shadow": False, "resting": True},
}


@transaction.atomic
def create_draft(*, by: Person, source_of: PolicyVersion | None = None) -> PolicyVersion:
    """Return a new draft that says what `source_of` says, or else what the version in force says.

    A second press of the button returns the first press's draft, as long as nothing was changed in it.
    """
    require_editor(by)
    origin = source_of or PolicyVersion.objects.in_force().first()
    said = (origin.source, origin.dictionaries, origin.sources) if origin else (starter(), {}, {})
    source, dictionaries, sources = said
    # A file that was brought in is an untouched draft as well, and says something else.
    same = {"based_on": origin, "digest": digest_of(*said)}
    untouched = PolicyVersion.objects.drafts().filter(author=by, edit=1, **same).first()
    return untouched or write_version(
        by=by,
        action="policy.drafted",
        source=source,
        dictionaries=dictionaries,
        sources=sources,
        based_on=origin,
    )


@transaction.atomic
def edit_draft(*, by: Person, number: int, edit: int, source: str, note: str | None = None) -> PolicyVersion:
    """Save the draft's text, right or wrong; only `propose` asks that it is right.

    edit: the draft's save counter when the page was opened; if somebody saved since, StaleEdit, and nothing changes.
    """
    draft = draft_for_change(by, number, edit)
    draft.source = _storable(source)
    if note is not None:
        draft.note = _storable(note).strip()[:LONGEST_NOTE]
    return save_draft(draft, by)


@transaction.atomic
def put_dictionary(*, by: Person, number: int, edit: int, name: str, terms: str) -> dictionaries.Report:
    """Put a word list into the draft under a name, in place of the one of that name; say what was found in it."""
    draft = draft_for_change(by, number, edit)
    checked = dictionaries.checked_name(name)
    return _put_by_hand(draft, by, dictionaries.clean(checked, _storable(terms, dictionaries.LONGEST)))


def _put_by_hand(draft: PolicyVersion, by: Person, report: dictionaries.Report) -> dictionaries.Report:
    # What a person uploads is not overwritten by the source that the list had.
    draft.sources = {name: facts for name, facts in draft.sources.items() if name != report.name}
    return put_list(draft, by, report)


def put_list(draft: PolicyVersion, by: Person, report: dictionaries.Report, **facts: Any) -> dictionaries.Report:
    """Put the list into a draft that the caller holds locked, in place of the one of that name."""
    draft.dictionaries = {**draft.dictionaries, report.name: sources.keep(report)}
    save_draft(draft, by, dictionary=report.name, terms=report.count, **facts)
    return report


@transaction.atomic
def put_document(*, by: Person, number: int, edit: int, name: str, text: str) -> dictionaries.Report:
    """Put the fingerprint of a confidential document into the draft under a name; the text itself is not kept."""
    draft = draft_for_change(by, number, edit)
    checked = dictionaries.checked_name(name)
    return _put_by_hand(draft, by, dictionaries.fingerprinted(checked, _storable(text, dictionaries.LONGEST)))


@transaction.atomic
def put_records(*, by: Person, number: int, edit: int, name: str, text: str) -> dictionaries.Report:
    """Put salted hashes of a table (CSV) into the draft under a name; its values are not kept."""
    draft = draft_for_change(by, number, edit)
    checked = dictionaries.checked_name(name)
    return _put_by_hand(draft, by, dictionaries.recorded(checked, _storable(text, dictionaries.LONGEST)))


@transaction.atomic
def draft_of_files(*, by: Person, files: Files) -> PolicyVersion:
    """Return a new draft that says what the files say, right or wrong, with what some of its lists follow."""
    require_editor(by)
    return write_version(
        by=by,
        action="policy.imported",
        source=_storable(files.source),
        dictionaries={name: sources.keep(report) for name, report in files.lists.items()},
        sources={name: source.facts() for name, source in files.sources.items()},
        based_on=PolicyVersion.objects.in_force().first(),
    )


@transaction.atomic
def draft_of_document(*, by: Person, source: str) -> PolicyVersion:
    """Return a new draft of a document alone, right or wrong; it keeps the word lists of the version in force."""
    require_editor(by)
    current = PolicyVersion.objects.in_force().first()
    return write_version(
        by=by,
        action="policy.imported",
        source=_storable(source),
        dictionaries=current.dictionaries if current else {},
        sources=current.sources if current else {},
        based_on=current,
    )


@transaction.atomic
def drop_dictionary(*, by: Person, number: int, edit: int, name: str) -> PolicyVersion:
    """Take a word list out of the draft."""
    draft = draft_for_change(by, number, edit)
    if name not in draft.dictionaries:
        raise NotFound(_("This draft has no such word list."))
    draft.dictionaries = {key: digest for key, digest in draft.dictionaries.items() if key != name}
    draft.sources = {key: facts for key, facts in draft.sources.items() if key != name}
    return save_draft(draft, by, dictionary=name, terms=0)


@transaction.atomic
def add_pack(*, by: Person, number: int, edit: int, name: str) -> tuple[str, ...]:
    """Take the rules of a ready-made pack into the draft; return the ids of those that it did not have yet."""
    draft = draft_for_change(by, number, edit)
    if name not in PACKS:
        raise NotFound(_("There is no such pack."))
    source, added = documents.add_rules(draft.source, PACKS[name].source)
    if added:
        draft.source = _storable(source)
        save_draft(draft, by, pack=name, rules=len(added))
    return added


@transaction.atomic
def switch_pack(*, by: Person, number: int, edit: int, pack: str, to: str) -> int:
    """Let all rules of a pack decide, only watch, or rest, in the draft; return how many changed.

    to: one of `SWITCHES`. Raises Invalid where no rule of the draft would decide any more.
    """
    draft = draft_for_change(by, number, edit)
    if to not in SWITCHES:
        raise Invalid(_("Choose whether the rules decide, only watch, or rest."))
    source, changed = documents.switch_pack(draft.source, draft.dictionaries, pack, **SWITCHES[to])
    if changed and read(source, draft.dictionaries).policy is None:
        raise Invalid(_("Then no rule would decide any more. Let another rule decide first."))
    if changed:
        draft.source = _storable(source)
        save_draft(draft, by, pack=pack, to=to, rules=changed)
    return changed


@transaction.atomic
def discard_draft(*, by: Person, number: int, edit: int) -> PolicyVersion:
    """Put a draft away; it stays in the list of versions."""
    draft = draft_for_change(by, number, edit)
    draft.state = PolicyVersion.State.DISCARDED
    draft.edited_by = by
    draft.save()
    record(action="policy.discarded", actor_id=by.pk, subject=f"policy:{number}", digest=draft.digest)
    return draft


def write_version(
    *,
    by: Person | None,
    action: str,
    source: str,
    dictionaries: dict[str, str],
    sources: dict[str, dict[str, str]],
    based_on: PolicyVersion | None,
    **fields: Any,
) -> PolicyVersion:
    """Insert the next version and its audit entry, in the caller's transaction; nobody wrote what a source said."""
    version = _insert(
        source=source,
        dictionaries=dictionaries,
        sources=sources,
        digest=digest_of(source, dictionaries, sources),
        based_on=based_on,
        author=by,
        edited_by=by,
        **fields,
    )
    facts = {"digest": version.digest, "based_on": based_on.number if based_on else None}
    record(action=action, actor_id=by.pk if by else None, subject=f"policy:{version.number}", **facts)
    return version


def locked(number: int) -> PolicyVersion:
    """Return the version, held until the transaction ends, so that two people's clicks are dealt with in turn."""
    version: PolicyVersion | None = PolicyVersion.objects.select_for_update().filter(number=number).first()
    if version is None:
        raise NotFound(_("There is no such version."))
    return version


def _insert(**fields: Any) -> PolicyVersion:
    # Two drafts begun in the same instant want the same number; the second takes the next.
    for _attempt in range(10):
        newest = PolicyVersion.objects.newest_first().values_list("number", flat=True).first() or 0
        try:
            with transaction.atomic():
                version: PolicyVersion = PolicyVersion.objects.create(number=newest + 1, **fields)
                return version
        except IntegrityError:
            continue
    raise Conflict(_("Many drafts were begun at once. Try again."))


def require_editor(by: Person) -> None:
    """Raise NotAllowed for whoever may not shape policies."""
    if not access.can_edit(by):
        raise NotAllowed(_("Only policy admins edit policies."))


def draft_for_change(by: Person, number: int, edit: int) -> PolicyVersion:
    """Return the draft, locked, if this person may change it and saw its last save."""
    require_editor(by)
    draft = locked(number)
    if not draft.is_draft:
        raise Conflict(_("Version %(number)s is no draft any more. Begin a new draft from it.") % {"number": number})
    if draft.edit != edit:
        raise StaleEdit(
            _("Somebody saved this draft after you opened it. Your text is kept below; compare it with theirs."),
            expected=edit,
            found=draft.edit,
        )
    return draft


def save_draft(draft: PolicyVersion, by: Person, **facts: Any) -> PolicyVersion:
    """Save a draft that the caller holds locked, and write down who changed what."""
    draft.digest = digest_of(draft.source, draft.dictionaries, draft.sources)
    draft.edit += 1
    draft.edited_by = by
    draft.save()
    record(action="policy.edited", actor_id=by.pk, subject=f"policy:{draft.number}", digest=draft.digest, **facts)
    return draft


def _storable(text: str, longest: int = LONGEST_SOURCE) -> str:
    """Return the text as the databases can keep it, with one kind of line end; browsers send CR LF."""
    if len(text) > longest:
        raise Invalid(
            _("This is longer than %(longest)s characters. Put long word lists into a dictionary.")
            % {"longest": longest}
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid(_("This contains characters that are not text. Remove them and save again."))
    return text
