"""A policy that is really in force, channels with posts, destinations, and remotes that write down every byte."""

from datetime import timedelta

import pytest
from django.utils import timezone

from corpblog.kernel import clock
from corpblog.kernel.models import LimitCounter
from corpblog.people.models import Person
from corpblog.policy.models import PolicyVersion, digest_of
from corpblog.posts.services import publish
from corpblog.sharing import services
from corpblog.sharing.models import Destination, Share
from corpblog.sharing.worker import Worker
from corpblog.teams.models import Channel, Membership
from tests.sharing.advocates import company, offered, own, revoice, say  # noqa: F401
from tests.sharing.remotes import RemoteConnector

POLICY = """policy: 1
name: Test
rules:
  - id: code-names
    title: {en: Code names}
    audience: external
    detect:
      - keywords: {terms: [Falcon]}
    outcome: hold
    explain: {en: Code names need a reviewer.}
  - id: grave
    pack: held
    title: {en: Grave matters}
    audience: external
    detect:
      - keywords: {terms: [takeover]}
    outcome: hold
    reviewers: 2
    explain: {en: Two reviewers.}
  - id: forbidden
    title: {en: Forbidden}
    audience: external
    detect:
      - keywords: {terms: [salary list]}
    outcome: block
    explain: {en: Never.}
  - id: reason
    title: {en: Needs a reason}
    audience: external
    detect:
      - keywords: {terms: [competitor]}
    outcome: justify
    explain: {en: Say why.}
  - id: careful
    title: {en: Careful}
    audience: external
    detect:
      - keywords: {terms: [beta]}
    outcome: warn
    explain: {en: Check twice.}
default: {external: allow, internal: allow}
"""


def put_in_force(source: str) -> PolicyVersion:
    """Put a policy in force, as two people did."""
    PolicyVersion.objects.in_force().update(state=PolicyVersion.State.RETIRED)
    number = PolicyVersion.objects.count() + 1
    one, two = (
        Person.objects.get_or_create(username=name, source="local", defaults={"display_name": name.title()})[0]
        for name in ("proposer", "approver")
    )
    return PolicyVersion.objects.create(
        number=number,
        state=PolicyVersion.State.IN_FORCE,
        source=source,
        digest=digest_of(source, {}),
        proposed_by=one,
        approved_by=two,
        in_force_at=timezone.now(),
    )


def stricter(*words: str) -> str:
    """Return the test policy with more code names."""
    return POLICY.replace("[Falcon]", "[Falcon, " + ", ".join(words) + "]")


@pytest.fixture
def policy(db):
    return put_in_force(POLICY)


@pytest.fixture
def channel(db, alice, bruno):
    team = Channel.objects.create(slug="news", name="News")
    for member in (alice, bruno):
        Membership.objects.create(person=member, channel=team)
    from corpblog.teams.models import ChannelCounter

    ChannelCounter.objects.get_or_create(channel=team)
    return team


@pytest.fixture
def press(db):
    return services.ensure_press_page()


@pytest.fixture
def write(policy, channel, alice):
    """Post as alice in the open channel, or as somebody, somewhere else."""

    def post(text, by=None, to=None):
        LimitCounter.objects.all().delete()
        return publish(by=by or alice, channel=to or channel, text=text)

    return post


@pytest.fixture(autouse=True)
def no_delay(settings):
    settings.SHARE_DELAY = timedelta(0)


@pytest.fixture
def fresh():
    """When a reviewer gave their password just now."""
    return timezone.now()


@pytest.fixture
def travel(monkeypatch):
    """Move both clocks forward."""
    offset = timedelta(0)
    real = timezone.now

    def forward(**by):
        nonlocal offset
        offset += timedelta(**by)

    monkeypatch.setattr(clock, "now", lambda: real() + offset)
    monkeypatch.setattr(clock, "database_now", lambda: real() + offset)
    return forward


@pytest.fixture
def work():
    """Let a worker do all that is due."""

    def round_():
        return Worker("test").round()

    return round_


@pytest.fixture
def sent_there(write, alice, work):
    """Share a post to a destination, let the worker work, and give the share as it is then."""

    def ask(destination, text):
        share = services.request_share(by=alice, post=write(text), destination=destination)
        work()
        return Share.objects.get(pk=share.pk)

    return ask


@pytest.fixture
def remote(db, monkeypatch):
    """Make a destination outside whose remote writes down what it receives."""
    from corpblog.sharing import connectors

    made = {}

    def make(repeat="key", **more):
        connector = RemoteConnector(repeat)
        monkeypatch.setitem(connectors.CONNECTORS, connector.kind, connector)
        destination = Destination.objects.create(
            slug=connector.kind,
            name=connector.kind,
            kind=connector.kind,
            remote_account="acme@there",
            speaker="Acme",
            **more,
        )
        made[connector.kind] = connector
        return destination, connector

    return make
