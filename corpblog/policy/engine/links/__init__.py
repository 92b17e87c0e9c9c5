"""Links and paths that lead inside, carry a key, or hide where they lead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from corpblog.policy.engine.links.hosts import (
    LOCAL_SUFFIXES,
    SHORT_HOSTS,
    is_disguised,
    is_internal,
    is_private,
    is_short,
)
from corpblog.policy.engine.links.reading import Link, links_in
from corpblog.policy.engine.secrets.kind import entropy
from corpblog.policy.engine.wording import Wording

Spans = Iterator[tuple[int, int]]
Finder = Callable[[str], Spans]


@dataclass(frozen=True, slots=True)
class LinkKind:
    """One kind of link.

    signs: one of them is in every link with a scheme that is of this kind.
    is_one: whether such a link is; it is told the company's internal hosts.
    bare_signs: one of them, or an internal host where the kind `names_hosts`, is in whatever is of it without a scheme.
    bare: finds that.
    """

    name: str
    title: Wording
    signs: tuple[str, ...]
    is_one: Callable[[Link, tuple[str, ...]], bool]
    bare_signs: tuple[str, ...] = ()
    bare: Callable[[str, tuple[str, ...]], Spans] | None = None
    names_hosts: bool = False

    def triggers_with(self, hosts: tuple[str, ...]) -> tuple[str, ...]:
        """What is in every text that has one."""
        return (*self.signs, *self._bare_signs_with(hosts))

    def _bare_signs_with(self, hosts: tuple[str, ...]) -> tuple[str, ...]:
        return (*self.bare_signs, *hosts) if self.names_hosts else self.bare_signs

    def finder(self, hosts: tuple[str, ...]) -> Finder:
        """A finder of this kind's links for a company with these internal hosts."""
        signs = self._bare_signs_with(hosts)

        def find(text: str) -> Spans:
            links = links_in(text)
            yield from ((link.start, link.end) for link in links if self.is_one(link, hosts))
            folded = text.casefold() if self.bare else ""
            if self.bare and any(sign in folded for sign in signs):
                # What stands in a link is judged with it.
                bare = self.bare(text, hosts)
                yield from (span for span in bare if not any(link.start <= span[0] < link.end for link in links))

        return find


# Names of parameters whose value opens something to whoever has the link.
_TOKENS: Final = frozenset(
    re.findall(
        r"\S+",
        """
    access_token accesstoken api_key api-key apikey auth auth_token authtoken authorization client_secret code
    hash_key id_token jsessionid jwt key magic otp pass passwd password phpsessid pwd refresh_token resourcekey
    secret session session_id sessionid sid sig signature signed sso ticket token x-amz-credential
    x-amz-security-token x-amz-signature x-goog-signature
    """,
    )
)
_WORDY: Final = frozenset({"code", "key", "auth", "pass", "session", "hash_key", "magic", "signed", "sso", "ticket"})
_FILE_SCHEMES: Final = frozenset({"file", "smb", "cifs", "afp", "nfs"})
_LOCAL: Final = "|".join(re.escape(suffix) for suffix in sorted(LOCAL_SUFFIXES, key=len, reverse=True))
_BARE_LOCAL: Final = re.compile(
    rf"(?i)(?<![\w.@/\-])(?:[a-z0-9](?:[a-z0-9\-]{{0,62}})\.){{1,6}}(?:{_LOCAL})(?::\d{{1,5}})?(?![\w\-]|\.\w)(?:/[^\s<>\"]{{0,500}})?"
)
_HOST: Final = r"(?i)(?<![\w.@/\-])(?:[\w\-]{1,63}\.){0,6}"
_AFTER_HOST: Final = r"(?![\w\-]|\.\w)(?::\d{1,5})?(?:/[^\s<>\"]{0,500})?"
_BARE_4: Final = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)(?:[:/]\d{1,5})?")
_BARE_6: Final = re.compile(
    r"(?i)(?<![\w:.])\[?((?:fe[89ab]|f[cd][0-9a-f])[0-9a-f]{1,2}:[0-9a-f:]{1,40}(?:%\w{1,15})?)\]?(?![\w:])"
)
_BARE_SHORT: Final = re.compile(
    rf"(?i)(?<![\w.@/\-])(?:www\.)?(?:{'|'.join(re.escape(host) for host in sorted(SHORT_HOSTS))})/[\w\-]{{2,80}}"
)
_BARE_PUNYCODE: Final = re.compile(r"(?i)(?<![\w.@/\-])(?:[\w\-]{1,63}\.){0,6}xn--[\w\-]{1,60}(?:\.[\w\-]{1,63}){1,6}")
_UNC: Final = re.compile(
    r"(?<![\\\w:])\\{2,4}[\w.$\-]{2,64}\\{1,2}[\w.$\-~%{}]{1,80}(?:\\{1,2}[^\s\\/:*?\"<>|]{1,120}){0,30}\\?"
)
_DRIVE: Final = re.compile(
    r"(?<!\w)[A-Za-z]:(?:\\{1,2}[\w$%.~(){}\-][^\s:*?\"<>|]{0,300}"
    r"|/(?:Users|Windows|Program Files|ProgramData|Documents|Temp)/[^\s:*?\"<>|]{0,300})"
)


