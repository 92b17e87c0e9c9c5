"""The page that a post shows a preview of: which one that is, and whether anybody may be asked about it.

Asking tells a stranger that somebody here speaks of the address, so the address is treated as something that leaves.
"""

import hashlib
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import urldefrag, urlsplit

from django.conf import settings

from corpblog.policy.engine.links import carries_key, leads_inside
from corpblog.posts.markup import Link, read
from corpblog.teams.models import Channel, Classification

LONGEST: Final = 2_000


def page_of(text: str, channel: Channel) -> str | None:
    """Return the address whose page a post may show, without its fragment; None where its first link has none."""
    if not settings.LINK_PREVIEWS or not allows_asking(channel):
        return None
    links = (piece.href for piece in read(text) if isinstance(piece, Link))
    first = next((href for href in links if href.lower().startswith(("https://", "http://"))), "")
    try:
        address = urldefrag(first).url
    except ValueError:  # brackets that are never closed, for example
        return None
    return address if 0 < len(address) <= LONGEST and is_of_a_host_to_ask(address) else None


def allows_asking(channel: Channel) -> bool:
    """Whether links of a channel may be asked about: of what is confidential not even an address gets out."""
    return channel.label.rank <= Classification.INTERNAL.rank


def is_of_a_host_to_ask(address: str) -> bool:
    """Whether the settings let this address be asked, and it is none of our own; ValueError where it is no address."""
    parts = urlsplit(address)
    host = host_in(address)
    if not host or f"{parts.scheme}://{parts.netloc}" in settings.ORIGINS or _is_among(host, settings.PREVIEWS_REFUSED):
        return False
    is_ourselves = host in settings.ALLOWED_HOSTS and not is_own_server(address)
    return not is_ourselves and _is_among(host, settings.PREVIEW_HOSTS)


def is_own_server(address: str) -> bool:
    """Whether this is a server inside that the administrator named twice, as to be asked and as to be reached."""
    parts, host = urlsplit(address), host_in(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return host in settings.PREVIEW_HOSTS and f"{host}:{port}" in settings.EGRESS_PRIVATE


def stays_inside(address: str, internal_hosts: tuple[str, ...]) -> bool:
    """Whether an address leads where only colleagues get, or carries a key: no server is told, not even its own."""
    return carries_key(address) or (not is_own_server(address) and leads_inside(address, internal_hosts))


def digest_of(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def host_in(address: str) -> str:
    """Return an address's host, in small letters; empty where it has none."""
    return (urlsplit(address).hostname or "").rstrip(".")


def shown_host(address: str) -> str:
    """Return an address's host as readers see it."""
    return host_in(address).removeprefix("www.")[:255]


def _is_among(host: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(host, pattern.lower()) for pattern in patterns)
