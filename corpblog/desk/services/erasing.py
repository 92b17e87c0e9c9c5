"""Erase what is kept of somebody who left: two officers say so, the worker does it, and a hold beats it.

What proves what the company did is kept, under a number that names nobody any more. The audit log stays whole: its
entries hold numbers and salted commitments, and what the entries about the person say is erased with its salt.
"""

import json
import os
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from corpblog.audit import services as audit
from corpblog.audit.models import AuditEntry
from corpblog.audit.services import record
from corpblog.desk import access
from corpblog.desk.covering import held
from corpblog.desk.due import in_use
from corpblog.desk.models import Erasure, Hold, OfficerSearch
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.people.models import Person, normal_username
from corpblog.people.services import erase_profile
from corpblog.posts import services as posts
from corpblog.posts.models import Ballot, Mention, Pin, Post, PostQuerySet, Reaction, Report
from corpblog.sharing import services as gate
from corpblog.sharing.models import Decision, Share
from corpblog.teams.models import Membership
from corpblog.teams.services import forget_member

AT_ONCE: Final = 100
BATCHES: Final = 20
# What counts in others' posts, what others wrote, and what is dealt with by itself.
SPARED: Final = (Ballot, Membership, Mention, Pin, Reaction, Report)


@transaction.atomic
def ask_to_erase(*, by: Person, username: str, reason: str) -> Erasure:
    """Ask a colleague to agree that what is kept of somebody go. Only of who was cut off."""
    access.check_may_act(by)
    reason = " ".join(reason.replace("\x00", "").split())
    person = _somebody(username)
    if person.pk == by.pk:
        raise Invalid(_("Nobody erases themselves."))
    if person.is_active:
        raise Invalid(_("This person may still sign in. An administrator has to cut them off first."))
    if not reason:
        raise Invalid(_("Say why, for example the letter in which they asked for it."))
    if len(reason) > Erasure.LONGEST_REASON:
        raise Invalid(_("This is too long: %(limit)s characters at most.") % {"limit": Erasure.LONGEST_REASON})
    try:
        with transaction.atomic():
            made: Erasure = Erasure.objects.create(person=person, reason=reason, asked_by=by, asked_at=clock.now())
    except IntegrityError as error:
        raise Conflict(_("This was asked for already.")) from error
    record(action="erasure.asked", actor_id=by.pk, subject=made.subject, person=person.pk)
    return made


@transaction.atomic
def agree_to_erase(*, by: Person, erasure_id: int) -> Erasure:
    """Agree as a second officer; the worker begins within five minutes, and nothing brings it back."""
    erasure = _asked(by, erasure_id)
    access.check_is_second(by, erasure.asked_by_id)
    if erasure.person_id == by.pk:
        raise Invalid(_("Nobody erases themselves."))
    erasure.agreed_by, erasure.agreed_at = by, clock.now()
    erasure.save(update_fields=["agreed_by", "agreed_at"])
    record(action="erasure.agreed", actor_id=by.pk, subject=erasure.subject, asked_by=erasure.asked_by_id)
    transaction.on_commit(lambda: _remember(erasure))
    return erasure


@transaction.atomic
def drop_erasure(*, by: Person, erasure_id: int) -> None:
    """Take back what was only asked for; one officer may, for nothing goes."""
    erasure = _asked(by, erasure_id)
    erasure.dropped_by, erasure.dropped_at = by, clock.now()
    erasure.save(update_fields=["dropped_by", "dropped_at"])
    record(action="erasure.dropped", actor_id=by.pk, subject=erasure.subject)


def carry_out_erasures() -> None:
    """Erase what two agreed to, in small batches; what a hold covers waits for it. The worker calls this."""
    for erasure_id in Erasure.objects.under_way().order_by("pk").values_list("pk", flat=True):
        left = BATCHES
        while left and _batch(erasure_id):
            left -= 1


@transaction.atomic
def _batch(erasure_id: int) -> bool:
    """Remove some posts, or finish; whether there is more to remove."""
    erasure = Erasure.objects.select_for_update(of=("self",), no_key=True).select_related("person").get(pk=erasure_id)
    person = erasure.person
    if erasure.finished_at is not None:
        return False
    if Hold.objects.standing().filter(person=person).exists():
        # Who wrote it is part of what that hold keeps: nothing goes.
        return _wait(erasure, _speaking(person).count())
    free = _speaking(person).exclude(held()).exclude(in_use()).order_by("channel", "pk")
    found = list(free.values_list("channel_id", "pk")[:AT_ONCE])
    if found:
        channel_id = found[0][0]
        batch = [pk for channel, pk in found if channel == channel_id]
        posts.remove(channel_id=channel_id, post_ids=batch)
        _add(erasure, {"posts": len(batch)})
        return True
    waiting = _speaking(person).count()
    return _wait(erasure, waiting) if waiting else _finish(erasure)