def _matches(pattern: re.Pattern[str]) -> Callable[[str, tuple[str, ...]], Spans]:
    return lambda text, _hosts: (found.span() for found in pattern.finditer(text))


def _bare_hosts(text: str, hosts: tuple[str, ...]) -> Spans:
    for found in _BARE_LOCAL.finditer(text):
        yield found.span()
    # A host of one label is a word like any other: without a scheme it says nothing.
    for host in (host for host in hosts if "." in host):
        for found in re.finditer(_HOST + re.escape(host) + _AFTER_HOST, text):
            yield found.span()


def _bare_addresses(text: str, _hosts: tuple[str, ...]) -> Spans:
    for found in _BARE_4.finditer(text):
        if is_private(re.split("[:/]", found.group())[0]) and "." in found.group():
            yield found.span()
    for found in _BARE_6.finditer(text):
        if is_private(found[1]):
            yield found.span()


def _has_token(link: Link, _hosts: tuple[str, ...]) -> bool:
    return any(name in _TOKENS and _opens(name, value) for name, value in link.parameters)


def _opens(name: str, value: str) -> bool:
    """Whether the value looks like a key, and not like a word, a page or a voucher."""
    if len(value) < (20 if name in _WORDY else 8) or "{" in value or "<" in value:
        return False
    return any(char.isdigit() for char in value) and entropy(value) >= 2.5


def _has_credentials(link: Link, _hosts: tuple[str, ...]) -> bool:
    name, _colon, password = link.user.partition(":")
    return bool(password) or (len(name) >= 20 and any(char.isdigit() for char in name))


_ALL: Final = (
    LinkKind(
        "internal-host",
        Wording(en="Address of an internal host", fr="Adresse d’un hôte interne"),
        ("://",),
        lambda link, hosts: bool(link.host) and link.scheme != "file" and is_internal(link.host, hosts),
        tuple(f".{suffix}" for suffix in LOCAL_SUFFIXES),
        _bare_hosts,
        names_hosts=True,
    ),
    LinkKind(
        "private-address",
        Wording(en="Address of a private network", fr="Adresse d’un réseau privé"),
        ("://",),
        lambda link, _hosts: is_private(link.host),
        ("10.", "192.168.", "172.", "127.", "169.254.", "100.", "::"),
        _bare_addresses,
    ),
    LinkKind(
        "file-link",
        Wording(en="Link to a file on a disk or share", fr="Lien vers un fichier d’un disque ou d’un partage"),
        tuple(f"{scheme}:/" for scheme in sorted(_FILE_SCHEMES)),
        lambda link, _hosts: link.scheme in _FILE_SCHEMES,
    ),
    LinkKind(
        "unc-path",
        Wording(en="Path of a network share", fr="Chemin d’un partage réseau"),
        (),
        lambda _link, _hosts: False,
        ("\\\\",),
        _matches(_UNC),
    ),
    LinkKind(
        "drive-path",
        Wording(en="Path on a drive", fr="Chemin sur un disque"),
        (),
        lambda _link, _hosts: False,
        (":\\", ":/users/", ":/windows/", ":/program", ":/documents/", ":/temp/"),
        _matches(_DRIVE),
    ),
    LinkKind(
        "link-token",
        Wording(en="Link with a key in it", fr="Lien contenant une clé"),
        ("://",),
        _has_token,
    ),
    LinkKind(
        "link-credentials",
        Wording(en="Link with a name and password in it", fr="Lien contenant un nom et un mot de passe"),
        ("://",),
        _has_credentials,
    ),
    LinkKind(
        "short-link",
        Wording(en="Shortened link", fr="Lien raccourci"),
        tuple(f"{host}/" for host in sorted(SHORT_HOSTS)),
        lambda link, _hosts: is_short(link.host),
        tuple(f"{host}/" for host in sorted(SHORT_HOSTS)),
        _matches(_BARE_SHORT),
    ),
    LinkKind(
        "disguised-host",
        Wording(en="Host name in disguise", fr="Nom d’hôte déguisé"),
        ("://",),
        lambda link, _hosts: is_disguised(link.host),
        ("xn--",),
        _matches(_BARE_PUNYCODE),
    ),
)

KINDS: Final[Mapping[str, LinkKind]] = MappingProxyType({kind.name: kind for kind in _ALL})
_INSIDE: Final = (KINDS["internal-host"], KINDS["private-address"])
_OPENING: Final = (KINDS["link-token"], KINDS["link-credentials"])


def leads_inside(address: str, hosts: tuple[str, ...]) -> bool:
    """Whether an address leads to where only colleagues get; hosts: the company's own."""
    return any(True for kind in _INSIDE for _span in kind.finder(hosts)(address))


def carries_key(address: str) -> bool:
    """Whether whoever has the address may open something with it."""
    return any(True for kind in _OPENING for _span in kind.finder(())(address))


__all__ = ["KINDS", "LinkKind", "carries_key", "is_short", "leads_inside", "links_in"]
