"""Place a legal hold, and lift it: each takes two officers. It protects from the moment that the first one asks."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.desk import access
from corpblog.desk.models import Hold, HoldWord
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.kernel.folding import words
from corpblog.people.models import Person, normal_username
from corpblog.posts.search import MOST_WORDS
from corpblog.teams.models import Channel


@dataclass(frozen=True)
class Scope:
    """What a hold is to cover: all of what is given together. The names are as an officer typed them.

    until: the first instant that it does not cover.
    """

    username: str = ""
    channel: str = ""
    term: str = ""
    since: datetime | None = None
    until: datetime | None = None


@transaction.atomic
def place_hold(*, by: Person, matter: str, reason: str, scope: Scope) -> Hold:
    """Have something kept, from now on; a second officer has to agree before it may be read under the hold."""
    access.check_may_act(by)
    person, channel, found = _person(scope.username), _channel(scope.channel), _words(scope.term)
    if not (person or channel or found or scope.since or scope.until):
        raise Invalid(_("Say what is to be kept: a person, a channel, words, or a time."))
    if scope.since and scope.until and scope.since >= scope.until:
        raise Invalid(_("The last day lies before the first one."))
    hold: Hold = Hold.objects.create(
        matter=_said(matter, Hold.LONGEST_MATTER, _("Name the matter, for example the number of an inquiry.")),
        reason=_said(reason, Hold.LONGEST_REASON, _("Say why this has to be kept.")),
        person=person,
        channel=channel,
        term=" ".join(scope.term.split()),
        since=scope.since,
        until=scope.until,
        asked_by=by,
        asked_at=clock.now(),
    )
    HoldWord.objects.bulk_create(HoldWord(hold=hold, word=word) for word in found)
    record(
        action="hold.asked",
        actor_id=by.pk,
        subject=hold.subject,
        person=person.pk if person else None,
        channel=channel.pk if channel else None,
        words=len(found),
    )
    return hold


@transaction.atomic
def agree_to_hold(*, by: Person, hold_id: int) -> Hold:
    """Agree as a second officer: what the hold covers may be read under it."""
    hold = _standing(by, hold_id)
    if hold.agreed_at is not None:
        raise Conflict(_("Two officers stand behind this hold already."))
    access.check_is_second(by, hold.asked_by_id)
    hold.agreed_by, hold.agreed_at = by, clock.now()
    hold.save(update_fields=["agreed_by", "agreed_at"])
    record(action="hold.placed", actor_id=by.pk, subject=hold.subject, asked_by=hold.asked_by_id)
    return hold


@transaction.atomic
def ask_to_lift(*, by: Person, hold_id: int, reason: str) -> Hold:
    """Ask a colleague to agree that the hold end; until then it stands."""
    hold = _standing(by, hold_id)
    if hold.lift_asked_at is not None:
        raise Conflict(_("Somebody asked for that already."))
    hold.lift_reason = _said(reason, Hold.LONGEST_REASON, _("Say why this need not be kept any longer."))
    hold.lift_asked_by, hold.lift_asked_at = by, clock.now()
    hold.save(update_fields=["lift_reason", "lift_asked_by", "lift_asked_at"])
    record(action="hold.lift_asked", actor_id=by.pk, subject=hold.subject)
    return hold


@transaction.atomic
def keep_hold(*, by: Person, hold_id: int) -> Hold:
    """Answer whoever asks to lift it that it stands; one officer is enough to go on keeping."""
    hold = _standing(by, hold_id)
    if hold.lift_asked_at is None:
        raise Conflict(_("Nobody asks to lift this hold."))
    hold.lift_reason, hold.lift_asked_by, hold.lift_asked_at = "", None, None
    hold.save(update_fields=["lift_reason", "lift_asked_by", "lift_asked_at"])
    record(action="hold.kept", actor_id=by.pk, subject=hold.subject)
    return hold


@transaction.atomic
def lift_hold(*, by: Person, hold_id: int) -> Hold:
    """Lift it as a second officer: retention and deletion go on from here."""
    hold = _standing(by, hold_id)
    if hold.lift_asked_by_id is None:
        raise Conflict(_("Nobody asks to lift this hold."))
    access.check_is_second(by, hold.lift_asked_by_id)
    hold.lifted_by, hold.lifted_at = by, clock.now()
    hold.save(update_fields=["lifted_by", "lifted_at"])
    record(action="hold.lifted", actor_id=by.pk, subject=hold.subject, asked_by=hold.lift_asked_by_id)
    return hold


def _standing(by: Person, hold_id: int) -> Hold:
    access.check_may_act(by)
    hold: Hold | None = Hold.objects.select_for_update(no_key=True).filter(pk=hold_id).first()
    if hold is None:
        raise NotFound(_("There is no such hold."))
    access.check_may_rule_on_hold(by, hold)
    if not hold.is_standing:
        raise Conflict(_("This hold was lifted."))
    return hold


def _person(username: str) -> Person | None:
    username = username.strip().removeprefix("@")
    if not username:
        return None
    found = Person.objects.get_queryset().filter(username=normal_username(username.replace("\x00", ""))).first()
    if found is None:
        raise Invalid(_("Nobody has the username %(name)s.") % {"name": username})
    return found


def _channel(slug: str) -> Channel | None:
    slug = slug.strip().removeprefix("#")
    if not slug:
        return None
    # Officers hold what is in closed rooms as well; the page says no more of a room than its name.
    found: Channel | None = Channel.objects.filter(slug=slug.replace("\x00", "").lower()).first()
    if found is None:
        raise Invalid(_("No channel has the address %(name)s.") % {"name": slug})
    return found


def _words(term: str) -> list[str]:
    if len(term) > Hold.LONGEST_TERM:
        raise Invalid(_("This is too long: 200 characters at most."))
    found = list(dict.fromkeys(words(term)))
    if term.strip() and not found:
        raise Invalid(_("The words of a hold need letters or digits."))
    if len(found) > MOST_WORDS:
        raise Invalid(_("A hold takes twelve words at most. Fewer words keep more."))
    return found


def _said(text: str, longest: int, missing: str) -> str:
    text = " ".join(text.replace("\x00", "").split())
    if not text:
        raise Invalid(missing)
    if len(text) > longest:
        raise Invalid(_("This is too long: %(limit)s characters at most.") % {"limit": longest})
    return text
