"""Say what one wishes to be told, and look it up; what follows from it for a notice."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid
from corpblog.kernel.folding import words
from corpblog.notifications.audience import LONGEST_PHRASE
from corpblog.notifications.devices import push_is_set_up
from corpblog.notifications.models import ChannelLevel, Keyword, Notice, PushDevice, Reach, Rhythm
from corpblog.notifications.schedule import after_quiet, due
from corpblog.people.access import held_roles
from corpblog.people.models import Person
from corpblog.teams.access import must_read
from corpblog.teams.models import Channel

Kind, How, Level = Notice.Kind, Reach.How, ChannelLevel.Level
# Whoever answers for these must not be able to say that they were not told.
DUTIES: Final = frozenset({Kind.SHARE, Kind.REVIEW, Kind.POLICY, Kind.DESTINATION, Kind.REPORT, Kind.ANNOUNCEMENT})
# Told to people with a role alone: nobody else finds a wish for them.
OF_A_ROLE: Final = frozenset({Kind.REVIEW, Kind.POLICY, Kind.DESTINATION, Kind.REPORT})
# What a device tells of where nobody said otherwise: what is meant for its person, not what merely happened.
PUSHED_AT_FIRST: Final = frozenset(
    {
        Kind.MENTION,
        Kind.REPLY,
        Kind.DIRECT,
        Kind.KEYWORD,
        Kind.INVITE,
        Kind.REQUEST,
        Kind.SHARE,
        Kind.REVIEW,
        Kind.REPORT,
        Kind.ANNOUNCEMENT,
    }
)
MOST_KEYWORDS: Final = 50


def mail_is_set_up() -> bool:
    """Whether the company has a mail server for notices."""
    return bool(settings.MAIL_SERVER)


def level_for(person: Person, channel: Channel) -> str:
    """Return how much somebody hears of a channel."""
    found = ChannelLevel.objects.filter(person=person, channel=channel).values_list("level", flat=True).first()
    return found or Level.MENTIONS


def set_level(*, by: Person, channel: Channel, level: str) -> None:
    """Hear of every post of a channel, of mentions and replies, or of nothing."""
    must_read(by, channel)
    if level not in Level.values:
        raise Invalid(_("This choice does not exist."))
    ChannelLevel.objects.update_or_create(person=by, channel=channel, defaults={"level": level})


def levels_of(person: Person) -> list[ChannelLevel]:
    """Return of which channels somebody hears more or less than of others, by name; those that they may read."""
    rows = ChannelLevel.objects.filter(person=person, channel__in=Channel.objects.visible_to(person).open())
    return list(rows.exclude(level=Level.MENTIONS).select_related("channel__person").order_by("channel__name", "pk"))


def keywords_of(person: Person) -> list[Keyword]:
    return list(Keyword.objects.filter(person=person).order_by("folded"))


@transaction.atomic
def add_keyword(*, by: Person, phrase: str) -> Keyword:
    """Hear of posts with a word, or up to four in a row; case and accents do not matter."""
    typed = " ".join(phrase.replace("\x00", "").split())[:80]
    folded = words(typed)
    if not folded:
        raise Invalid(_("Type a word of letters or digits."))
    if len(folded) > LONGEST_PHRASE:
        raise Invalid(_("At most %(limit)s words in a row.") % {"limit": LONGEST_PHRASE})
    Person.objects.get_queryset().select_for_update(no_key=True).get(pk=by.pk)
    if Keyword.objects.filter(person=by).count() >= MOST_KEYWORDS:
        raise Conflict(_("You have %(limit)s keywords already. Take one away first.") % {"limit": MOST_KEYWORDS})
    kept, _new = Keyword.objects.get_or_create(person=by, folded=" ".join(folded)[:80], defaults={"phrase": typed})
    return kept


def drop_keyword(*, by: Person, keyword_id: int) -> None:
    """Hear of a word no longer."""
    Keyword.objects.filter(person=by, pk=keyword_id).delete()


def kinds_for(person: Person) -> list[tuple[str, str]]:
    """Return the kinds of notices, with their names, that somebody can be told of."""
    kinds = [(str(kind), str(name)) for kind, name in Kind.choices]
    return kinds if held_roles(person) else [(kind, name) for kind, name in kinds if kind not in OF_A_ROLE]


def reach_of(person: Person) -> dict[str, str]:
    """Return how far notices of each kind go."""
    chosen = dict(Reach.objects.filter(person=person).values_list("kind", "how"))
    return {kind: chosen.get(kind, How.PAGE) for kind in Kind.values}


@transaction.atomic
def set_reach(*, by: Person, wishes: Mapping[str, str]) -> None:
    """Say how far notices of some kinds go; what belongs to a duty is at least shown."""
    for kind, how in wishes.items():
        if kind not in Kind.values or how not in How.values or (how == How.OFF and kind in DUTIES):
            raise Invalid(_("This choice does not exist."))
        Reach.objects.update_or_create(person=by, kind=kind, defaults={"how": how})


def pushed_kinds(person: Person) -> frozenset[str]:
    """Return the kinds of which somebody's devices are told."""
    chosen = dict(Reach.objects.filter(person=person, push__isnull=False).values_list("kind", "push"))
    return frozenset(kind for kind in Kind.values if chosen.get(kind, kind in PUSHED_AT_FIRST))


