"""Polls through pages: asked and voted in with and without a script; what one may not see is in no answer."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.policy.engine import Finding, Outcome, Verdict
from corpblog.posts import services
from corpblog.posts.models import Draft, Poll, Post
from corpblog.posts.parts.polls import PollPart
from corpblog.posts.rendering import render_card
from corpblog.teams.models import Channel
from corpblog.web.views import live
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]


def form(channel: Channel, **more: object) -> dict[str, object]:
    ends = clock.now() + timedelta(days=2)
    asked = {"text": "What do we drink?", "kind": "poll", "option": ["Tea", "Coffee"], "ends": f"{ends:%Y-%m-%dT%H:%M}"}
    return {"channel": str(channel.pk), "client_key": "a" * 32, "place": "new", **asked, **more}


@pytest.fixture
def asked(say: Say) -> Post:
    return say("Which?", part=PollPart(("Tea", "Coffee"), False, clock.now() + timedelta(days=1)))


def inputs(html: str, name: str) -> list[str]:
    """Return what stands in the fields of a name."""
    return [unescape(value) for value in re.findall(rf'<input[^>]* name="{name}" value="([^"]*)"', html)]


def test_a_poll_is_asked_and_its_draft_is_done_with(engineering: Channel, bruno: Person, script_of: Browser) -> None:
    client = script_of(bruno)
    client.post("/drafts/", form(engineering))
    assert Draft.objects.get().fields["option"] == ["Tea", "Coffee"]
    answer = client.post("/posts/", form(engineering))
    assert answer.status_code == 201, answer.json()
    assert 'type="radio" name="choice"' in answer.json()["html"]
    assert Poll.objects.get().options.count() == 2
    assert not Draft.objects.exists()


def test_a_draft_comes_back_with_its_answers(engineering: Channel, bruno: Person, browser_of: Browser) -> None:
    client = browser_of(bruno)
    client.post("/drafts/", form(engineering, option=["Tea", "<b>Coffee</b>"], multiple="1"))
    page = client.get("/").text
    assert inputs(page, "option") == ["Tea", "<b>Coffee</b>", ""]
    assert re.search(r'name="multiple"[^>]* checked', page)
    assert "<b>Coffee" not in page


def test_without_a_script_choosing_a_kind_keeps_what_was_typed(
    engineering: Channel, bruno: Person, browser_of: Browser
) -> None:
    client = browser_of(bruno)
    page = client.post("/posts/new/", {"text": "What do we drink?", "kind": ["", "poll"]}).text
    assert "What do we drink?</textarea>" in page
    assert inputs(page, "option") == ["", "", ""]
    plain = client.post("/posts/new/", form(engineering, kind=["poll", ""])).text
    assert "What do we drink?</textarea>" in plain
    assert inputs(plain, "option") == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"option": ["Tea", ""]}, "two to ten answers"),
        ({"ends": "x"}, "Choose a day and a time."),
        ({"ends": "2020-01-01T00:00"}, "This time is over."),
        ({"text": ""}, "Write something first."),
    ],
)
def test_a_poll_that_is_refused_comes_back_whole(
    wrong: dict[str, object], why: str, engineering: Channel, bruno: Person, browser_of: Browser
) -> None:
    answer = browser_of(bruno).post("/posts/", form(engineering, **wrong))
    assert answer.status_code == 422
    assert why in answer.text
    assert [option for option in inputs(answer.text, "option") if option] == [
        option
        for option in wrong.get("option", ["Tea", "Coffee"])
        if option  # type: ignore[attr-defined]
    ]
    assert not Post.objects.exists()


def test_the_verdict_beside_the_fields_names_the_answer(
    bruno: Person, script_of: Browser, monkeypatch: pytest.MonkeyPatch, engineering: Channel
) -> None:
    def judged(
        _text: str, _by: object, _channel: object, _carried: object, beside: dict[str, str], **_more: object
    ) -> Verdict:
        assert beside == {"poll.0": "Tea", "poll.1": "Falcon"}
        finding = Finding("code-names", "Falcon", "poll.1", 0, 6, "A", 1.0, Outcome.WARN)
        return Verdict(Outcome.WARN, (finding,))

    monkeypatch.setattr(live, "verdict_inside", judged)
    shown = script_of(bruno).post("/verdict/", form(engineering, option=["Tea", " ", "Falcon"])).json()
    assert "Falcon · answer 2" in shown["html"]
    assert shown["marks"] == []


def test_no_card_of_an_open_poll_tells_how_it_stands(asked: Post, alice: Person, bruno: Person) -> None:
    services.vote(by=alice, post_id=asked.pk, choices=[1])
    asked.refresh_from_db()
    html = render_card(asked, "en")
    assert "1 vote" in html
    assert "100" not in re.sub(r'max="100"', "", html)


def test_a_script_votes_and_gets_the_result(asked: Post, bruno: Person, chloe: Person, script_of: Browser) -> None:
    client = script_of(bruno)
    assert client.get("/live/parts/", {"ids": f"{asked.pk},x"}).json() == {
        str(asked.pk): {"chosen": [], "votes": [], "voters": 0}
    }
    answer = client.post(f"/p/{asked.pk}/vote/", {"choice": "1"})
    assert answer.json() == {"chosen": [1], "votes": [0, 1], "voters": 1}
    assert client.post(f"/p/{asked.pk}/vote/", {"choice": "0"}).status_code == 409
    assert script_of(chloe).get("/live/parts/", {"ids": str(asked.pk)}).json()[str(asked.pk)]["votes"] == []


@pytest.mark.parametrize("choice", ["", "x", "-1", "9", "99999999999999999999", "1٣"])
def test_what_is_no_answer_is_no_vote(choice: str, asked: Post, bruno: Person, script_of: Browser) -> None:
    assert script_of(bruno).post(f"/p/{asked.pk}/vote/", {"choice": choice}).status_code == 422


def test_the_result_has_a_page_of_its_own_after_the_vote(asked: Post, bruno: Person, browser_of: Browser) -> None:
    client = browser_of(bruno)
    before = client.get(f"/p/{asked.pk}/poll/").text
    assert "Vote first" in before
    after = client.post(f"/p/{asked.pk}/vote/", {"choice": "0"}, follow=True)
    assert after.redirect_chain == [(f"/p/{asked.pk}/poll/", 302)]
    assert "1 · 100%" in after.text
    assert client.get(f"/p/{asked.pk}/vote/").status_code == 405


def test_a_plain_post_has_no_result(say: Say, bruno: Person, browser_of: Browser) -> None:
    assert browser_of(bruno).get(f"/p/{say('Hello').pk}/poll/").status_code == 404
