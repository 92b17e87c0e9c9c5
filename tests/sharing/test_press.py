"""The public press page and its feeds: exactly the released bytes, for anybody, without a cookie."""

import json
import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from corpblog.sharing import services
from corpblog.sharing.models import PressItem, Share

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
NASTY = 'Prices < 5 € & "more" — see https://acme.example/?a=1&b=2\nNext line\n\nLast <script>alert(1)</script> 😀'


@pytest.fixture
def released(write, press, alice, work):
    def publish(text):
        services.request_share(by=alice, post=write(text), destination=press)
        work()
        return PressItem.objects.latest("published_at")

    return publish


@pytest.mark.parametrize("address", ["/press/", "/press/feed.atom", "/press/feed.json"])
def test_everybody_may_read_it_and_gets_no_cookie(released, address):
    released("Hello world")
    answer = Client().get(address)
    assert answer.status_code == 200
    assert not answer.cookies
    assert "public" in answer["Cache-Control"]


def test_the_feeds_carry_the_released_text_unchanged(released):
    item = released(NASTY)
    assert item.content["text"] == NASTY
    feed = ET.fromstring(Client().get("/press/feed.atom").content)
    assert [entry.findtext(f"{ATOM}content") for entry in feed.iter(f"{ATOM}entry")] == [NASTY]
    read = json.loads(Client().get("/press/feed.json").content)
    assert [entry["content_text"] for entry in read["items"]] == [NASTY]
    assert read["items"][0]["url"].endswith(f"/press/{item.pk}/")


def test_the_page_shows_text_as_text_and_links_only_web_addresses(released):
    released(NASTY)
    html = Client().get("/press/").content.decode()
    assert "<script>alert" not in html
    assert 'href="https://acme.example/?a=1&amp;b=2"' in html


def test_mentions_lead_nowhere_inside(released):
    released("Thanks to @bruno, see #news and javascript:alert(1)")
    html = Client().get("/press/").content.decode()
    assert 'href="/@bruno' not in html
    assert 'href="/tags' not in html
    assert 'href="javascript' not in html


def test_a_cache_that_asks_again_gets_nothing_new_until_something_is(released):
    released("One")
    first = Client().get("/press/feed.atom")
    assert Client().get("/press/feed.atom", headers={"if-none-match": first["ETag"]}).status_code == 304
    released("Two")
    assert Client().get("/press/feed.atom", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_what_was_taken_back_is_gone_everywhere(released):
    item = released("Oops")
    first = Client().get("/press/")
    PressItem.objects.filter(pk=item.pk).update(withdrawn_at=item.published_at)
    assert b"Oops" not in Client().get("/press/").content
    assert b"Oops" not in Client().get("/press/feed.atom").content
    assert Client().get(f"/press/{item.pk}/").status_code == 410
    assert Client().get("/press/", headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.gate("G31")
def test_held_words_appear_nowhere_in_public(write, press, alice, work):
    services.request_share(by=alice, post=write("Falcon canary"), destination=press)
    work()
    for address in ("/press/", "/press/feed.atom", "/press/feed.json"):
        assert b"canary" not in Client().get(address).content


def test_items_have_pages_of_their_own_and_older_ones_a_next_page(released):
    item = released("The only one")
    page = Client().get(f"/press/{item.pk}/")
    assert page.status_code == 200
    assert b"The only one" in page.content
    assert Client().get("/press/?before=nonsense").status_code == 200
    assert b"The only one" not in Client().get(f"/press/?before={item.pk}").content


def test_the_page_speaks_french(released):
    released("Bonjour")
    assert Client().get("/press/", headers={"accept-language": "fr"})["Content-Language"] == "fr"


def test_nobody_can_write_there(released):
    for address in ("/press/", "/press/feed.atom"):
        assert Client().post(address).status_code == 405


def test_the_page_costs_few_queries(released, django_assert_max_num_queries):
    for number in range(3):
        released(f"Item {number}")
    with django_assert_max_num_queries(6):
        Client().get("/press/")


MARKED = "**We open** in [Lyon](https://acme.example/lyon)\n\n- all\n- are welcome"


def test_what_is_marked_is_drawn_on_the_page_and_in_the_feeds(released):
    item = released(MARKED)
    assert item.content["text"] == "We open in Lyon\n\n• all\n• are welcome"
    drawn = (
        '<p><strong>We open</strong> in <a href="https://acme.example/lyon" rel="noopener noreferrer nofollow">Lyon</a>'
        "</p><ul><li>all</li><li>are welcome</li></ul>"
    )
    assert drawn in Client().get("/press/").content.decode()
    content = ET.fromstring(Client().get("/press/feed.atom").content).find(f".//{ATOM}content")
    assert (content.get("type"), content.text) == ("html", drawn)
    (entry,) = json.loads(Client().get("/press/feed.json").content)["items"]
    assert entry["content_html"] == drawn
    assert entry["content_text"] == "We open in Lyon (https://acme.example/lyon)\n\n• all\n• are welcome"


def test_a_correction_begins_with_what_was_typed_and_keeps_its_marks(released, alice, work):
    item = released(MARKED)
    share = Share.objects.get()
    assert services.words_outside(share) == MARKED
    services.correct(by=alice, share=share, words=MARKED.replace("all", "many"), reason="Not all")
    work()
    item.refresh_from_db()
    assert item.content["text"] == "We open in Lyon\n\n• many\n• are welcome"
    assert [mark["kind"] for mark in item.content["marks"]] == ["bold", "link"]
