"""Microsoft Teams, through a workflow that posts what its webhook receives; the address is the secret.

The message is an Adaptive Card, whose text runs take every character as it is; text blocks would read Markdown
(https://adaptivecards.io/explorer/TextRun.html).
"""

import re
import urllib.parse
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from corpblog.kernel import egress
from corpblog.sharing.connectors import http
from corpblog.sharing.connectors.base import (
    NO_FILES,
    USUAL,
    Account,
    Arrived,
    Question,
    Refused,
    Repeat,
    Target,
    Trial,
    Unclear,
    check_carried,
)
from corpblog.sharing.marks import ALL, Kind, Marked, Run
from corpblog.sharing.seals import SealedPayload

# A message may have 28 KB as JSON. A character takes four bytes at most, and what a line needs around it about 90.
LARGEST: Final = 28 * 1024
LONGEST: Final = 5000
_LINE_COUNTS: Final = 25
_LOOKS: Final = {
    Kind.BOLD: ("weight", "Bolder"),
    Kind.ITALIC: ("italic", True),
    Kind.CODE: ("fontType", "Monospace"),
    Kind.BLOCK: ("fontType", "Monospace"),
}
_LINK: Final = re.compile(r"(https?://[^\s<>]+)")


class Teams:
    kind = "teams"
    title: str | Promise = "Microsoft Teams"
    # A workflow answers before it posts, has no key, and cannot be read back.
    repeat = Repeat.BLIND
    marks = ALL
    takes = NO_FILES
    trial = Trial.STAYS
    patience = USUAL
    questions: tuple[Question, ...] = (
        Question(
            "url",
            _("Address of the workflow"),
            help=_("From the workflow “Post to a channel when a webhook request is received”."),
            is_secret=True,
        ),
    )

    def longest(self, config: Mapping[str, Any]) -> int | None:
        return LONGEST

    def length(self, text: str) -> int:
        """Count characters, and every new line as 25, since the card needs that much around it."""
        return len(text) + text.count("\n") * (_LINE_COUNTS - 1)

    def publish(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        check_carried(payload, "marks")
        http.ask(
            "POST",
            target.secrets["url"],
            headers={"Content-Type": "application/json"},
            body=written(payload.said),
            publishes=True,
            not_after=not_after,
            seconds=float(target.config.get("seconds", egress.TOTAL_SECONDS)),
        )
        return Arrived(remote_id=payload.key, url="")

    def find(self, payload: SealedPayload, target: Target, *, since: datetime, known: frozenset[str]) -> Arrived | None:
        raise Unclear("timeline")

    def delete(self, remote_id: str, target: Target) -> None:
        raise Refused("cannot_delete", for_good=True)

    def verify(self, target: Target) -> Account:
        """Look at the address only: asking the workflow anything would post. The test message tells."""
        try:
            place = egress.place_of(target.secrets["url"])
        except egress.Forbidden as error:
            raise Refused("forbidden_address", for_good=True, told=error.reason) from error
        # The signature is in the query; the path names the workflow.
        path = urllib.parse.urlsplit(target.secrets["url"]).path
        return Account(account=f"{place.host}{path}"[:200], name="", url="", longest=LONGEST)


def written(said: Marked) -> bytes:
    """Return the message as it is sent. Marks take room: where there is none for them, they go before any word."""
    body = http.as_json(card(said))
    return body if len(body) <= LARGEST else http.as_json(card(said.flat()))


def card(said: Marked) -> dict[str, Any]:
    """Return the message that a workflow posts: one line of the text a block, links that can be followed."""
    blocks = [_block(line) for line in said.lines()]
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    return {"type": "message", "attachments": [attachment]}


def _block(line: Marked) -> dict[str, Any]:
    runs = [shown for run in line.runs() for shown in _runs(run)] or [{"type": "TextRun", "text": ""}]
    block = {"type": "RichTextBlock", "inlines": runs}
    is_quote = any(mark.kind is Kind.QUOTE for mark in line.marks)
    return {"type": "Container", "style": "emphasis", "items": [block]} if is_quote else block


def _runs(run: Run) -> Iterator[dict[str, Any]]:
    looks = {name: value for kind, (name, value) in _LOOKS.items() if kind in run.kinds}
    if run.url:
        yield _follows(run.url) | {"text": run.text} | looks
        return
    for part in _LINK.split(run.text):
        if _LINK.fullmatch(part):
            yield _follows(part) | {"text": part} | looks
        elif part:
            yield {"type": "TextRun", "text": part} | looks


def _follows(url: str) -> dict[str, Any]:
    return {"type": "TextRun", "selectAction": {"type": "Action.OpenUrl", "url": url}}
