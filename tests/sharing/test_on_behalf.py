"""Company accounts and the gate: only delegates speak for one, and who wrote it is known inside and nowhere outside.

Every way out is tried with an answer that suits every network. A connector that is added is tried as well, and fails
here until its words arrive.
"""

import json
from datetime import timedelta

import pytest
from django.test import Client

from corpblog.kernel import clock, egress, mail_egress
from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.sharing import credentials, services
from corpblog.sharing.connectors import CONNECTORS
from corpblog.sharing.connectors.base import Corrects
from corpblog.sharing.errors import MayNotLeave
from corpblog.sharing.models import Destination, Job, PressItem, Receipt, Share, ShareRevision
from corpblog.teams.services import name_delegate, open_account, set_owner

pytestmark = pytest.mark.django_db
# One word each, so that no way of writing an address or a file can cut it.
AUTHOR, ASKER, OFFICER = "Quillcanary", "Askcanary", "Rulecanary"
SECRETS = {"token": "t", "password": "p", "secret": "s" * 40, "url": "https://hooks.slack.com/services/T1/B1/x"}
CONFIG = {
    "server": "https://there.example",
    "url": "https://there.example/hook",
    "handle": "acme.there.example",
    "organization": "5515715",
    "client_id": "c",
    "version": "202605",
    "host": "mail.example",
    "port": "587",
    "user": "press",
    "sender": "press@acme.example",
    "recipients": "zoe@times.example",
}
# What networks answer, all at once: each connector finds what it looks for.
ANSWER = {
    "id": "7",
    "url": "https://there.example/7",
    "text": "",
    "content": "",
    "created_at": "2026-01-01T00:00:00Z",
    "data": {"id": "7", "text": ""},
    "uri": "at://did:plc:acme/app.bsky.feed.post/7",
    "cid": "bafy7",
    "did": "did:plc:acme",
    "handle": "acme.there.example",
    "accessJwt": "jwt",
    "refreshJwt": "jwt",
    "value": {"text": "We open an office in Lyon", "createdAt": "2026-01-01T00:00:00Z"},
}


@pytest.fixture
def outside(monkeypatch):
    """Write down every byte that would leave, and say yes to all of it."""
    left = []

    def send(method, url, *, headers=None, body=b"", **_limits):
        left.append(f"{method} {url}\n{dict(headers or {})}\n".encode() + body)
        there = {"x-restli-id": "urn:li:share:7", "location": "https://there.example/7"}
        return egress.Answer(200, there, json.dumps(ANSWER).encode(), url)

    def deliver(server, *, sender, recipients, message, not_after=None):
        left.append(f"{sender} {recipients}\n".encode() + message)

    monkeypatch.setattr(egress, "send", send)
    monkeypatch.setattr(mail_egress, "deliver", deliver)
    return left


@pytest.fixture
def account(chloe):
    return open_account(by=chloe, name="Acme")


@pytest.fixture
def delegates(account, chloe):
    """Give two delegates whose names must never be seen outside: one writes, the other asks."""
    made = []
    for word in (AUTHOR, ASKER):
        somebody = Person.objects.create(
            username=word.lower(),
            display_name=f"{word} Martin",
            email=f"{word.lower()}@acme.example",
            directory_id=word,
            department=word,
        )
        name_delegate(by=chloe, account=account, person=somebody)
        made.append(somebody)
    return made


def place(kind):
    made, _is_new = Destination.objects.update_or_create(
        slug=kind,
        defaults={
            "name": kind,
            "kind": kind,
            "speaker": "Acme",
            "remote_account": "did:plc:acme",
            "review": "always",
            "config": CONFIG,
        },
    )
    made.credentials = credentials.sealed(SECRETS, of=credentials.destination_name(made.pk))
    made.save()
    return made


def names_in(text):
    return [word for word in (AUTHOR, ASKER, OFFICER) if word.casefold() in text.casefold()]


@pytest.mark.parametrize("kind", sorted(CONNECTORS))
def test_the_author_is_inside_and_never_outside(
    kind, delegates, account, write, omar, outside, work, travel, browser_of
):
    author, asker = delegates
    Person.objects.filter(pk=omar.pk).update(display_name=f"{OFFICER} Haddad")
    post = write("We open an office in Lyon", by=author, to=account)
    share = services.request_share(by=asker, post=post, destination=place(kind))
    _approve(share, omar)
    work()
    share.refresh_from_db()
    assert (share.state, share.note, share.job.told) == ("sent", "", "")
    public = _public()
    if isinstance(CONNECTORS[kind], Corrects):
        correction = services.correct(by=asker, share=share, words="We open a big office in Lyon", reason="Size")
        _approve(correction, omar)
        work()
    public += _public()
    services.recall(by=asker, share=share, reason="It was wrong")
    travel(minutes=1)
    work()
    told = b"\n".join([*outside, *public]).decode()
    assert "Lyon" in told
    assert names_in(told) == []
    kept = [*ShareRevision.objects.values_list("canonical"), *Job.objects.values_list("sealed", "told")]
    kept += [*Receipt.objects.values_list("remote_id", "url")]
    assert names_in(str(kept)) == []
    # Inside, who wrote it is on every page that shows it.
    for page in (f"/p/{post.pk}/", "/c/acme/", "/search/?q=Lyon"):
        seen = browser_of(asker).get(page).text
        assert f"{AUTHOR} Martin" in seen, page
        assert "Acme" in seen, page


