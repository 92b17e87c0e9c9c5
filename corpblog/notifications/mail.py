"""Write to people what they have not read yet: one message for all that is due, in their language, as text and page.

A message quotes a post only where its channel is open and its label lets it, and never in news of a share: what is
held or rejected lies in no mailbox. Of what somebody may no longer read not even the sentence goes out. All is asked at
the moment of sending. A worker that dies after the server took a message and before it noted that sends it again ten
minutes later.
"""

import secrets
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from itertools import groupby
from typing import Final

import structlog
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corpblog.kernel import clock, mail_egress
from corpblog.kernel.counts import Count
from corpblog.kernel.egress import EgressError
from corpblog.kernel.mail_egress import MailRefused, MailServer
from corpblog.notifications import unsubscribing
from corpblog.notifications.models import Notice, NoticeQuerySet
from corpblog.people.models import Person
from corpblog.teams.models import Classification

# Lines end as the wire wants them, and all is seven bits: a server need not offer more.
WIRE: Final = SMTP.clone(cte_type="7bit")
LEASE: Final = timedelta(minutes=10)
MOST_IN_ONE: Final = 100
LONGEST_QUOTE: Final = 200
MOST_PEOPLE: Final = 200

log = structlog.get_logger(__name__)


def send_due() -> int:
    """Send what is due, a message a person, and return how many were handed over; the worker calls this."""
    to = mail_egress.company_server()
    if to is None:
        return 0
    waiting = Notice.objects.filter(mail_due_at__lte=clock.now()).order_by("person_id")
    people = waiting.values_list("person_id", flat=True).distinct()[:MOST_PEOPLE]
    return sum(_send_to(person, to) for person in Person.objects.get_queryset().filter(pk__in=list(people)))


def _send_to(person: Person, to: MailServer) -> bool:
    claimed = _claim(person)
    notices, more = _worth_telling(person, claimed)
    if not notices:
        claimed.update(mail_due_at=None)
        return False
    with translation.override(person.spoken_language), timezone.override(person.zone):
        message = write(person, notices, more)
    try:
        mail_egress.deliver(to, sender=settings.MAIL_FROM, recipients=[person.email], message=bytes(message))
    except MailRefused as refusal:
        log.warning("mail_refused", person=person.pk, step=refusal.step, for_good=refusal.for_good)
        if refusal.for_good:
            claimed.update(mail_due_at=None)
        return False
    except EgressError as error:
        log.warning("mail_not_sent", person=person.pk, error=str(error))
        return False
    claimed.update(mail_due_at=None)
    return True


def _claim(person: Person) -> NoticeQuerySet:
    """Take what is due for a while, under a moment that nobody else has: another worker finds nothing left."""
    until = clock.now() + LEASE + timedelta(microseconds=secrets.randbelow(1_000_000))
    mine: NoticeQuerySet = Notice.objects.of(person)
    mine.filter(mail_due_at__lte=clock.now()).update(mail_due_at=until)
    return mine.filter(mail_due_at=until)


def _worth_telling(person: Person, claimed: NoticeQuerySet) -> tuple[list[Notice], int]:
    """Return the newest of what is still unread and may still be read, by channel; and how many more there are."""
    if not (person.is_active and person.email):
        return [], 0
    rows = claimed.unread().showable(person)
    rows = rows.select_related("actor", "post__author", "post__channel__person", "channel__person").order_by("-pk")
    newest = list(rows[:MOST_IN_ONE])
    # One read in between is one fewer.
    more = max(0, rows.count() - MOST_IN_ONE)
    return sorted(newest, key=lambda notice: (_heading(notice).casefold(), notice.pk)), more


def write(person: Person, notices: list[Notice], more: int) -> EmailMessage:
    """Return the message, in the language that is active.

    more: how many are due that are only counted here, and read on the page.
    """
    stop = f"{settings.ORIGINS[0]}{unsubscribing.address_for(person)}"
    message = EmailMessage(policy=WIRE)
    message["From"] = settings.MAIL_FROM
    message["To"] = person.email
    message["Subject"] = _subject(notices, more)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=settings.MAIL_FROM.rpartition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    # RFC 8058: mail programs offer one press, and post to the address without anybody being signed in.
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    groups = [(heading, [_line(notice) for notice in rows]) for heading, rows in groupby(notices, key=_heading)]
    facts = {"person": person, "groups": groups, "more": more, "stop": stop, "origin": settings.ORIGINS[0]}
    message.set_content(render_to_string("mail/notices.txt", facts))
    message.add_alternative(
        render_to_string("mail/notices.html", facts | {"subject": message["Subject"]}), subtype="html"
    )
    return message


def _subject(notices: list[Notice], more: int) -> str:
    count = len(notices) + more
    if count == 1:
        # A header is one line, whatever a name or a keyword holds.
        return " ".join(notices[0].sentence.split())[:150]
    return ngettext("%(count)s notice in Corpblog", "%(count)s notices in Corpblog", count) % {"count": Count(count)}


def _heading(notice: Notice) -> str:
    channel = notice.post.channel if notice.post else notice.channel
    if channel is None:
        return ""
    if channel.is_storyline and channel.person_id == notice.person_id:
        return _("Your storyline")
    return _("Messages") if channel.is_direct else channel.title


def _line(notice: Notice) -> dict[str, str]:
    return {
        "sentence": notice.sentence,
        "quote": _quote(notice),
        "language": notice.post.language if notice.post else "",
        "address": f"{settings.ORIGINS[0]}/notices/{notice.pk}/",
        # A digest speaks of days: by the reader's clock, in the way of their language.
        "at": date_format(timezone.localtime(notice.created_at), "DATETIME_FORMAT"),
    }


def _quote(notice: Notice) -> str:
    """Return the beginning of a post that may lie in a mailbox: one of an open channel, at most internal.

    News of a share quotes nothing, whatever became of it: the gate decides where these words go, and this is no door.
    """
    post = notice.post
    if (
        post is None
        or notice.kind == Notice.Kind.SHARE
        or post.channel.is_private
        or post.channel.label.rank > Classification.INTERNAL.rank
    ):
        return ""
    words = " ".join(post.text.split())
    return words if len(words) <= LONGEST_QUOTE else f"{words[: LONGEST_QUOTE - 1]}…"
