"""Keep channels in step with the directory groups they mirror, touching only what came from the directory."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel.errors import Invalid
from corpblog.people.models import DirectoryGroup, Person
from corpblog.teams import access
from corpblog.teams.events import MembershipChanged, membership_changed
from corpblog.teams.models import Channel, ChannelCounter, Membership

DIRECTORY = Membership.Source.DIRECTORY


def mirror_directory_groups() -> int:
    """Bring every mirrored channel up to date, and return how many memberships changed."""
    tied = Channel.objects.filter(mirrors__isnull=False)
    # A group that is gone gives nobody access any longer.
    orphaned = Channel.objects.filter(mirrors__isnull=True, memberships__source=DIRECTORY).distinct()
    return sum(mirror_group(channel) for channel in [*tied, *orphaned])


def mirror_person(person_id: int) -> int:
    """Bring one person's memberships up to date with the groups they are in now."""
    due = Q(mirrors__people=person_id) | Q(memberships__person=person_id, memberships__source=DIRECTORY)
    return sum(mirror_group(channel, only=person_id) for channel in Channel.objects.filter(due).distinct())


@transaction.atomic
def tie(*, by: Person, channel: Channel, group: DirectoryGroup | None) -> Channel:
    """Have the people of a directory group as members of a team channel; without a group, those leave who came by one.

    System admins only: who ties a closed channel to a group decides who reads it.
    """
    access.must(by, channel, access.can_manage(by, channel), _("Only owners change this channel."))
    before = channel.mirrors
    if before == group:
        return channel
    access.must(by, channel, access.can_mirror(by), _("Only system admins tie a channel to a directory group."))
    if group is not None and channel.kind != Channel.Kind.TEAM:
        raise Invalid(_("Only team channels follow a directory group."))
    channel.mirrors = group
    channel.save(update_fields=["mirrors"])
    facts = {"before": before.directory_id if before else "", "after": group.directory_id if group else ""}
    record(action="channel.tied", actor_id=by.pk, subject=f"channel:{channel.pk}", **facts)
    mirror_group(channel)
    return channel


@transaction.atomic
def mirror_group(channel: Channel, *, only: int | None = None) -> int:
    """Make the people of the channel's group its members and take away those the group no longer has.

    Whoever joined by themselves or was invited stays, whatever the group says.
    only: look at this person alone.
    """
    # One at a time per channel: two syncs that overlap would undo each other.
    channel = Channel.objects.select_for_update(of=("self",), no_key=True).get(pk=channel.pk)
    group = channel.mirrors.people.active() if channel.mirrors else Person.objects.none()
    present = Membership.objects.filter(channel=channel)
    if only is not None:
        group, present = group.filter(pk=only), present.filter(person=only)
    wanted = set(group.values_list("pk", flat=True))
    coming = wanted - set(present.values_list("person_id", flat=True))
    going = set(present.filter(source=DIRECTORY).values_list("person_id", flat=True)) - wanted
    _add(channel, coming)
    present.filter(person_id__in=going, source=DIRECTORY).delete()
    _tell(channel, coming, going)
    return len(coming) + len(going)


def _add(channel: Channel, people: Iterable[int]) -> None:
    newest = ChannelCounter.objects.filter(channel=channel).values_list("posts", flat=True).first() or 0
    rows = [Membership(person_id=person, channel=channel, source=DIRECTORY, read_posts=newest) for person in people]
    Membership.objects.bulk_create(rows, ignore_conflicts=True)


def _tell(channel: Channel, coming: set[int], going: set[int]) -> None:
    if not (coming or going):
        return
    facts = {"added": sorted(coming), "removed": sorted(going)}
    record(action="channel.mirrored", actor_id=None, subject=f"channel:{channel.pk}", **facts)
    for person in coming | going:
        membership_changed.publish(MembershipChanged(person, channel.pk, is_member=person in coming))
