"""Whoever loses a right hears nothing more, five seconds later at the latest: an open socket is no exception."""

from collections.abc import Callable

import pytest

from corpblog.people.models import Person, Session
from corpblog.people.services.cut_off import cut_off, end_sessions
from corpblog.teams import services as teams
from corpblog.teams.models import Channel, Membership
from tests.realtime.wire import Company, following, open_page, press
from tests.servers.daphne import Daphne

# One worker runs them all: they share their web processes.
pytestmark = pytest.mark.xdist_group("sockets")

PROMISE = 5.0
Revoke = Callable[[Person, str, Person, Channel], object]


def _sign_out_of_the_page(person: Person, cookie: str, _owner: Person, _channel: Channel) -> None:
    Session.objects.get(session_key=cookie).delete()


def _end_all_sessions(person: Person, _cookie: str, _owner: Person, _channel: Channel) -> None:
    end_sessions(person=person)


def _cut_off(person: Person, _cookie: str, _owner: Person, _channel: Channel) -> None:
    cut_off(person=person, reason=next(iter(Person.Inactive)))


def _make_inactive_behind_our_back(person: Person, _cookie: str, _owner: Person, _channel: Channel) -> None:
    Person.objects.get_queryset().filter(pk=person.pk).update(is_active=False)


def _change_the_password(person: Person, _cookie: str, _owner: Person, _channel: Channel) -> None:
    person.set_password("another password")
    person.save()


@pytest.mark.parametrize(
    "revoke",
    [_sign_out_of_the_page, _end_all_sessions, _cut_off, _make_inactive_behind_our_back, _change_the_password],
    ids=lambda revoke: revoke.__name__.strip("_"),
)
def test_who_may_be_here_no_longer_is_cut_off(web: Daphne, company: Company, revoke: Revoke) -> None:
    owner, leaver = company.person("alice"), company.newcomer()
    channel = company.channel(owner, leaver)
    company.post(owner, channel)
    cookie = company.cookie(leaver)
    with following(web, cookie, channel) as page:
        revoke(leaver, cookie, owner, channel)
        assert page.close_code(PROMISE) == 4401
        assert page.heard[-1] == {"t": "bye", "reason": "session"}
        assert page.posts(channel) == []
    with open_page(web, cookie) as again:
        assert again.close_code() == 4401


def _remove(person: Person, _cookie: str, owner: Person, channel: Channel) -> None:
    teams.remove_member(by=owner, channel=channel, person=person)


def _leave(person: Person, _cookie: str, _owner: Person, channel: Channel) -> None:
    teams.leave(by=person, channel=channel)


def _delete_the_row(person: Person, _cookie: str, _owner: Person, channel: Channel) -> None:
    Membership.objects.filter(person=person, channel=channel).delete()


@pytest.mark.parametrize("revoke", [_remove, _leave, _delete_the_row], ids=lambda revoke: revoke.__name__.strip("_"))
def test_who_is_in_a_private_channel_no_longer_hears_nothing_of_it(
    web: Daphne, company: Company, revoke: Revoke
) -> None:
    owner, leaver = company.person("omar"), company.newcomer()
    private, shared = company.channel(owner, leaver, is_private=True), company.channel(owner, leaver)
    company.post(owner, private)
    cookie = company.cookie(leaver)
    with following(web, cookie, private) as page:
        page.follow(private, shared, after={private.pk: 1, shared.pk: 0})
        company.post(owner, shared)
        page.next("post")
        revoke(leaver, cookie, owner, private)
        # Five seconds are the promise; what is said after them must not arrive, and the rest of the page goes on.
        assert page.hears_nothing_of(private, PROMISE)
        company.post(owner, private, "Not for you")
        company.post(owner, shared, "For you")
        page.until(lambda message: "For you" in message.get("html", ""))
        assert page.posts(private) == []
        page.follow(private, after={private.pk: 0})
        assert page.hears_nothing_of(private, 2)


def test_in_one_process_removal_works_at_once(web: Daphne, company: Company) -> None:
    """Signing out in a page ends its other tabs without waiting for any sweep."""
    somebody = company.newcomer()
    channel = company.channel(somebody)
    company.post(somebody, channel)
    cookie = company.cookie(somebody)
    with following(web, cookie, channel) as page:
        press(web, cookie, "/sign-out/")
        assert page.close_code(2) == 4401
