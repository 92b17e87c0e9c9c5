"""Words as they may leave: nobody's sign-in name, and no address that only works inside.

An internal @name becomes the person's own public name on that network where they gave one, else their plain display
name. A link into this Corpblog becomes the public address of the post it leads to where that is out, else it is left
out. Done before the words are judged, so what is scanned, approved and sent is what stands here.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from corpblog.people.models import Person, normal_username
from corpblog.posts.markup import links_in, names_in
from corpblog.sharing.models import PublicHandle, Receipt, Share

_POST: Final = re.compile(r"/p/(\d+)/?$")
# From and to which character of the text, and what stands there instead.
Change = tuple[int, int, str]


def outward(text: str, kind: str) -> str:
    """Return the text as it may leave through a connector of that kind."""
    return _changed(text, [*_names(text, kind), *_links(text)])


def _changed(text: str, changes: Iterable[Change]) -> str:
    parts, here = [], 0
    for start, end, instead in sorted(changes):
        before = text[here:start]
        # Where nothing takes its place, one of the spaces around it goes as well.
        parts += [before if instead else before.removesuffix(" "), instead]
        here = end
    return "".join([*parts, text[here:]]) if parts else text


def _names(text: str, kind: str) -> list[Change]:
    found = [(start, end, normal_username(name)) for start, end, name in names_in(text)]
    names = {name for _start, _end, name in found}
    people = {person.username: person for person in Person.objects.filter(username__in=names)} if names else {}
    handles = dict(PublicHandle.objects.filter(person__in=people.values(), kind=kind).values_list("person", "handle"))
    return [
        (start, end, _called(people[name], handles.get(people[name].pk)))
        for start, end, name in found
        if name in people
    ]


def _called(person: Person, handle: str | None) -> str:
    # Without an @: out there the same name would call a stranger.
    return f"@{handle}" if handle else person.display_name.replace("@", "")


def _links(text: str) -> list[Change]:
    here = {urlsplit(origin).netloc for origin in settings.ORIGINS}
    own = [(start, end, href) for start, end, href in links_in(text) if urlsplit(href).netloc in here]
    return [(start, end, _public(href)) for start, end, href in own]


def _public(href: str) -> str:
    """Return where readers outside see what a link into Corpblog leads to; empty where they do not."""
    path = urlsplit(href).path
    if path.startswith("/press/"):
        return href
    post = _POST.search(path)
    if post is None:
        return ""
    # The identifiers of Corpblog are 63 bits: a longer number is nobody's.
    out = Receipt.objects.filter(job__share__post=int(post[1][:18]), job__share__state=Share.State.SENT)
    # Where the company says it: an employee's own account is not its public address.
    out = out.filter(job__share__revoices=None)
    addresses = out.order_by("pk").values_list("url", flat=True)
    return next((_absolute(url) for url in addresses if url.startswith(("https://", "/press/"))), "")


def _absolute(url: str) -> str:
    return settings.ORIGINS[0].rstrip("/") + url if url.startswith("/") else url
