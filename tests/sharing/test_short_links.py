"""Short links are followed before anything that has one leaves, and judged by every stop on their way (G20)."""

from datetime import timedelta

import pytest
from django.db import connection

from corpblog.kernel import egress
from corpblog.sharing import canonical, guards, services, short_links
from corpblog.sharing.models import FollowedLink, Job, PressItem, Share
from tests.servers.internet import PUBLIC, module_internet, page  # noqa: F401
from tests.sharing.conftest import POLICY, put_in_force
from tests.threads import threads_database  # noqa: F401

HOSTED = POLICY.replace(
    "name: Test\n", "name: Test\ncompany: {domains: [acme.example], internal_hosts: [intranet.acme.example]}\n"
)
HELD, CLEARED = "held", "cleared"
# The text, the redirects that servers answer with, and what must become of it. `…` is a page of a public server.
LINKS = [
    # Where everybody may go.
    ("https://bit.ly/a1", ["https://public.example/"], CLEARED),
    ("http://bit.ly/a2", ["https://public.example/"], CLEARED),
    ("bit.ly/a3", ["https://public.example/"], CLEARED),
    ("www.bit.ly/a4", ["https://public.example/"], CLEARED),
    ("https://t.co/a5", ["https://bit.ly/a6", "https://public.example/long?page=2"], CLEARED),
    ("https://tinyurl.com/a7", ["http://public.example/"], CLEARED),
    ("https://lnkd.in/a8", ["https://public.example/", "https://other.example/"], CLEARED),
    ("https://ow.ly/a9", ["//public.example/there"], CLEARED),
    (
        "https://is.gd/b1",
        ["https://one.example/", "https://two.example/", "https://three.example/", "https://four.example/"],
        CLEARED,
    ),
    ("https://BIT.ly/b2", ["https://public.example/"], CLEARED),
    ("Two: https://bit.ly/b3 and https://t.co/b4", ["https://public.example/"], HELD),  # nothing is known of the second
    ("Go (https://bit.ly/b5).", ["https://public.example/"], CLEARED),
    # Where only colleagues get.
    ("https://bit.ly/c1", ["https://intranet.acme.example/plan"], HELD),
    ("https://bit.ly/c2", ["https://wiki.intranet.acme.example/"], HELD),
    ("https://bit.ly/c3", ["http://wiki/projects"], HELD),
    ("https://bit.ly/c4", ["https://nas.local/photo"], HELD),
    ("https://bit.ly/c5", ["http://10.1.2.3/"], HELD),
    ("https://bit.ly/c6", ["http://192.168.1.1:8080/"], HELD),
    ("https://bit.ly/c7", ["http://127.0.0.1:8000/p/1/"], HELD),
    ("https://bit.ly/c8", ["http://169.254.169.254/latest/meta-data/"], HELD),
    ("https://bit.ly/c9", ["http://[::1]/"], HELD),
    ("https://bit.ly/d1", ["http://[::ffff:10.0.0.1]/"], HELD),
    ("https://bit.ly/d2", ["http://0x7f000001/"], HELD),
    ("https://bit.ly/d3", ["http://2130706433/"], HELD),
    ("https://bit.ly/d4", ["http://0177.0.0.1/"], HELD),
    ("https://bit.ly/d5", ["https://10.0.0.1.nip.io/"], HELD),
    ("https://bit.ly/d6", ["https://inside.example/"], HELD),  # a public name with a private address
    ("https://bit.ly/d7", ["https://public.example/", "https://intranet.acme.example/"], HELD),
    ("https://bit.ly/d8", ["https://t.co/d9", "https://intranet.acme.example/"], HELD),
    ("bit.ly/e1", ["https://intranet.acme.example/"], HELD),
    ("https://bit.ly/e2", ["file:///srv/plan.docx"], HELD),
    ("https://bit.ly/e3", ["ftp://public.example/plan"], HELD),
    ("https://bit.ly/e4", ["https://user:secret@public.example/"], HELD),
    ("https://bit.ly/e5", ["https://public.example/f?access_token=9f86d081884c7d65"], HELD),
    # Where nobody knows.
    ("https://bit.ly/f1", [], HELD),  # the shortener says "not found"
    ("https://bit.ly/f2", ["https://nowhere.example/"], HELD),
    ("https://bit.ly/f3", ["https://public.example:8443/"], HELD),
    ("https://bit.ly/f4", ["https://bit.ly/f4"], HELD),  # round and round
    ("https://bit.ly/f5", [f"https://h{number}.example/" for number in range(7)], HELD),
    ("https://bit.ly/f6", ["https://[::1"], HELD),
    ("https://v.gd/f7", ["…"], HELD),  # a shortener that shows a page first
    ("https://unknown.short.gy/f8", ["https://public.example/"], CLEARED),  # not a shortener that we know
]


