"""Reading what a request says, for views."""

from typing import cast

from django.http import HttpRequest

from corpblog.kernel.errors import CorpblogError
from corpblog.people.models import Person
from corpblog.posts import quoting
from corpblog.posts import selectors as posts
from corpblog.posts.files import MOST, Wish
from corpblog.posts.models import Post
from corpblog.teams import selectors as teams
from corpblog.teams.models import Channel


def person_of(request: HttpRequest) -> Person:
    """Who asks. LoginRequiredMiddleware lets nobody else through to a view that calls this."""
    person = cast(Person, request.user)
    # A page asks a dozen times who may what. A request is short; a socket is not, and asks anew.
    person.keeps_roles = True
    return person


def number(given: str | None) -> int:
    """A number from an address or a form; 0, which nothing has, for what is none or fits in no column."""
    given = given or ""
    found = int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else 0
    return found if found < 2**63 else 0


def quoted_of(request: HttpRequest, person: Person) -> Post | None:
    """The post that a composer quotes, which its person may see; raises NotFound where they may not."""
    quoted = number(request.POST.get("quotes"))
    return quoting.quotable(person, quoted) if quoted else None


def channel_of(request: HttpRequest, person: Person) -> Channel | None:
    """The channel that a composer speaks of; None where it is not known yet, or may not be."""
    try:
        if answered := number(request.POST.get("answers")):
            return posts.post_for(person, answered).channel
        return teams.channel_by_id(person, number(request.POST.get("channel")))
    except CorpblogError:
        return None


def wishes_of(request: HttpRequest) -> list[Wish]:
    """The files that a composer holds, in its order, with what was said of each; at most one more than a post takes."""
    form = request.POST
    return [
        Wish(number(key), form.get(f"alt_{key}", ""), is_decorative=f"decorative_{key}" in form)
        for key in form.getlist("file")[: MOST + 1]
    ]
