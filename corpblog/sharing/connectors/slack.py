"""Slack, through an incoming webhook: the address is the secret, and it can post to one channel and do nothing else.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and …/formatting-message-text (escaping).
The address is pasted, or comes from Slack's own page, where an admin chooses the channel (OAuth 2, scope
`incoming-webhook`: https://docs.slack.dev/authentication/installing-with-oauth). The token that Slack gives as well
is not kept.
"""

import urllib.parse
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from corpblog.kernel import egress
from corpblog.sharing.connectors import http, oauth
from corpblog.sharing.connectors.base import (
    NO_FILES,
    USUAL,
    Account,
    Arrived,
    Errand,
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

# Slack cuts at 40,000 and asks for 4,000 at most.
LONGEST: Final = 4000
_WHOLE: Final = {Kind.QUOTE: "rich_text_quote", Kind.BLOCK: "rich_text_preformatted"}
_STYLES: Final = {Kind.BOLD: "bold", Kind.ITALIC: "italic", Kind.CODE: "code"}
_HOSTS: Final = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})


class Slack:
    kind = "slack"
    title: str | Promise = "Slack"
    # A webhook can neither be read back nor recognises a repetition.
    repeat = Repeat.BLIND
    marks = ALL
    takes = NO_FILES
    trial = Trial.STAYS
    patience = USUAL
    questions: tuple[Question, ...] = (
        Question(
            "url",
            _("Address of the webhook"),
            help=_("Begins with https://hooks.slack.com/services/. Whoever knows it can post."),
            is_secret=True,
            is_needed=False,
        ),
        Question(
            "client_id",
            _("Client ID"),
            help=_("Of a Slack app of yours, to choose the channel on Slack’s own page instead"),
            is_needed=False,
        ),
        Question("client_secret", _("Client secret"), is_secret=True, is_needed=False),
    )

    def __init__(self, site: str = "https://slack.com") -> None:
        self._site = site

    def longest(self, config: Mapping[str, Any]) -> int | None:
        return LONGEST

    def length(self, text: str) -> int:
        return len(text)

    def publish(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Post the words as they are: no preview, and nobody called by a name that looks like one.

        Marked words go as a block of rich text, for Slack's mrkdwn has no way to write a star or an underscore that is
        none of its signs; `text` is then what notifications and readers of old clients get.
        """
        check_carried(payload, "marks")
        said = payload.said
        message: dict[str, Any] = {
            "text": escaped(said.flat().text),
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if said.marks:
            message["blocks"] = [{"type": "rich_text", "elements": list(rich_text(said))}]
        headers = {"Content-Type": "application/json; charset=utf-8"}
        http.ask(
            "POST",
            target.secrets["url"],
            headers=headers,
            body=http.as_json(message),
            publishes=True,
            not_after=not_after,
            seconds=float(target.config.get("seconds", egress.TOTAL_SECONDS)),
        )
        # Slack says "ok" and no more: there is no id to take it back by.
        return Arrived(remote_id=payload.key, url="")

    def find(self, payload: SealedPayload, target: Target, *, since: datetime, known: frozenset[str]) -> Arrived | None:
        raise Unclear("timeline")

    def delete(self, remote_id: str, target: Target) -> None:
        raise Refused("cannot_delete", for_good=True)

    def verify(self, target: Target) -> Account:
        """Look at the address only: asking Slack anything would post. The test message tells."""
        if not target.secrets.get("url"):
            raise Refused("slack_how", for_good=True)
        try:
            place = egress.place_of(target.secrets["url"])
        except egress.Forbidden as error:
            raise Refused("forbidden_address", for_good=True, told=error.reason) from error
        path = urllib.parse.urlsplit(target.secrets["url"]).path.split("/")
        if not (place.host in _HOSTS or place.is_private) or path[1:2] != ["services"] or len(path) != 5:
            raise Refused("not_slack", for_good=True)
        # /services/TEAM/WEBHOOK/TOKEN: without its last part the address opens nothing, and names the channel.
        return Account(account=f"{place.host}/{path[2]}/{path[3]}", name="", url="", longest=LONGEST)

    def prepared(self, target: Target, redirect: str) -> Mapping[str, str]:
        return {}

    def sign_in_page(self, target: Target, errand: Errand) -> str:
        """Slack's page lets the admin choose a channel; it knows no PKCE for apps with a secret."""
        if not (target.config.get("client_id") and target.secrets.get("client_secret")):
            raise Refused("slack_how", for_good=True)
        url = f"{self._site}/oauth/v2/authorize"
        return oauth.page(
            url, errand, client_id=target.config["client_id"], scope="incoming-webhook", with_challenge=False
        )

    def redeemed(self, target: Target, *, redirect: str, code: str, verifier: str) -> Mapping[str, str]:
        """Return the address of the webhook that the code stands for; Slack says no with a 200 and `ok: false`."""
        form = {"client_id": target.config["client_id"], "client_secret": target.secrets["client_secret"]}
        body = urllib.parse.urlencode(form | {"code": code, "redirect_uri": redirect}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = http.ask("POST", f"{self._site}/api/oauth.v2.access", headers=headers, body=body)
        try:
            given = http.read(answer)
            if given["ok"] is not True:
                raise Refused("no_token", for_good=True, told=str(given.get("error", ""))[:200])
            return {"url": str(given["incoming_webhook"]["url"])}
        except (KeyError, TypeError, Unclear) as error:
            raise Refused("no_token", for_good=True) from error

    def renewed(self, target: Target) -> Mapping[str, str]:
        # A webhook's address does not end by itself.
        raise Refused("token", for_good=True)


def rich_text(said: Marked) -> Iterator[dict[str, Any]]:
    """Yield the words as sections, quotes and blocks of code (https://docs.slack.dev/reference/block-kit/blocks)."""
    whole = [mark for mark in said.marks if mark.kind in _WHOLE]
    here = 0
    for mark in whole:
        # The line end before and after it is the block's own.
        yield from _section(said.part(here, max(here, mark.start - 1)), "rich_text_section")
        yield from _section(said.part(mark.start, mark.end), _WHOLE[mark.kind])
        here = mark.end + 1
    yield from _section(said.part(here, len(said.text)), "rich_text_section")


def _section(said: Marked, kind: str) -> Iterator[dict[str, Any]]:
    if said.text:
        yield {"type": kind, "elements": [_element(run) for run in said.runs()]}


def _element(run: Run) -> dict[str, Any]:
    style = {_STYLES[kind]: True for kind in _STYLES if kind in run.kinds}
    words = {"type": "link", "url": run.url, "text": run.text} if run.url else {"type": "text", "text": run.text}
    return words | ({"style": style} if style else {})


def escaped(text: str) -> str:
    """Return the text with the three characters that begin Slack's markup written as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
