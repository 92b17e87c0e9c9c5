"""A company post that is out and offered, and colleagues with accounts of their own."""

import pytest

from corpblog.kernel.models import LimitCounter
from corpblog.sharing import services
from corpblog.sharing.models import OwnKind, Share
from corpblog.teams.models import Channel, ChannelCounter, Membership

TEXT = "We open an office in Lyon next spring, with room for 40 people from engineering and support."
OWN = "Proud to say it: we open an office in Lyon next spring, with room for 40 people from engineering and support."
BEYOND = TEXT.replace("Lyon", "Nantes")
TAG = "\n\n#employee"


def again(share):
    return Share.objects.for_rows().get(pk=share.pk)


@pytest.fixture
def company(db, chloe):
    """The company's own channel, in which communications write."""
    channel = Channel.objects.create(slug="acme", name="Acme", kind=Channel.Kind.COMPANY)
    ChannelCounter.objects.create(channel=channel)
    Membership.objects.create(person=chloe, channel=channel, role="owner")
    return channel


@pytest.fixture
def say(company, write, chloe, remote, work):
    """Have the company say something outside; the share as it is then, and what the remote has."""
    made = []

    def out(text=TEXT, *, by_officers=(), fresh=None, works=True):
        if not made:
            made.append(remote("key"))
        destination, there = made[0]
        share = services.request_share(by=chloe, post=write(text, by=chloe, to=company), destination=destination)
        for officer in by_officers:
            services.decide(
                by=officer,
                share_id=share.pk,
                revision_digest=share.digest,
                ruling="approve",
                reason="fine",
                authenticated_at=fresh,
            )
        if works:
            work()
        return again(share), there

    return out


@pytest.fixture
def own(remote):
    """Give somebody an account of their own, on a network on which admins allow it."""

    def account(person, repeat="readable"):
        destination, there = remote(repeat, owner=person)
        OwnKind.objects.update_or_create(kind=destination.kind, defaults={"is_open": True})
        return destination, there

    return account


@pytest.fixture
def offered(say, chloe):
    """A share that is out, offered to everybody."""

    def make(**more):
        share, _there = say(**more)
        return services.offer(by=chloe, share=share, audience=services.Audience())

    return make


@pytest.fixture
def revoice():
    """Say it in one's own words, however often within the hour."""

    def ask(by, offer, destination, words=OWN, **more):
        LimitCounter.objects.all().delete()
        return services.revoice(by=by, offer=offer, destination=destination, words=words, **more)

    return ask
