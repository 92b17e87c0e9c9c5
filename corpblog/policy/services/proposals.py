"""Change what may leave: one person proposes, another puts in force, anybody entitled may stop it."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.people.models import Person
from corpblog.policy import access, scanners
from corpblog.policy.events import PolicyChanged, policy_changed
from corpblog.policy.models import PolicyVersion
from corpblog.policy.protection import Lowering, lowerings
from corpblog.policy.reading import sound_policy
from corpblog.policy.services.drafts import LONGEST_NOTE, draft_for_change, locked, write_version
from corpblog.policy.services.swapping import swap
from corpblog.policy.services.syncing import bring_up_to_date

LONGEST_REFUSAL = 500


@transaction.atomic
def propose(*, by: Person, number: int, edit: int, note: str = "") -> PolicyVersion:
    """Offer the draft to a second person; from here on it never changes.

    Raises BadPolicy where it would not load or an example does not hold, and Invalid where it says nothing new.
    """
    draft = draft_for_change(by, number, edit)
    draft.note = note.strip()[:LONGEST_NOTE] or draft.note
    if not draft.note:
        raise Invalid(_("Say in one sentence what changes and why: the second person decides on it."))
    return _propose(draft, by)


@transaction.atomic
def roll_back(*, by: Person, to: int, note: str = "") -> PolicyVersion:
    """Propose what an earlier version said, as a new version, so that history only grows."""
    if not access.can_edit(by):
        raise NotAllowed(_("Only policy admins propose policies."))
    old = locked(to)
    if old.in_force_at is None:
        raise Invalid(_("Version %(number)s was never in force.") % {"number": to})
    said = note.strip()[:LONGEST_NOTE] or _("Back to version %(number)s") % {"number": to}
    same = {"source": old.source, "dictionaries": old.dictionaries, "sources": old.sources, "based_on": old}
    return _propose(write_version(by=by, action="policy.drafted", note=said, **same), by)


@transaction.atomic
def put_in_force(*, by: Person, number: int, replacing: int | None) -> PolicyVersion:
    """Let the proposed version decide from the next scan on.

    replacing: the version in force that `by` compared it with; if another one came meanwhile, Conflict, because
        this one would silently undo it.
    """
    version = locked(number)
    _require_second_person(by, version)
    current = PolicyVersion.objects.select_for_update().in_force().first()
    if not _is_the_one_compared_with(current, replacing):
        raise Conflict(_("Another version came in force meanwhile. Look at the differences again, then decide."))
    # Checked again: an upgrade of the engine since the proposal may refuse what it took then.
    sound_policy(version)
    not_before = waits_until(version, lowers=bool(lowered_by(version)))
    if not_before and clock.now() < not_before:
        until = date_format(localtime(not_before), "SHORT_DATETIME_FORMAT")
        raise Conflict(
            _("This version lowers protection, so reviewers have until %(time)s to object.") % {"time": until}
        )
    done = swap(current, version, approved_by=by, actor_id=by.pk)
    # What its sources said since the draft was written counts from the same instant on.
    bring_up_to_date()
    policy_changed.publish(PolicyChanged(version.number, "in_force", by.pk))
    return done


@transaction.atomic
def refuse(*, by: Person, number: int, reason: str) -> PolicyVersion:
    """Stop a proposal, one's own too; a corrected one is a new version."""
    version = locked(number)
    if not version.is_proposed:
        raise Conflict(_("Version %(number)s is not waiting for a decision any more.") % {"number": number})
    if not access.can_refuse(by, version):
        raise NotAllowed(_("Only policy admins and compliance officers decide on policies."))
    if not reason.strip():
        raise Invalid(_("Say why, so that it can be corrected."))
    version.state = PolicyVersion.State.REFUSED
    version.refused_by, version.refused_at, version.refusal = by, clock.now(), reason.strip()[:LONGEST_REFUSAL]
    version.save()
    record(action="policy.refused", actor_id=by.pk, subject=f"policy:{number}", digest=version.digest)
    policy_changed.publish(PolicyChanged(number=number, step="refused", actor_id=by.pk))
    return version


def waits_until(version: PolicyVersion, *, lowers: bool) -> datetime | None:
    """Return from when on the proposal may be put in force, so that reviewers can object; None without any wait.

    Asked again at the decision, and not only when it is proposed: what two people put in force meanwhile may be
    stricter, so that the older proposal lowers what nobody had the time to defend. lowers: whether it does so now.
    """
    if not settings.POLICY_DELAY or not version.proposed_at or not lowers:
        return version.not_before
    # What a source added since is no new agreement: a list that is busy must not put the decision off for ever.
    agreed = PolicyVersion.objects.filter(author__isnull=False).aggregate(at=Max("in_force_at"))["at"]
    return max(version.proposed_at, agreed or version.proposed_at) + settings.POLICY_DELAY


def lowered_by(version: PolicyVersion) -> list[Lowering]:
    """Return how the version lowers protection, compared with the one in force."""
    current = PolicyVersion.objects.in_force().first()
    made = scanners.made_of(current) if current else None
    # What cannot be loaded stops everything, so that anything else lets out more.
    if isinstance(made, scanners.Broken):
        return [Lowering("", "rule")]
    if current is None or made is None:
        return lowerings(None, sound_policy(version))
    cut_off = [name for name, facts in current.sources.items() if version.sources.get(name) != facts]
    # A list that goes on following its source is brought up to date when the version comes in force.
    followed = {name: current.dictionaries[name] for name in current.sources if name not in cut_off}
    after = PolicyVersion(source=version.source, dictionaries=version.dictionaries | followed)
    return lowerings(made.policy, sound_policy(after)) + [Lowering("", "sources") for _name in cut_off[:1]]


def _propose(draft: PolicyVersion, by: Person) -> PolicyVersion:
    if PolicyVersion.objects.in_force().filter(digest=draft.digest).exists():
        raise Invalid(_("This says exactly what the version in force says."))
    lowered = lowered_by(draft)
    draft.state = PolicyVersion.State.PROPOSED
    draft.proposed_by, draft.proposed_at = by, clock.now()
    draft.not_before = draft.proposed_at + settings.POLICY_DELAY if lowered and settings.POLICY_DELAY else None
    draft.save()
    facts = {"digest": draft.digest, "lowers": [f"{lowering.rule} {lowering.part}" for lowering in lowered]}
    record(action="policy.proposed", actor_id=by.pk, subject=f"policy:{draft.number}", **facts)
    policy_changed.publish(PolicyChanged(draft.number, "proposed", by.pk, weaker=bool(lowered)))
    return draft


def _is_the_one_compared_with(current: PolicyVersion | None, number: int | None) -> bool:
    # What its lists' sources said meanwhile is not undone: the new version's lists follow them too.
    # Lists may be long, so no version is read whole: only who follows on whom, and whether a person wrote it.
    at = (current.number, current.author_id, current.based_on_id) if current else None
    while at is not None and at[0] != number and at[1] is None and at[2] is not None:
        at = PolicyVersion.objects.values_list("number", "author_id", "based_on_id").get(pk=at[2])
    return (at[0] if at else None) == number


def _require_second_person(by: Person, version: PolicyVersion) -> None:
    if not version.is_proposed:
        raise Conflict(_("Version %(number)s is not waiting for a decision any more.") % {"number": version.number})
    if version.proposed_by_id == by.pk:
        raise NotAllowed(_("You proposed this version, so somebody else must put it in force."))
    if not access.can_put_in_force(by, version):
        raise NotAllowed(_("Only policy admins and compliance officers decide on policies."))
