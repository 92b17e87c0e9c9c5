"""Connect by signing in on the network's own page: there with a word that only we know, back with a code, once."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid
from corpblog.people.models import Person
from corpblog.sharing import credentials
from corpblog.sharing.connectors import CONNECTORS
from corpblog.sharing.connectors.base import Errand, Refused, SignsInThere, Target, Unclear
from corpblog.sharing.models import Destination, SignInTrip
from corpblog.sharing.services.connecting import Wish, answered, check_wish, take
from corpblog.sharing.wording import worded

LASTS: Final = timedelta(minutes=10)
_GIVEN_THERE: Final = ("token", "url")


def signs_in_there(kind: str, answers: Mapping[str, str]) -> bool:
    """Whether connecting leads to the network's own page: where it has one, unless what it gives was brought along."""
    connector = CONNECTORS.get(kind)
    return isinstance(connector, SignsInThere) and not any(answers.get(name, "").strip() for name in _GIVEN_THERE)


def begin_sign_in(*, by: Person, wish: Wish, answers: Mapping[str, str], redirect: str) -> str:
    """Return the address of the network's page to sign in on; it leads back to `redirect` with a code."""
    check_wish(by, wish)
    connector = CONNECTORS[wish.kind]
    if not isinstance(connector, SignsInThere):
        raise Invalid(_("There is no connector of that kind."))
    config, known = answered(wish, answers)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    target = Target(0, "", config, known)
    try:
        known |= connector.prepared(target, redirect)
        target = Target(0, "", config, known)
        page = connector.sign_in_page(target, Errand(redirect, state, _challenge(verifier)))
    except (Refused, Unclear) as problem:
        raise Invalid(worded(problem.code, told=problem.told), code=problem.code) from problem
    told = {"wish": wish.record(), "config": config, "secrets": known, "verifier": verifier, "redirect": redirect}
    digest = _digest(state)
    SignInTrip.objects.filter(until__lt=clock.now()).delete()
    SignInTrip.objects.create(
        state_digest=digest,
        by=by,
        sealed=credentials.sealed({"trip": json.dumps(told)}, of=f"trip {digest}"),
        until=clock.now() + LASTS,
    )
    return page


def complete_sign_in(*, by: Person, state: str, code: str) -> Destination:
    """Redeem the code that the network sent back, and connect; raise Invalid where this is not their own trip."""
    trip = _trip_of(by, state)
    wish = Wish(**trip["wish"])
    check_wish(by, wish)
    if not code:
        raise Invalid(_("You did not say yes there, so nothing was connected."))
    connector = CONNECTORS[wish.kind]
    assert isinstance(connector, SignsInThere)
    known: dict[str, str] = trip["secrets"]
    try:
        target = Target(0, "", trip["config"], known)
        known |= connector.redeemed(target, redirect=trip["redirect"], code=code, verifier=trip["verifier"])
    except (Refused, Unclear) as problem:
        raise Invalid(worded(problem.code, told=problem.told), code=problem.code) from problem
    return take(by, wish, trip["config"], known)


@transaction.atomic
def _trip_of(by: Person, state: str) -> dict[str, Any]:
    """Return the trip and forget it: a code is redeemed once, by who set out, within ten minutes."""
    digest = _digest(state)
    trip = SignInTrip.objects.select_for_update().filter(state_digest=digest, by=by, until__gte=clock.now()).first()
    if trip is None:
        raise Invalid(_("This way back is not yours, or too old. Begin again."))
    told: dict[str, Any] = json.loads(credentials.opened(trip.sealed, of=f"trip {digest}")["trip"])
    trip.delete()
    return told


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _challenge(verifier: str) -> str:
    """Return S256 of RFC 7636."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