def _wait(erasure: Erasure, posts_left: int) -> bool:
    kept = {"waiting": posts_left}
    if erasure.report.get("kept") != kept:
        erasure.report = erasure.report | {"kept": kept}
        erasure.save(update_fields=["report"])
    return False


def _finish(erasure: Erasure) -> bool:
    person = erasure.person
    entries = AuditEntry.objects.filter(Q(actor_id=person.pk) | Q(subject=f"person:{person.pk}")).count()
    gone = erase_profile(person, sparing=SPARED)
    person.refresh_from_db()
    notices = gone.pop("notifications.notice", 0)
    _add(erasure, {"profile": 1, "notices": notices, "memberships": forget_member(person)})
    _add(erasure, {"keepsakes": gone.total() + posts.forget_unposted(person) + gate.erase_accounts_of(person)})
    _add(erasure, {"payloads": audit.forget_payloads(f"person:{person.pk}", because=erasure.subject)})
    kept = {
        "entries": entries,
        "shares": Share.objects.filter(Q(author=person) | Q(requester=person)).count(),
        "decisions": Decision.objects.filter(reviewer=person).count(),
        "searches": OfficerSearch.objects.filter(by=person).count(),
        "mentions": Mention.objects.filter(person=person).count(),
        "marks": Reaction.objects.filter(person=person).count() + Ballot.objects.filter(person=person).count(),
    }
    erasure.report = erasure.report | {"kept": {name: count for name, count in kept.items() if count}}
    erasure.finished_at = clock.now()
    erasure.save(update_fields=["report", "finished_at"])
    record(action="erasure.finished", actor_id=None, subject=erasure.subject, **erasure.report)
    return False


def _add(erasure: Erasure, counts: Any) -> None:
    erased = dict(erasure.report.get("erased", {}))
    for name, count in counts.items():
        if count:
            erased[name] = erased.get(name, 0) + count
    erasure.report = erasure.report | {"erased": erased}
    erasure.save(update_fields=["report"])


def _speaking(person: Person) -> PostQuerySet:
    """Posts of theirs that still say something, if only in a version of the past."""
    found: PostQuerySet = Post.objects.filter(author=person, revisions__isnull=False).distinct()
    return found


# After a restore ------------------------------------------------------------------------------------------------------


def erasures_file() -> Path:
    """Where erasures are remembered beside the anchors: a backup that is restored knows nothing of later ones."""
    return settings.ANCHOR_FILE.with_name("erasures.jsonl")


def _remember(erasure: Erasure) -> None:
    line = {"person": erasure.person_id, "asked_by": erasure.asked_by_id, "agreed_by": erasure.agreed_by_id}
    told = json.dumps(line | {"at": clock.now().isoformat()}) + "\n"
    erasures_file().parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(erasures_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(descriptor, told.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@transaction.atomic
def erase_again() -> int:
    """Ask anew for erasures that a restored backup knows nothing of; return how many. The worker carries them out."""
    if not erasures_file().exists():
        return 0
    made = 0
    for line in map(json.loads, erasures_file().read_text(encoding="utf-8").splitlines()):
        if Erasure.objects.filter(person=line["person"], agreed_at__isnull=False).exists():
            continue
        if len(Person.objects.get_queryset().in_bulk([line["person"], line["asked_by"], line["agreed_by"]])) < 3:
            continue
        Erasure.objects.filter(person=line["person"], agreed_at__isnull=True).delete()
        erasure = Erasure.objects.create(
            person_id=line["person"],
            reason="restored",
            asked_by_id=line["asked_by"],
            asked_at=line["at"],
            agreed_by_id=line["agreed_by"],
            agreed_at=line["at"],
        )
        Person.objects.get_queryset().filter(pk=line["person"]).update(
            is_active=False, inactive_because=Person.Inactive.ADMIN
        )
        record(action="erasure.again", actor_id=None, subject=erasure.subject, person=line["person"])
        made += 1
    return made


def _somebody(username: str) -> Person:
    name = normal_username(username.replace("\x00", "").strip().removeprefix("@"))
    found = Person.objects.get_queryset().filter(username=name).first() if name else None
    if found is None:
        raise Invalid(_("Nobody has the username %(name)s.") % {"name": username})
    return found


def _asked(by: Person, erasure_id: int) -> Erasure:
    access.check_may_act(by)
    erasure: Erasure | None = Erasure.objects.select_for_update(no_key=True).filter(pk=erasure_id).first()
    if erasure is None:
        raise NotFound(_("There is no such erasure."))
    if erasure.agreed_at is not None or erasure.dropped_at is not None:
        raise Conflict(_("This was decided already."))
    return erasure
