"""Short links in what would leave, and where they lead. The one thing here that reaches outside sends no content."""

import hashlib
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from corpblog.kernel import egress
from corpblog.policy.engine import Finding, Outcome
from corpblog.policy.engine.links import KINDS, carries_key, is_short
from corpblog.policy.engine.links import leads_inside as leads_to_colleagues
from corpblog.policy.engine.wording import Wording
from corpblog.sharing import canonical
from corpblog.sharing.models import FollowedLink

RULE: Final = "short-links"
HOPS: Final = 5
HOP_SECONDS: Final = 5.0
_TITLE: Final = Wording(en="Shortened link", fr="Lien raccourci")
_INSIDE: Final = Wording(
    en="This short link leads to where only colleagues get, or carries a key. Remove it, or a reviewer looks at it.",
    fr="Ce lien raccourci mène là où seuls les collègues vont, ou contient une clé. Retirez-le, sinon on le relira.",
)
_LOST: Final = Wording(
    en="Where this short link leads could not be found out. Write the whole address, or a reviewer looks at it.",
    fr="On n’a pas pu savoir où mène ce lien raccourci. Écrivez l’adresse entière, sinon on le relira.",
)


@dataclass(frozen=True)
class ShortLink:
    """One short link and its place in the canonical form."""

    field: str
    start: int
    end: int
    url: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.url.encode()).hexdigest()


@dataclass(frozen=True)
class Way:
    """Every address from a short link on, and how it ended: one of `FollowedLink.End`."""

    addresses: tuple[str, ...]
    end: str


def short_links_in(form: str) -> list[ShortLink]:
    """Return the short links of everything that a reader outside could see, with or without a scheme."""
    find = KINDS["short-link"].finder(())
    return [
        ShortLink(field, start, end, _with_scheme(text[start:end]))
        for field, text in canonical.outgoing_strings(form).items()
        for start, end in find(text)
    ]


def follow(url: str, internal_hosts: tuple[str, ...], until: float) -> Way:
    """Ask each server on the way where it leads, five at most, and stop before a place inside is asked anything.

    until: `time.monotonic()` when it must be over. What cannot be found out in time is lost.
    """
    way = [url]
    for _hop in range(HOPS + 1):
        if leads_inside(way[-1], internal_hosts):
            return Way(tuple(way), FollowedLink.End.INSIDE)
        try:
            target = _asked(way[-1], until)
        except (egress.EgressError, ValueError):
            break
        if target is None:
            # A shortener that shows a page of its own keeps to itself where it leads.
            host = urlsplit(way[-1]).hostname or ""
            return Way(tuple(way), FollowedLink.End.LOST if is_short(host) else FollowedLink.End.OUTSIDE)
        way.append(target)
    return Way(tuple(way), FollowedLink.End.LOST)


def leads_inside(url: str, internal_hosts: tuple[str, ...]) -> bool:
    """Whether the rules on links into the house, and on links that carry a key, object to the address."""
    return leads_to_colleagues(url, internal_hosts) or carries_key(url)


def objection(link: ShortLink, way: Way | None, internal_hosts: tuple[str, ...]) -> Finding | None:
    """Return what to hold the link for; None where it leads to a public place."""
    if way is not None and any(leads_inside(url, internal_hosts) for url in way.addresses):
        return _finding(link, _where(way), _INSIDE)
    if way is None or way.end != FollowedLink.End.OUTSIDE:
        return _finding(link, "", _LOST)
    return None


def _asked(url: str, until: float) -> str | None:
    """Return where the server at this address redirects to; None where it does not."""
    for method in ("HEAD", "GET"):
        seconds = min(HOP_SECONDS, until - time.monotonic())
        answer = egress.send(method, _encrypted(url), seconds=seconds, follows=False, public_only=True)
        if answer.status in egress.REDIRECTING:
            return urljoin(url, answer.headers.get("location", ""))
        if answer.status < 400:
            break
    return None


def _encrypted(url: str) -> str:
    # The way out speaks TLS only; the same host answers there, or the link is lost.
    return "https://" + url[len("http://") :] if url[:7].lower() == "http://" else url


def _with_scheme(link: str) -> str:
    return link if "://" in link else f"https://{link}"


def _where(way: Way) -> str:
    return urlsplit(way.addresses[-1]).netloc[:100]


def _finding(link: ShortLink, term: str, why: Wording) -> Finding:
    return Finding(
        rule=RULE,
        term=term,
        field=link.field,
        start=link.start,
        end=link.end,
        view="A",
        confidence=1.0,
        outcome=Outcome.HOLD,
        score=Outcome.HOLD.usual_score,
        title=_TITLE,
        why=why,
    )
