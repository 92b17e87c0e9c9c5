"""One file a kind of destination. Nothing else may reach outside, and these reach it through the egress client only."""

from corpblog.sharing.connectors.base import Connector
from corpblog.sharing.connectors.bluesky import Bluesky
from corpblog.sharing.connectors.linkedin import LinkedIn
from corpblog.sharing.connectors.mastodon import Mastodon
from corpblog.sharing.connectors.press import PressPage
from corpblog.sharing.connectors.press_list import PressList
from corpblog.sharing.connectors.slack import Slack
from corpblog.sharing.connectors.teams import Teams
from corpblog.sharing.connectors.webhook import Webhook
from corpblog.sharing.connectors.x import X

CONNECTORS: dict[str, Connector] = {
    connector.kind: connector
    for connector in (PressPage(), Mastodon(), Bluesky(), PressList(), Slack(), Teams(), Webhook(), X(), LinkedIn())
}


def connector_for(kind: str) -> Connector:
    """Return the connector; KeyError for a kind that this version does not have."""
    return CONNECTORS[kind]
