"""Keep word lists in step with their sources. What a source adds counts at once; what it takes away waits for a person.

Two people agreed, with the version that names the source, that its words are held. A source that somebody empties must
not open the gate, so whatever lowers protection becomes a proposal, as when a person writes it.
"""

from collections.abc import Collection

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.policy import access, dictionaries, sources
from corpblog.policy.errors import BadPolicy
from corpblog.policy.events import PolicyChanged, policy_changed
from corpblog.policy.models import DictionaryText, PolicyVersion, SourceState, digest_of
from corpblog.policy.protection import lowerings
from corpblog.policy.reading import sound_policy
from corpblog.policy.services.drafts import draft_for_change, put_list, require_editor, save_draft, write_version
from corpblog.policy.services.swapping import swap
from corpblog.policy.sources import Head, Source, SourceUnread

log = structlog.get_logger(__name__)


# By people ------------------------------------------------------------------------------------------------------------


def put_source(*, by: Person, number: int, edit: int, name: str, source: Source) -> dictionaries.Report:
    """Let the draft's list come from a source from now on, and put in what the source says at the moment."""
    require_editor(by)
    checked = dictionaries.checked_name(name)
    # Outside of any transaction: a slow server must not hold the draft's row.
    report = sources.read(source, checked)
    with transaction.atomic():
        draft = draft_for_change(by, number, edit)
        draft.sources = {**draft.sources, checked: source.facts()}
        _remember(source, sources.keep(report), report.count)
        return put_list(draft, by, report, source=source.kind)


def try_address(*, by: Person, url: str) -> Head:
    """Return how the list at an address begins, before anything follows it; raise SourceUnread."""
    require_editor(by)
    return sources.look(url)


@transaction.atomic
def drop_source(*, by: Person, number: int, edit: int, name: str) -> PolicyVersion:
    """Keep the draft's list as it is from now on."""
    draft = draft_for_change(by, number, edit)
    if name not in draft.sources:
        raise NotFound(_("This list has no source."))
    draft.sources = {key: facts for key, facts in draft.sources.items() if key != name}
    return save_draft(draft, by, dictionary=name, source="")


def sync_now(*, by: Person, name: str) -> None:
    """Read the source of a list in force at once; raise SourceUnread where that fails."""
    if not access.can_edit(by):
        raise NotAllowed(_("Only policy admins keep word lists in step."))
    version = PolicyVersion.objects.in_force().first()
    if version is None or name not in version.sources:
        raise NotFound(_("The version in force has no list of that name that is kept in step."))
    _read(Source(**version.sources[name]), name)
    bring_up_to_date()


# By the worker --------------------------------------------------------------------------------------------------------


def sync_lists(kinds: Collection[str] | None = None) -> None:
    """Read the sources of the version in force, all or those of some kinds, and let what changed count."""
    version = PolicyVersion.objects.in_force().first()
    for name, facts in version.sources.items() if version else ():
        if kinds is None or facts["kind"] in kinds:
            try:
                _read(Source(**facts), name)
            except SourceUnread as error:
                log.warning("word_list_unread", dictionary=name, problem=error.code)
    bring_up_to_date()


@transaction.atomic
def bring_up_to_date() -> None:
    """Let the version in force say what its sources said when they were last read."""
    current = PolicyVersion.objects.select_for_update().in_force().first()
    wanted = _as_the_sources_say(current) if current else {}
    if current is None or wanted == current.dictionaries:
        return
    try:
        before, after = sound_policy(current), sound_policy(_with_lists(current, wanted))
        if not lowerings(before, after):
            _carry_on(current, wanted)
            return
        both = _with_what_was(current, wanted)
        if both != current.dictionaries and not lowerings(before, sound_policy(_with_lists(current, both))):
            current = _carry_on(current, both)
    except BadPolicy:
        _note_examples(current, wanted)
        return
    _propose(current, wanted)


