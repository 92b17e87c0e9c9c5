"""Tokens for programs: made by a person who was just there, shown once, ended by a press, by time and by leaving."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid
from corpblog.people.access import check_may_have_tokens, check_was_there
from corpblog.people.events import journal
from corpblog.people.models import AccessToken, Person, Scope

LIVES: Final = (7, 30, 90, 365)
MOST_TOKENS: Final = 20
LONGEST_NAME: Final = 60
_NOTED_EVERY: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class MadeToken:
    """A token with its secret, which nobody can read again."""

    token: AccessToken
    secret: str


def make_token(
    *, by: Person, name: str, scopes: Collection[str], days: int, authenticated_at: datetime | None
) -> MadeToken:
    """Let a program act for somebody in these scopes for so many days (one of LIVES).

    authenticated_at: when the door saw the person's password; a browser that was left open makes no tokens.
    """
    check_may_have_tokens(by)
    check_was_there(authenticated_at, _("Confirm your password to make a token."))
    return give_token(person=by, name=name, scopes=scopes, days=days)


@transaction.atomic
def give_token(*, person: Person, name: str, scopes: Collection[str], days: int) -> MadeToken:
    """Make a token as an operator does, on the machine itself; doors call `make_token`."""
    name = " ".join(name.replace("\x00", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(_("Give the token a name of at most %(limit)s characters.") % {"limit": LONGEST_NAME})
    if not scopes or not set(scopes) <= set(Scope.values):
        raise Invalid(_("Choose what the token is good for."))
    if days not in LIVES:
        raise Invalid(_("This choice does not exist."))
    # Two presses at once must not both be the last one that fits.
    Person.objects.get_queryset().select_for_update(no_key=True).get(pk=person.pk)
    if AccessToken.objects.filter(person=person).count() >= MOST_TOKENS:
        raise Conflict(_("You have %(limit)s tokens already. Revoke one first.") % {"limit": MOST_TOKENS})
    secret, now = f"cb_{secrets.token_urlsafe(32)}", clock.now()
    token = AccessToken.objects.create(
        person=person,
        name=name,
        digest=digest_of(secret),
        scopes=[scope for scope in Scope.values if scope in scopes],
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    journal.record(
        action="token.made",
        actor_id=person.pk,
        subject=f"token:{token.pk}",
        scopes=token.scopes,
        until=token.expires_at.isoformat(),
    )
    return MadeToken(token, secret)


@transaction.atomic
def revoke_token(*, by: Person, token_id: int) -> bool:
    """End one of somebody's own tokens; False if there is none."""
    ended, _each = AccessToken.objects.filter(person=by, pk=token_id).delete()
    if ended:
        journal.record(action="token.revoked", actor_id=by.pk, subject=f"token:{token_id}")
    return bool(ended)


def use_token(secret: str) -> AccessToken | None:
    """Return the live token of a secret, with its person, and note that it was used; None for anything else."""
    token = AccessToken.objects.select_related("person").filter(digest=digest_of(secret)).first()
    now = clock.now()
    if token is None or token.expires_at <= now or not token.person.is_active:
        return None
    if token.last_used_at is None or now - token.last_used_at > _NOTED_EVERY:
        # Once in a while: a client that asks every second must not write every second.
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def digest_of(secret: str) -> str:
    """Return what is kept of a secret. It has 256 random bits, so a slow hash would only slow its owner down."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def forget_expired_tokens() -> int:
    """Drop what opened nothing for a month; until then its owner sees why a program stopped. Returns how many."""
    return AccessToken.objects.filter(expires_at__lt=clock.now() - timedelta(days=30)).delete()[0]