@transaction.atomic
def set_pushed(*, by: Person, kinds: Collection[str]) -> None:
    """Say of which kinds devices are told, and of which they are not; what they were not asked about stays."""
    if not set(kinds) <= set(Kind.values):
        raise Invalid(_("This choice does not exist."))
    for kind, _name in kinds_for(by):
        Reach.objects.update_or_create(
            person=by,
            kind=kind,
            defaults={"push": kind in kinds},
            create_defaults={"how": How.PAGE, "push": kind in kinds},
        )


def choices_for(kind: str, *, with_mail: bool) -> Iterable[tuple[str, str]]:
    """Return how far notices of a kind may go."""
    for how, name in How.choices:
        if (how != How.OFF or kind not in DUTIES) and (with_mail or how in {How.OFF, How.PAGE}):
            yield how, str(name)


def how_far(person: Person, kind: str) -> str:
    """Return how far one notice goes."""
    chosen = Reach.objects.filter(person=person, kind=kind).values_list("how", flat=True).first()
    return chosen or How.PAGE


def rhythm_of(person: Person) -> Rhythm:
    """Return when somebody is written to; unsaved where they never said."""
    return Rhythm.objects.filter(person=person).first() or Rhythm(person=person)


def set_rhythm(*, by: Person, digest: str, quiet_from: int | None, quiet_to: int | None) -> None:
    """Say how often a digest comes, and which hours stay quiet (both, from 0 to 23, or neither)."""
    hours = [hour for hour in (quiet_from, quiet_to) if hour is not None]
    if digest not in Rhythm.Digest.values or len(hours) == 1 or any(not 0 <= hour <= 23 for hour in hours):
        raise Invalid(_("Choose both ends of the quiet hours, or neither."))
    values = {"digest": digest, "quiet_from": quiet_from, "quiet_to": quiet_to}
    Rhythm.objects.update_or_create(person=by, defaults=values)


def plan(notice: Notice) -> None:
    """Note when a notice that was just made is mailed and pushed, as its person wishes."""
    plan_mail(notice)
    plan_push(notice)


def plan_push(notice: Notice) -> None:
    """Note when devices are told of a notice that was just made; in quiet hours, when they are over."""
    if not push_is_set_up() or not PushDevice.objects.filter(person=notice.person).exists():
        return
    if notice.kind in pushed_kinds(notice.person):
        local = clock.now().astimezone(notice.person.zone)
        notice.push_due_at = after_quiet(local, rhythm_of(notice.person))
        notice.save(update_fields=["push_due_at"])


def plan_mail(notice: Notice) -> None:
    """Note when a notice that was just made is mailed, as its person wishes."""
    if not (mail_is_set_up() and notice.person.email):
        return
    how = how_far(notice.person, notice.kind)
    notice.mail_due_at = due(how, rhythm_of(notice.person), notice.person.zone, clock.now())
    if notice.mail_due_at:
        notice.save(update_fields=["mail_due_at"])


def stop_mail(person: Person) -> None:
    """Mail nothing more: what was mailed is shown on the page only, and what waits is not sent."""
    Reach.objects.filter(person=person, how__in=[How.MAIL, How.DIGEST]).update(how=How.PAGE)
    Notice.objects.filter(person=person).update(mail_due_at=None)
