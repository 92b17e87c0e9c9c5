"""Employees' own accounts: admins say on which networks, owners let go of theirs."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel.errors import Invalid
from corpblog.people.models import Person
from corpblog.sharing import access
from corpblog.sharing.models import Destination, OwnKind, Share
from corpblog.sharing.services import locks, sealing
from corpblog.sharing.services.connecting import OWN_KINDS

_LET_GO: Final = {"is_open": False, "credentials": "", "renew_at": None, "token_until": None}


@transaction.atomic
def let_own(*, by: Person, kind: str, is_open: bool) -> OwnKind:
    """Let employees use their own accounts on a kind of network, or no longer: what waits there waits on."""
    access.check_may_connect(by)
    if kind not in OWN_KINDS:
        raise Invalid(_("Employees cannot connect their own accounts on this network."))
    made, _is_new = OwnKind.objects.update_or_create(kind=kind, defaults={"is_open": is_open})
    record(action=f"own_accounts.{'opened' if is_open else 'closed'}", actor_id=by.pk, subject="gate", kind=kind)
    return made


@transaction.atomic
def disconnect_own(*, by: Person, destination: Destination) -> None:
    """Forget the secrets of one's own account; what waits for it does not leave. What is out there stays there."""
    destination = access.own_destination_for(by, destination.slug)
    locks.destination(destination.pk)
    waiting = Share.objects.may_still_be_stopped().filter(destination=destination).order_by("pk")
    for share_id in waiting.values_list("pk", flat=True):
        share = locks.share(share_id)
        if share.state in Share.STOPPABLE:
            sealing.withdraw_for(share, "by_person")
    Destination.objects.filter(pk=destination.pk).update(**_LET_GO)
    record(action="destination.own_disconnected", actor_id=by.pk, subject=f"destination:{destination.pk}")


def erase_accounts_of(person: Person) -> int:
    """Forget which accounts were somebody's; what left for them stays as evidence. Return how many there were."""
    accounts = list(Destination.objects.own(person))
    for account in accounts:
        account.name = account.slug
        account.speaker, account.remote_account, account.config = "", f"erased-{account.pk}", {}
        account.is_open, account.credentials, account.renew_at, account.token_until = False, "", None, None
        account.save()
    return len(accounts)


def forget_accounts_of(person_id: int) -> None:
    """Somebody works here no longer: the company keeps no key to their accounts."""
    Destination.objects.filter(owner=person_id).update(**_LET_GO)
