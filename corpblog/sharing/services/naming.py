"""Say under which name one may be mentioned on other networks."""

import re
from typing import Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpblog.audit.services import record
from corpblog.kernel.errors import Invalid
from corpblog.people.models import Person
from corpblog.sharing.models import PublicHandle

_DOMAIN: Final = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
# kind: what its names look like, and an example.
NETWORKS: Final[dict[str, tuple[re.Pattern[str], str, str | Promise]]] = {
    "mastodon": (
        re.compile(rf"\w+(?:[\w.-]*\w)?@{_DOMAIN}", re.IGNORECASE | re.ASCII),
        "Mastodon",
        "ada@mastodon.social",
    ),
    "bluesky": (re.compile(_DOMAIN, re.IGNORECASE), "Bluesky", "ada.bsky.social"),
    "x": (re.compile(r"\w{1,15}", re.ASCII), "X", gettext_lazy("ada, without anything before it")),
}


@transaction.atomic
def name_oneself(*, by: Person, names: dict[str, str]) -> None:
    """Keep the names, by kind of network, under which the person wants to be mentioned; an empty one is forgotten.

    Raises Invalid for one that is none there. Words that wait are judged anew at sealing, with the names of then.
    """
    wanted = {kind: _checked(kind, names.get(kind, "")) for kind in NETWORKS}
    PublicHandle.objects.filter(person=by).delete()
    PublicHandle.objects.bulk_create(
        [PublicHandle(person=by, kind=kind, handle=handle) for kind, handle in wanted.items() if handle]
    )
    record(
        action="person.public_names",
        actor_id=by.pk,
        subject=f"person:{by.pk}",
        networks=sorted(filter(wanted.get, wanted)),
    )


def names_of(person: Person) -> dict[str, str]:
    """Return the person's names by kind of network."""
    return dict(PublicHandle.objects.filter(person=person).values_list("kind", "handle"))


def _checked(kind: str, handle: str) -> str:
    handle = handle.strip().removeprefix("@")
    shape, title, example = NETWORKS[kind]
    if handle and (len(handle) > 200 or not shape.fullmatch(handle)):
        told = {"network": title, "example": str(example)}
        raise Invalid(_("This is no name on %(network)s. It looks like this: %(example)s.") % told)
    return handle