def _public():
    """What anybody in the world reads of us."""
    addresses = ["", "feed.atom", "feed.json", *(f"{item.pk}/" for item in PressItem.objects.all())]
    return [Client().get(f"/press/{address}").content for address in addresses]


def _approve(share, officer):
    share = Share.objects.get(pk=share.pk)
    services.decide(
        by=officer,
        share_id=share.pk,
        revision_digest=share.digest,
        ruling="approve",
        reason="fine",
        authenticated_at=clock.now(),
    )


def test_the_desk_says_who_wrote_it_and_in_whose_name(delegates, account, write, press, browser_of, omar):
    author, asker = delegates
    post = write("Falcon flies", by=author, to=account)
    share = services.request_share(by=asker, post=post, destination=press)
    page = browser_of(omar).get(f"/desk/{share.pk}/").text
    assert f"{AUTHOR} Martin" in page
    assert "in the name of Acme" in page


def test_only_delegates_share_in_the_accounts_name(delegates, account, write, press, chloe, alice, omar):
    author, asker = delegates
    post = write("We open an office", by=author, to=account)
    set_owner(by=chloe, channel=account, person=chloe, is_owner=False)
    # Chloé is of communications, and follows the account: neither makes her speak for it.
    for stranger in (chloe, alice, omar):
        with pytest.raises(MayNotLeave, match="Only delegates of Acme"):
            services.request_share(by=stranger, post=post, destination=press)
    assert services.request_share(by=asker, post=post, destination=press).author == author


def test_what_colleagues_answer_there_is_their_own(delegates, account, write, press, alice):
    from corpblog.posts.services import publish

    author, asker = delegates
    post = write("We open an office", by=author, to=account)
    reply = publish(by=alice, channel=account, text="Where?", answers=post)
    assert (post.is_on_behalf, reply.is_on_behalf) == (True, False)
    with pytest.raises(MayNotLeave, match="Only its author"):
        services.request_share(by=asker, post=reply, destination=press)
    assert services.request_share(by=alice, post=reply, destination=press).author == alice


@pytest.mark.gate("G14")
def test_what_a_former_delegate_asked_for_does_not_leave(delegates, account, write, press, chloe, work):
    author, asker = delegates
    share = services.request_share(by=asker, post=write("Soon", by=author, to=account), destination=press)
    set_owner(by=chloe, channel=account, person=asker, is_owner=False)
    work()
    share.refresh_from_db()
    assert (share.state, share.note) == ("withdrawn", "not_delegate")
    again = services.request_share(by=author, post=share.post, destination=press)
    work()
    again.refresh_from_db()
    assert again.state == "sent"


@pytest.mark.gate("G14")
def test_between_sealing_and_calling_a_delegate_still_counts(delegates, account, write, remote, chloe):
    author, asker = delegates
    destination, there = remote("key")
    share = services.request_share(by=asker, post=write("Soon", by=author, to=account), destination=destination)
    job = Job.objects.get(share=share)
    lease = services.seal(job_id=job.pk, worker="w")
    assert lease is not None
    set_owner(by=chloe, channel=account, person=asker, is_owner=False)
    services.send(job_id=job.pk, lease=lease)
    assert there.received == []


def test_delegates_and_communications_look_after_what_left(delegates, account, write, press, chloe, alice, work):
    author, asker = delegates
    set_owner(by=chloe, channel=account, person=chloe, is_owner=False)
    share = services.request_share(by=author, post=write("Out", by=author, to=account), destination=press)
    for watcher in (asker, chloe):
        assert list(Share.objects.visible_to(watcher)) == [share]
    assert list(Share.objects.visible_to(alice)) == []
    work()
    with pytest.raises(NotFound):
        services.recall(by=alice, share=share, reason="Mine")
    assert services.recall(by=chloe, share=Share.objects.get(pk=share.pk), reason="Wrong") is not None


def test_an_account_that_waits_for_its_time_is_moved_by_another_delegate(delegates, account, write, press):
    from corpblog.sharing.wishes import Wish

    author, asker = delegates
    at = clock.now() + timedelta(days=1)
    post = write("Later", by=author, to=account)
    share = services.request_share(by=author, post=post, destination=press, wish=Wish(send_at=at, zone="UTC"))
    moved = services.plan(by=asker, share=share, wish=Wish(send_at=at + timedelta(days=1), zone="UTC"))
    assert moved.send_at == at + timedelta(days=1)


def test_communications_change_its_time_and_never_its_words(delegates, account, write, press, chloe):
    from corpblog.sharing.wishes import Wish

    author, _asker = delegates
    set_owner(by=chloe, channel=account, person=chloe, is_owner=False)
    at = clock.now() + timedelta(days=1)
    post = write("Later", by=author, to=account)
    share = services.request_share(by=author, post=post, destination=press, wish=Wish(send_at=at, zone="UTC"))
    with pytest.raises(NotAllowed, match="delegates of the account alone"):
        services.plan(by=chloe, share=share, wish=Wish("Sooner", send_at=at, zone="UTC"))
    moved = services.plan(by=chloe, share=share, wish=Wish(send_at=at + timedelta(days=1), zone="UTC"))
    assert (moved.words, moved.send_at) == ("", at + timedelta(days=1))
