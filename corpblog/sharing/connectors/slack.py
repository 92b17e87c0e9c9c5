"""Slack, through an incoming webhook: the address is the secret, and it can post to one channel and do nothing else.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and …/formatting-message-text (escaping).
"""

import urllib.parse
from collections.abc import Mapping
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
from corpblog.sharing.seals import SealedPayload

# Slack cuts at 40,000 and asks for 4,000 at most.
LONGEST: Final = 4000
_HOSTS: Final = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})


class Slack:
    kind = "slack"
    title: str | Promise = "Slack"
    # A webhook can neither be read back nor recognises a repetition.
    repeat = Repeat.BLIND
    takes = NO_FILES
    trial = Trial.STAYS
    patience = USUAL
    questions: tuple[Question, ...] = (
        Question(
            "url",
            _("Address of the webhook"),
            help=_("Begins with https://hooks.slack.com/services/. Whoever knows it can post."),
            is_secret=True,
        ),
    )

    def longest(self, config: Mapping[str, Any]) -> int | None:
        return LONGEST

    def length(self, text: str) -> int:
        return len(text)

    def publish(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Post the words as they are: no markup, no preview, and nobody called by a name that looks like one."""
        check_carried(payload)
        message = {
            "text": escaped(payload.content["text"]),
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
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
        try:
            place = egress.place_of(target.secrets["url"])
        except egress.Forbidden as error:
            raise Refused("forbidden_address", for_good=True, told=error.reason) from error
        path = urllib.parse.urlsplit(target.secrets["url"]).path.split("/")
        if not (place.host in _HOSTS or place.is_private) or path[1:2] != ["services"] or len(path) != 5:
            raise Refused("not_slack", for_good=True)
        # /services/TEAM/WEBHOOK/TOKEN: without its last part the address opens nothing, and names the channel.
        return Account(account=f"{place.host}/{path[2]}/{path[3]}", name="", url="", longest=LONGEST)


def escaped(text: str) -> str:
    """Return the text with the three characters that begin Slack's markup written as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
