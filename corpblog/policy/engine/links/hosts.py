"""What a host in a link is: inside the company's network, a private address however spelt, disguised, a shortener."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

from corpblog.policy.engine.folding import latin, odd_characters

# Names that no public server has: RFC 6762 and 8375, what ICANN keeps for private use, and what companies took.
LOCAL_SUFFIXES: Final = (
    "local", "internal", "intranet", "lan", "corp", "home", "home.arpa", "private", "localdomain", "localhost",
)  # fmt: skip

# They hide where a link leads. Whoever sends links outside follows them and judges where they end.
SHORT_HOSTS: Final = frozenset(
    re.findall(
        r"\S+",
        """
    adf.ly aka.ms amzn.to bit.do bit.ly bl.ink buff.ly chng.it clck.ru cli.re cutt.ly db.tt dlvr.it dub.sh fb.me
    g.co git.io goo.gl hubs.la hubs.ly ift.tt is.gd j.mp kutt.it lc.cx ln.run lnkd.in mcaf.ee ow.ly po.st qr.ae
    rb.gy rebrand.ly s.id short.gy short.io shorte.st shorturl.at shorturl.com shrtco.de snip.ly soo.gd spr.ly
    t.co t.ly tiny.cc tinyurl.com trib.al u.to urlz.fr v.gd wp.me x.co zpr.io
    """,
    )
)

# Networks that are not routed outside: RFC 1918, 3927, 6598, 1122; RFC 4193 and 4291.
_PRIVATE_4: Final = tuple(
    IPv4Network(network)
    for network in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "0.0.0.0/8",
    )
)  # fmt: skip
_PRIVATE_6: Final = tuple(
    IPv6Network(network) for network in ("::1/128", "::/128", "fc00::/7", "fe80::/10", "fec0::/10")
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_NAME: Final = re.compile(r"[^\W_](?:[\w\-.]*[^\W_])?")
_NUMBER: Final = re.compile(r"0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20}")
# Services whose names hold the address they lead to: 10.0.0.1.nip.io.
_WILDCARDS: Final = re.compile(r"(\d{1,3}[.\-]\d{1,3}[.\-]\d{1,3}[.\-]\d{1,3})\.(?:nip|sslip|xip)\.io$")


def is_private(host: str) -> bool:
    """True for an address that only its own network knows, however it is spelt: octal, hexadecimal, IPv6."""
    host = host.casefold().rstrip(".")
    wildcard = _WILDCARDS.search(host)
    address = address_of(wildcard[1].replace("-", ".") if wildcard else host)
    return address is not None and _is_private_address(address)


def _is_private_address(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return any(address in network for network in _PRIVATE_4)
    inside = address.ipv4_mapped or address.sixtofour
    if inside is None and address in _NAT64:
        inside = IPv4Address(int(address) & 0xFFFFFFFF)
    return _is_private_address(inside) if inside else any(address in network for network in _PRIVATE_6)


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a browser makes of this host; None for a name."""
    if ":" in host:
        try:
            return IPv6Address(host.strip("[]").partition("%")[0])
        except ValueError:
            return None
    parts = host.split(".")
    if not 1 <= len(parts) <= 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    *first, last = (_number(part) for part in parts)
    if last is None or any(part is None or part > 255 for part in first) or last >= 256 ** (4 - len(first)):
        return None
    return IPv4Address(sum((part or 0) << 8 * (3 - index) for index, part in enumerate(first)) + last)


def _number(text: str) -> int | None:
    try:
        if text[:2] in ("0x", "0X"):
            return int(text, 16)
        return int(text, 8) if len(text) > 1 and text.startswith("0") else int(text)
    except ValueError:
        return None


def is_internal(host: str, suffixes: tuple[str, ...]) -> bool:
    """True for one of these hosts, what is under them, a local name, or a name of one label."""
    host = host.casefold().rstrip(".")
    if not _NAME.fullmatch(host) or address_of(host) is not None:
        return False
    return "." not in host or is_under(host, (*LOCAL_SUFFIXES, *suffixes))


def is_under(host: str, domains: tuple[str, ...]) -> bool:
    """True for one of these domains and for what is under it, as mail.acme.example is under acme.example."""
    host = host.casefold().rstrip(".")
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def is_disguised(host: str) -> bool:
    """True for a name in punycode, and for one with letters that stand in for Latin ones."""
    return (
        any(label.startswith("xn--") for label in host.casefold().split("."))
        or latin(host, odd_characters(host)) != host
    )


def is_short(host: str) -> bool:
    """True for a shortener: what is behind its links shows only when they are followed."""
    return host.casefold().rstrip(".").removeprefix("www.") in SHORT_HOSTS
