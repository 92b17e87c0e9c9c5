"""Ask to be let into a closed channel whose name is no secret, and answer such a request."""

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel.errors import NotFound
from corpblog.people.models import Person
from corpblog.teams import access
from corpblog.teams.errors import no_such_channel
from corpblog.teams.events import JoinAsked, join_asked
from corpblog.teams.models import Channel, JoinRequest, Membership
from corpblog.teams.services.memberships import add_member


@transaction.atomic
def ask_to_join(*, by: Person, channel: Channel) -> None:
    """Ask the owners to be let in; asking twice is asking. NotFound where nobody may know of the channel."""
    if not access.can_ask_to_join(by, channel):
        raise no_such_channel()
    _request, created = JoinRequest.objects.get_or_create(person=by, channel=channel)
    if created:
        join_asked.publish(JoinAsked(by.pk, channel.pk))


@transaction.atomic
def answer_request(*, by: Person, channel: Channel, person: Person, accept: bool) -> Membership | None:
    """Let somebody in who asked, or not; either way the request is gone."""
    access.must(by, channel, access.can_manage(by, channel), _("Only owners let people into this channel."))
    if not JoinRequest.objects.filter(channel=channel, person=person).delete()[0]:
        raise NotFound(_("This request was answered already."))
    if not accept:
        record(action="channel.request_declined", actor_id=by.pk, subject=f"channel:{channel.pk}", person=person.pk)
        return None
    if not person.is_active:
        raise NotFound(_("That person does not exist or has left."))
    return add_member(channel, person, actor=by)