@pytest.fixture
def outside(module_internet):  # noqa: F811
    world = module_internet
    world.forget()
    world.names["inside.example"] = [["10.0.0.7"]]
    for number in range(7):
        world.site(f"h{number}.example", page)
    for name in ("public", "other", "one", "two", "three", "four"):
        world.site(f"{name}.example", page)
    return world


def lay(world, text, targets):
    """Have the servers redirect from the first link of the text along the targets."""
    here = next(part for part in text.split() if "/" in part).strip("().,")
    here = here if "://" in here else f"https://{here}"
    if not targets:
        world.site(short_links.urlsplit(here).hostname, page)
        world.leads(here, "", 404)
    for target in targets:
        if target == "…":
            world.site(short_links.urlsplit(here).hostname, page)
            return
        world.leads(here, target)
        here = f"https:{target}" if target.startswith("//") else target


@pytest.mark.django_db
@pytest.mark.gate("G20")
@pytest.mark.parametrize(("text", "targets", "state"), LINKS)
def test_a_short_link_is_judged_by_where_it_leads(outside, write, press, alice, text, targets, state):
    put_in_force(HOSTED)
    post = write(text)
    lay(outside, text, targets)
    share = services.request_share(by=alice, post=post, destination=press)
    assert share.state == state
    assert {address for address, _port in outside.connected} <= {PUBLIC}
    assert not [url for url in outside.seen if "acme.example" in url]


def test_the_list_is_long_enough():
    assert len({text for text, _targets, _state in LINKS}) >= 40


@pytest.mark.django_db
@pytest.mark.gate("G20")
def test_a_link_that_leads_elsewhere_by_the_time_of_sealing_is_held(outside, write, press, alice, work):
    put_in_force(HOSTED)
    outside.leads("https://bit.ly/x", "https://public.example/")
    post = write("See https://bit.ly/x")
    share = services.request_share(by=alice, post=post, destination=press)
    assert share.state == CLEARED
    outside.leads("https://bit.ly/x", "https://intranet.acme.example/")
    work()
    share.refresh_from_db()
    assert (share.state, share.revision.why) == (HELD, "link_moved")
    assert not PressItem.objects.exists()


@pytest.mark.django_db
@pytest.mark.gate("G20")
@pytest.mark.parametrize(
    ("target", "state"), [("https://intranet.acme.example/", "sent"), ("https://wiki.intranet.acme.example/", HELD)]
)
def test_what_a_reviewer_released_goes_unless_it_leads_elsewhere_since(
    outside, write, press, alice, omar, fresh, work, target, state
):
    put_in_force(HOSTED)
    outside.leads("https://bit.ly/x", "https://intranet.acme.example/")
    share = services.request_share(by=alice, post=write("See https://bit.ly/x"), destination=press)
    finding = share.revision.verdict["findings"][0]
    assert (finding["rule"], finding["term"]) == (short_links.RULE, "intranet.acme.example")
    ruled = {"revision_digest": share.digest, "ruling": "approve", "authenticated_at": fresh}
    services.decide(by=omar, share_id=share.pk, **ruled)
    outside.leads("https://bit.ly/x", target)
    work()
    share.refresh_from_db()
    assert share.state == state


@pytest.mark.django_db
@pytest.mark.gate("G20")
def test_an_old_answer_counts_for_nothing(outside, write, press, alice):
    put_in_force(HOSTED)
    outside.leads("https://bit.ly/x", "https://public.example/")
    share = services.request_share(by=alice, post=write("See https://bit.ly/x"), destination=press)
    form = share.revision.canonical
    now = FollowedLink.objects.get().followed_at
    assert guards.links_followed(form, (), now) == ()
    assert len(guards.links_followed(form, (), now + guards.WAYS_LAST + timedelta(seconds=1))) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("threads_database")
@pytest.mark.gate("G20")
def test_nobody_waits_for_a_shortener_while_rows_are_locked(outside, write, press, alice, work, monkeypatch):
    put_in_force(HOSTED)
    real, held = egress.send, []

    def send(*args, **kwargs):
        held.append(connection.in_atomic_block)
        return real(*args, **kwargs)

    monkeypatch.setattr(egress, "send", send)
    outside.leads("https://bit.ly/x", "https://public.example/")
    services.request_share(by=alice, post=write("See https://bit.ly/x"), destination=press)
    asked = len(held)
    work()
    assert Share.objects.get().state == "sent"
    assert len(held) > asked > 0
    assert not any(held)


@pytest.mark.django_db
@pytest.mark.gate("G20")
def test_no_card_is_part_of_what_leaves(write, press, alice):
    share = services.request_share(by=alice, post=write("https://public.example/"), destination=press)
    assert canonical.read(share.revision.canonical)["card"] is None
    assert Job.objects.exists()
