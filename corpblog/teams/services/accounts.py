"""Company accounts: who opens one, and who may speak in its name."""

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.teams import access
from corpblog.teams.models import Channel, Classification, Membership
from corpblog.teams.services import naming
from corpblog.teams.services.memberships import add_member, set_owner


@transaction.atomic
def open_account(
    *,
    by: Person,
    name: str,
    slug: str = "",
    description: str = "",
    classification: Classification | str = Classification.PUBLIC,
) -> Channel:
    """Make a company account, whose first delegate is who made it; everybody may read and follow it.

    Raises NotAllowed for everybody but communications and connector admins, BadChannel and NameTaken as for a channel.
    """
    if not access.can_open_accounts(by):
        raise NotAllowed(_("Communications and connector admins make company accounts. Ask one of them."))
    account = Channel(
        kind=Channel.Kind.COMPANY,
        slug=naming.good_slug(slug or name),
        classification=naming.good_label(classification),
    )
    naming.found(account, name, description)
    subject = f"channel:{account.pk}"
    record(action="account.opened", actor_id=by.pk, subject=subject, classification=account.classification)
    add_member(account, by, role=Membership.Role.OWNER, actor=by)
    return account


@transaction.atomic
def name_delegate(*, by: Person, account: Channel, person: Person) -> Membership:
    """Let somebody speak in the account's name from now on, whether they followed it before or not."""
    access.must(
        by, account, account.is_company and access.can_choose_owners(by, account), access.why_not_owners(account)
    )
    if not person.is_active:
        raise NotFound(_("That person does not exist or has left."))
    add_member(account, person, actor=by)
    return set_owner(by=by, channel=account, person=person)