def _read(source: Source, name: str) -> None:
    try:
        report = sources.read(source, name)
    except SourceUnread as error:
        _note_failure(source, error.code)
        raise
    with transaction.atomic():
        _remember(source, sources.keep(report), report.count)


def _remember(source: Source, digest: str, count: int) -> None:
    now = clock.now()
    state, is_new = SourceState.objects.get_or_create(key=source.key)
    if is_new or state.digest != digest:
        state.digest, state.changed_at = digest, now
    state.count, state.read_at, state.failing_since, state.problem = count, now, None, ""
    state.save()


@transaction.atomic
def _note_failure(source: Source, code: str) -> None:
    state, _is_new = SourceState.objects.get_or_create(key=source.key)
    is_first = state.failing_since is None
    state.problem, state.failing_since = code, state.failing_since or clock.now()
    state.save()
    current = PolicyVersion.objects.in_force().first()
    if is_first and current is not None and source.facts() in current.sources.values():
        policy_changed.publish(PolicyChanged(current.number, "list_unread", None))


def _as_the_sources_say(version: PolicyVersion) -> dict[str, str]:
    keys = {name: Source(**facts).key for name, facts in version.sources.items()}
    said = dict(SourceState.objects.filter(key__in=keys.values()).exclude(digest="").values_list("key", "digest"))
    return {**version.dictionaries, **{name: said[key] for name, key in keys.items() if key in said}}


def _with_what_was(current: PolicyVersion, wanted: dict[str, str]) -> dict[str, str]:
    """Return the lists with what came, and without what went."""
    both = dict(current.dictionaries)
    for name, digest in wanted.items():
        if both.get(name) != digest:
            texts = DictionaryText.objects.in_bulk([both[name], digest] if name in both else [digest])
            terms = "\n".join(text.terms for text in texts.values())
            both[name] = sources.keep(dictionaries.clean(name, "\n".join(sorted(set(terms.split("\n"))))))
    return both


def _with_lists(current: PolicyVersion, lists: dict[str, str]) -> PolicyVersion:
    return PolicyVersion(source=current.source, dictionaries=lists, sources=current.sources)


def _carry_on(current: PolicyVersion, lists: dict[str, str]) -> PolicyVersion:
    """Put the successor in force: the same text, agreed upon by the same two people, with other lists."""
    version = _written(current, lists, action="policy.synced")
    return swap(current, version, approved_by=current.approved_by, actor_id=None)


def _propose(current: PolicyVersion, lists: dict[str, str]) -> None:
    """Ask for a second person, once for the same lists, and only for the newest state of them."""
    mine = PolicyVersion.objects.filter(author=None, based_on__isnull=False)
    states = PolicyVersion.State
    digest = digest_of(current.source, lists, current.sources)
    if mine.filter(digest=digest, state__in=[states.PROPOSED, states.REFUSED]).exists():
        return
    for overtaken in mine.filter(state=states.PROPOSED).select_for_update():
        overtaken.state = states.DISCARDED
        overtaken.save()
        subject = f"policy:{overtaken.number}"
        record(action="policy.discarded", actor_id=None, subject=subject, digest=overtaken.digest)
    version = _written(current, lists, action="policy.sync_proposed")
    version.state = states.PROPOSED
    version.not_before = clock.now() + settings.POLICY_DELAY if settings.POLICY_DELAY else None
    version.save()
    policy_changed.publish(PolicyChanged(version.number, "list_shrank", None, weaker=True))


def _written(current: PolicyVersion, lists: dict[str, str], *, action: str) -> PolicyVersion:
    return write_version(
        by=None,
        action=action,
        source=current.source,
        dictionaries=lists,
        sources=current.sources,
        based_on=current,
        proposed_by=current.proposed_by,
        proposed_at=clock.now(),
    )


def _note_examples(current: PolicyVersion, lists: dict[str, str]) -> None:
    changed = [name for name, digest in lists.items() if current.dictionaries.get(name) != digest]
    for name in changed:
        _note_failure(Source(**current.sources[name]), "examples")
