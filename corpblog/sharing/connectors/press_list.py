"""E-mail to a press list: one message to all of it, under a Message-ID that is the job's.

Many mail servers drop a second message with the same Message-ID, but none promises it: a lost answer is for a person.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from corpblog.kernel import clock, egress, mail_egress
from corpblog.kernel.mail_egress import MailRefused, MailServer
from corpblog.sharing.connectors.attachments import files
from corpblog.sharing.connectors.base import (
    USUAL,
    Account,
    Arrived,
    Correction,
    Question,
    Refused,
    Repeat,
    Takes,
    Target,
    Trial,
    Unclear,
    check_carried,
)
from corpblog.sharing.html import as_html
from corpblog.sharing.marks import ALL
from corpblog.sharing.seals import SealedPayload

LONGEST_SUBJECT: Final = 100
MOST_RECIPIENTS: Final = 100
LARGEST: Final = 20 * 1024 * 1024


class PressList:
    kind = "email"
    title: str | Promise = _("E-mail to a press list")
    repeat = Repeat.BLIND
    # A mail that arrived stays as it is: a second one says what is right, and nobody can tell whether it came twice.
    correction = Correction(in_place=False, repeat=Repeat.BLIND)
    marks = ALL
    takes = Takes(most=10, largest=LARGEST, pictures_only=False)
    trial = Trial.UNSEEN
    patience = USUAL
    questions: tuple[Question, ...] = (
        Question("host", _("Mail server"), help=_("For example smtp.acme.example")),
        Question("port", _("Port"), default="587", help=_("587 (STARTTLS) or 465 (TLS)")),
        Question("user", _("User name"), is_needed=False),
        Question("password", _("Password"), is_secret=True, is_needed=False),
        Question("sender", _("Sender's address"), shape="email"),
        Question(
            "recipients", _("Recipients"), shape="lines", help=_("One address a line. None of them sees the others.")
        ),
    )

    def longest(self, config: Mapping[str, Any]) -> int | None:
        return None

    def length(self, text: str) -> int:
        return len(text)

    def publish(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Hand one message over for the whole list, or for nobody; a test for the sender's own mailbox."""
        check_carried(payload, "attachments", "marks")
        return self._delivered(written(payload, str(target.config["sender"])), payload, target, not_after)

    def correct(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Send what is right to the whole list, as an answer to the mail that it corrects."""
        check_carried(payload, "attachments", "marks", "corrects")
        message = written(payload, str(target.config["sender"]))
        subject = str(message["Subject"])
        with override(payload.content["language"] or get_language()):
            message.replace_header("Subject", gettext("Correction: %(subject)s") % {"subject": subject})
        message["In-Reply-To"] = message["References"] = payload.content["corrects"]["remote_id"]
        return self._delivered(message, payload, target, not_after)

    def _delivered(self, message: EmailMessage, payload: SealedPayload, target: Target, not_after: float) -> Arrived:
        # A test is for ourselves: the mailbox that the list hears from gets it, and nobody of the list.
        is_for_us = payload.content["visibility"] == "direct"
        try:
            mail_egress.deliver(
                _server(target),
                sender=target.config["sender"],
                recipients=[str(target.config["sender"])] if is_for_us else recipients_of(target.config),
                message=message.as_bytes(policy=SMTP),
                not_after=not_after,
            )
        except egress.EgressError as error:
            raise _in_our_words(error) from error
        except MailRefused as error:
            raise _no(error) from error
        return Arrived(remote_id=str(message["Message-ID"]), url="")

    def find(self, payload: SealedPayload, target: Target, *, since: datetime, known: frozenset[str]) -> Arrived | None:
        raise Unclear("timeline")

    def delete(self, remote_id: str, target: Target) -> None:
        raise Refused("cannot_delete", for_good=True)

    def verify(self, target: Target) -> Account:
        """Sign in and send nothing. The account is the sender with this very list: another list is another account."""
        recipients = recipients_of(target.config)
        for address in (target.config["sender"], *recipients):
            try:
                validate_email(address)
            except ValidationError as error:
                raise Refused("mail_address", for_good=True, told=address) from error
        if len(recipients) > MOST_RECIPIENTS:
            raise Refused("too_many_recipients", for_good=True)
        try:
            mail_egress.check(_server(target))
        except egress.EgressError as error:
            raise _in_our_words(error) from error
        except MailRefused as error:
            raise _no(error) from error
        named = hashlib.sha256("\n".join(recipients).encode()).hexdigest()[:12]
        return Account(account=f"{target.config['sender']} list {named}"[:200], name="", url="", longest=None)


def recipients_of(config: Mapping[str, Any]) -> list[str]:
    """Return the list's addresses, each once, in order."""
    return sorted({line.strip().lower() for line in str(config["recipients"]).splitlines() if line.strip()})


def written(payload: SealedPayload, sender: str) -> EmailMessage:
    """Return the message. Its subject is the text's first line, so nothing leaves that was not judged."""
    content = payload.content
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(content["speaker"], addr_spec=sender)
    message["To"] = "undisclosed-recipients:;"
    message["Subject"] = _subject(content["text"])
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{payload.key[:40]}@{sender.rpartition('@')[2]}>"
    if content["language"]:
        message["Content-Language"] = content["language"]
    message.set_content(payload.said.flat().text)
    if payload.said.marks:
        # Who reads plain text misses nothing by it; where there are no marks, it would add nothing.
        message.add_alternative(as_html(payload.said), subtype="html")
    for file in files(payload, PressList.takes):
        main, _slash, sub = file.kind.partition("/")
        message.add_attachment(file.read(), maintype=main, subtype=sub or "octet-stream", filename=file.name)
    return message


def _subject(text: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(first) <= LONGEST_SUBJECT:
        return first
    return first[:LONGEST_SUBJECT].rsplit(" ", 1)[0] + " …"


def _server(target: Target) -> MailServer:
    config = target.config
    try:
        port = int(config["port"])
    except ValueError as error:
        raise Refused("forbidden_address", for_good=True, told=str(config["port"])) from error
    return MailServer(str(config["host"]), port, str(config["user"]), target.secrets["password"])


def _in_our_words(error: egress.EgressError) -> Refused | Unclear:
    if isinstance(error, egress.Forbidden):
        return Refused("forbidden_address", for_good=True, told=error.reason)
    if error.reached:
        return Unclear("no_answer", told=error.reason)
    return Refused("unreachable", for_good=False, told=error.reason)


def _no(error: MailRefused) -> Refused:
    code = {"sign_in": "password", "recipient": "mail_address", "sender": "mail_address"}.get(error.step, "refused")
    return Refused(code, for_good=error.for_good, told=error.said)
