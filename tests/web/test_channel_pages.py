"""Pages around channels and conversations: changing one, its members, asking to join, writing to colleagues."""

from collections.abc import Callable

import pytest
from django.test import Client

from corpblog.people.models import DirectoryGroup, Person
from corpblog.posts.services import publish
from corpblog.teams import selectors
from corpblog.teams.models import Channel
from corpblog.teams.services import ask_to_join, create_channel, describe, open_conversation, set_owner

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]
FORM = {"name": "Builders", "slug": "builders", "description": "", "classification": "internal"}


def test_an_owner_changes_a_channel_and_its_old_address_leads_there(
    engineering: Channel, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    answer = browser_of(alice).post("/c/engineering/settings/", {**FORM, "is_announce_only": "on"})
    assert (answer.status_code, answer["Location"]) == (302, "/c/builders/")
    assert Channel.objects.get(pk=engineering.pk).is_announce_only
    moved = browser_of(bruno).get("/c/engineering/")
    assert (moved.status_code, moved["Location"]) == (302, "/c/builders/")


def test_a_refused_change_keeps_what_was_typed(engineering: Channel, alice: Person, browser_of: Browser) -> None:
    create_channel(by=alice, name="Builders")
    answer = browser_of(alice).post("/c/engineering/settings/", {**FORM, "description": "We make things"})
    assert answer.status_code == 409
    assert "We make things" in answer.text
    assert "Choose another name" in answer.text
    answer = browser_of(alice).post("/c/engineering/settings/", {**FORM, "slug": "eng", "classification": "public"})
    assert answer.status_code == 403
    assert Channel.objects.get(pk=engineering.pk).slug == "engineering"


def test_only_owners_come_to_the_settings(engineering: Channel, bruno: Person, browser_of: Browser) -> None:
    for method in ("get", "post"):
        assert getattr(browser_of(bruno), method)("/c/engineering/settings/", FORM).status_code == 403
    assert "/c/engineering/settings/" not in browser_of(bruno).get("/c/engineering/").text


def test_an_archived_channel_is_found_among_the_archived(
    engineering: Channel, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    browser_of(alice).post("/c/engineering/archive/")
    client = browser_of(bruno)
    assert "/c/engineering/" not in client.get("/channels/").text
    assert "/c/engineering/" in client.get("/channels/?archived").text
    browser_of(alice).post("/c/engineering/archive/", {"on": "0"})
    assert "/c/engineering/" in client.get("/channels/").text


def test_members_are_found_invited_made_owners_and_removed(
    engineering: Channel, alice: Person, chloe: Person, browser_of: Browser
) -> None:
    client = browser_of(alice)
    assert "/c/engineering/members/chloe/add/" in client.get("/c/engineering/members/?find=chl").text
    client.post("/c/engineering/members/chloe/add/")
    client.post("/c/engineering/members/chloe/owner/")
    assert selectors.owners_of(engineering.pk).filter(pk=chloe.pk).exists()
    client.post("/c/engineering/members/chloe/owner/", {"on": "0"})
    client.post("/c/engineering/members/chloe/remove/")
    assert not selectors.members(engineering).filter(person=chloe).exists()


def test_a_closed_channel_is_asked_for_from_the_list(alice: Person, bruno: Person, browser_of: Browser) -> None:
    channel = create_channel(by=alice, name="Works council", is_private=True, is_listed=True)
    client = browser_of(bruno)
    assert "/c/works-council/ask/" in client.get("/channels/").text
    client.post("/c/works-council/ask/")
    assert "Asked" in client.get("/channels/").text
    page = browser_of(alice).get("/c/works-council/members/").text
    assert "/c/works-council/members/bruno/answer/" in page
    browser_of(alice).post("/c/works-council/members/bruno/answer/", {"accept": "1"})
    assert selectors.channel_by_slug(bruno, "works-council").pk == channel.pk


def test_members_do_not_see_who_asks(alice: Person, bruno: Person, omar: Person, browser_of: Browser) -> None:
    channel = create_channel(by=alice, name="Works council", is_private=True, is_listed=True)
    browser_of(alice).post("/c/works-council/members/omar/add/")
    ask_to_join(by=bruno, channel=channel)
    assert "Bruno" not in browser_of(omar).get("/c/works-council/members/").text


# Conversations -----------------------------------------------------------------------------------------------------


def test_a_message_is_written_from_a_persons_page(alice: Person, bruno: Person, browser_of: Browser) -> None:
    client = browser_of(alice)
    assert 'name="with" value="bruno"' in client.get("/@bruno/").text
    address = client.post("/messages/", {"with": "bruno"})["Location"]
    page = client.get(address)
    assert page.status_code == 200
    assert "<h1>" in page.text
    assert "Bruno Lefèvre" in page.text
    assert browser_of(bruno).get(address).status_code == 200


def test_a_conversation_is_hidden_from_everybody_else(
    alice: Person, bruno: Person, irene: Person, omar: Person, browser_of: Browser
) -> None:
    talk = open_conversation(by=alice, people=[bruno])
    post = publish(by=alice, channel=talk, text="Between us #secretly")
    for stranger in (irene, omar):
        client = browser_of(stranger)
        for path in (f"/c/{talk.slug}/", f"/c/{talk.slug}/members/", f"/p/{post.pk}/", f"/live/since/?c={talk.pk}"):
            assert client.get(path).status_code == 404
        for path in ("/", "/search/?q=between", "/tags/secretly/", "/@alice/", "/channels/?find=bruno"):
            assert "Between us" not in client.get(path).text


def test_what_is_said_there_is_found_by_its_people_and_not_on_home(
    alice: Person, bruno: Person, browser_of: Browser
) -> None:
    talk = open_conversation(by=alice, people=[bruno])
    publish(by=alice, channel=talk, text="Between us")
    client = browser_of(bruno)
    assert "Between us" not in client.get("/").text
    assert "Between us" not in client.get("/?before=9000000000000000000").text
    assert "Between us" in client.get("/search/?q=between").text
    assert f'data-channel-link="{talk.pk}"' in client.get("/messages/menu/").text


def test_people_are_chosen_one_after_the_other(
    alice: Person, bruno: Person, chloe: Person, browser_of: Browser
) -> None:
    page = browser_of(alice).get("/messages/new/?with=bruno&find=chl").text
    assert 'name="with" value="bruno"' in page
    assert 'name="with" value="chloe"' in page
    answer = browser_of(alice).post("/messages/", {"with": ["bruno", "chloe"]})
    assert selectors.channel_by_slug(chloe, answer["Location"].split("/")[2]).memberships.count() == 3


@pytest.mark.parametrize("names", [[], ["alice"], ["nobody"], ["zoe"], ["bru\0no"]])
def test_who_cannot_be_written_to_is_told_and_nothing_is_lost(
    names: list[str], alice: Person, bruno: Person, zoe: Person, browser_of: Browser
) -> None:
    answer = browser_of(alice).post(
        "/messages/", {"with": [*names, *(["bruno"] if names not in ([], ["alice"]) else [])]}
    )
    assert answer.status_code in {404, 422}
    assert 'role="alert"' in answer.text
    if names not in ([], ["alice"]):
        assert 'name="with" value="bruno"' in answer.text
    assert not Channel.objects.filter(kind="direct").exists()


def test_an_old_address_still_leads_after_two_moves(engineering: Channel, alice: Person, browser_of: Browser) -> None:
    for slug in ("builders", "makers"):
        describe(by=alice, channel=engineering, name="Makers", description="", slug=slug)
    for slug in ("engineering", "builders"):
        assert browser_of(alice).get(f"/c/{slug}/")["Location"] == "/c/makers/"


def test_a_system_admin_makes_a_channel_of_a_directory_group_and_unties_it(
    irene: Person, bruno: Person, browser_of: Browser
) -> None:
    group = DirectoryGroup.objects.create(directory_id="g-1", name="sales")
    group.people.add(bruno)
    form = {"name": "Deals", "description": "", "classification": "internal", "is_private": "on"}
    client = browser_of(irene)
    assert "Directory group" in client.get("/channels/new/").text
    answer = client.post("/channels/new/", {**form, "mirrors": str(group.pk)})
    assert (answer.status_code, answer["Location"]) == (302, "/c/deals/")
    assert "directory group “sales”" in browser_of(bruno).get("/c/deals/members/").text
    settings = {**form, "slug": "deals"}
    refused = client.post("/c/deals/settings/", {**settings, "mirrors": "999"})
    assert (refused.status_code, 'value="Deals"' in refused.text) == (422, True)
    assert client.post("/c/deals/settings/", {**settings, "mirrors": ""}).status_code == 302
    assert browser_of(bruno).get("/c/deals/members/").status_code == 404


def test_an_owner_who_may_not_tie_is_not_offered_it_and_unties_nothing_by_saving(
    irene: Person, bruno: Person, browser_of: Browser
) -> None:
    group = DirectoryGroup.objects.create(directory_id="g-1", name="sales")
    group.people.add(bruno)
    tied = create_channel(by=irene, name="Deals", mirrors=group)
    set_owner(by=irene, channel=tied, person=bruno)
    client = browser_of(bruno)
    assert "Directory group" not in client.get("/channels/new/").text
    form = {"name": "Big deals", "slug": "deals", "description": "", "classification": "internal", "mirrors": ""}
    assert client.post("/c/deals/settings/", form).status_code == 302
    changed = Channel.objects.get(pk=tied.pk)
    assert (changed.name, changed.mirrors) == ("Big deals", group)
