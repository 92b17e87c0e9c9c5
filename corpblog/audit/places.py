"""Where signed heads of the audit log are kept, and how each place takes one. A place that takes none says why."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpblog.audit import files, stamps
from corpblog.audit.settings import Keepers
from corpblog.kernel import clock, mail_egress, syslog_egress
from corpblog.kernel.egress import EgressError
from corpblog.kernel.mail_egress import MailRefused

# Lines end as the wire wants them, and all is seven bits: a server need not offer more.
WIRE: Final = SMTP.clone(cte_type="7bit")


class NotKept(Exception):
    """A place did not take the head; the text says why, for operators."""


@dataclass(frozen=True)
class Kept:
    """What a place said. `sure`: whether it showed that it has the head."""

    receipt: str = ""
    sure: bool = True


@dataclass(frozen=True)
class Place:
    """One place: what it is called, where it is, and how often it takes a head at most."""

    name: str
    title: Any
    address: Callable[[], str]
    keep: Callable[[dict[str, Any]], Kept]
    asks_outside: bool = True
    every: Callable[[], timedelta] = timedelta


def _file(head: dict[str, Any]) -> Kept:
    try:
        files.append(settings.ANCHOR_FILE, head)
    except OSError as error:
        raise NotKept(f"{type(error).__name__} {error}") from error
    return Kept()


def _syslog(head: dict[str, Any]) -> Kept:
    to = _keepers().syslog
    assert to is not None
    try:
        sure = syslog_egress.deliver(to, json.dumps(head), kind="ANCHOR", at=clock.now())
    except EgressError as error:
        raise NotKept(error.reason) from error
    return Kept(sure=sure)


def _mail(head: dict[str, Any]) -> Kept:
    try:
        server = mail_egress.company_server()
        if server is None:
            raise NotKept("CORPBLOG_MAIL_SERVER is not set")
        with translation.override(settings.LANGUAGE_CODE):
            message = _letter(head)
        mail_egress.deliver(server, sender=settings.MAIL_FROM, recipients=list(_keepers().mail), message=bytes(message))
    except MailRefused as error:
        raise NotKept(f"{error.step}: {error.said}") from error
    except (EgressError, ValueError) as error:
        raise NotKept(str(error)) from error
    return Kept(receipt=message["Message-ID"])


def _letter(head: dict[str, Any]) -> EmailMessage:
    message = EmailMessage(policy=WIRE)
    message["From"] = settings.MAIL_FROM
    message["To"] = ", ".join(_keepers().mail)
    message["Subject"] = _("Audit log of Corpblog: entry %(number)s") % {"number": head["number"]}
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=settings.MAIL_FROM.rpartition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    why = _(
        "Please keep this message. It proves later that the audit log was not written anew. The next line is its head:"
    )
    message.set_content(f"{why}\n\n{json.dumps(head)}\n", cte="quoted-printable")
    return message


def _time_stamp(head: dict[str, Any]) -> Kept:
    keepers = _keepers()
    try:
        stamp, moment = stamps.ask(head, authority=keepers.tsa, roots=keepers.tsa_roots)
        files.append(files.stamp_file(), {**head, "stamp": stamp})
    except (EgressError, stamps.NoStamp, OSError) as error:
        raise NotKept(str(error)) from error
    return Kept(receipt=moment.isoformat())


def _keepers() -> Keepers:
    keepers: Keepers = settings.ANCHOR_KEEPERS
    return keepers


_ALL: Final = (
    Place("file", gettext_lazy("File"), lambda: str(settings.ANCHOR_FILE), _file, asks_outside=False),
    Place("syslog", gettext_lazy("Syslog"), lambda: _keepers().syslog_address, _syslog),
    Place(
        "mail", gettext_lazy("E-mail"), lambda: ", ".join(_keepers().mail), _mail, every=lambda: _keepers().mail_every
    ),
    Place("time_stamp", gettext_lazy("Time stamp"), lambda: _keepers().tsa, _time_stamp),
)


def places() -> list[Place]:
    """Return the places that are set up; the file always is."""
    return [place for place in _ALL if place.address()]


def title_of(name: str) -> Any:
    """Return what a place is called, set up or not."""
    return next((place.title for place in _ALL if place.name == name), name)
