"""What the page's scripts ask for: catching up, own marks, read marks, drafts, names, the verdict while typing."""

from collections.abc import Callable

import pytest
from django.test import Client

from corpblog.people.models import Person
from corpblog.policy.engine import Finding, Outcome, SeenAs, Verdict
from corpblog.policy.engine.wording import Wording
from corpblog.posts import selectors, services
from corpblog.posts.models import Draft
from corpblog.posts.writing import write
from corpblog.sharing.services import ensure_press_page
from corpblog.teams.models import Channel, Membership
from corpblog.teams.services import create_channel
from corpblog.web import outside
from corpblog.web.views import live
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]


def since(client: Client, channel: Channel, after: int) -> dict[str, object]:
    return client.get("/live/since/", {"c": channel.pk, "after": after}).json()  # type: ignore[no-any-return]


def test_catching_up_gives_every_change_in_order(
    say: Say, engineering: Channel, alice: Person, bruno: Person, script_of: Browser
) -> None:
    start = selectors.heads([engineering.pk])[engineering.pk]
    post = say("One")
    services.edit(by=alice, post_id=post.pk, text="One and a half", version=1)
    answer = since(script_of(bruno), engineering, start)
    frames = answer["posts"]
    assert [(frame["s"], frame["kind"]) for frame in frames] == [(start + 1, "created"), (start + 2, "edited")]  # type: ignore[attr-defined]
    assert answer["head"] == start + 2
    assert answer["resync"] is False


def test_too_large_a_gap_and_a_number_from_the_future_load_afresh(
    say: Say, engineering: Channel, bruno: Person, script_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_EVENTS", 2)
    for count in range(3):
        say(f"Post {count}")
    head = selectors.heads([engineering.pk])[engineering.pk]
    client = script_of(bruno)
    assert since(client, engineering, 0)["resync"] is True
    assert since(client, engineering, head + 1)["resync"] is True
    assert since(client, engineering, head - 1)["resync"] is False


def test_nobody_catches_up_on_a_channel_they_left_out(secret: Channel, bruno: Person, script_of: Browser) -> None:
    client = script_of(bruno)
    assert client.get("/live/since/", {"c": secret.pk, "after": 0}).status_code == 404
    assert client.get("/live/since/", {"c": "x", "after": "y"}).status_code == 404


def test_own_marks_are_one_s_own(say: Say, alice: Person, bruno: Person, script_of: Browser) -> None:
    post = say("Well done")
    services.react(by=bruno, post_id=post.pk, emoji="🎉")
    services.bookmark(by=bruno, post_id=post.pk)
    ids = f"{post.pk},x,{'9' * 30}"
    mine = script_of(bruno).get("/live/mine/", {"ids": ids}).json()
    assert mine == {"reacted": {str(post.pk): ["🎉"]}, "bookmarked": [str(post.pk)], "reposted": []}
    theirs = script_of(alice).get("/live/mine/", {"ids": ids}).json()
    assert theirs == {"reacted": {}, "bookmarked": [], "reposted": []}


def test_read_marks_move_and_say_what_is_left(
    say: Say, engineering: Channel, bruno: Person, script_of: Browser
) -> None:
    numbers = [say(f"Post {count}").number for count in range(3)]
    answer = script_of(bruno).post("/read/", {"read": f"{engineering.pk}:{numbers[1]}"})
    assert answer.json() == {"unread": {str(engineering.pk): "1"}}
    assert Membership.objects.get(person=bruno, channel=engineering).read_posts == numbers[1]


def test_drafts_are_kept_and_empty_ones_dropped(bruno: Person, script_of: Browser) -> None:
    client = script_of(bruno)
    answer = client.post("/drafts/", {"place": "new", "text": "Half"}).json()
    assert (answer["other"], Draft.objects.get().text) == ("", "Half")
    assert client.post("/drafts/", {"place": "new", "text": ""}).json() == {"stamp": "", "other": "", "beside": False}
    assert not Draft.objects.exists()
    assert client.post("/drafts/", {"place": "elsewhere", "text": "x"}).status_code == 422


def test_who_writes_last_into_a_draft_is_told_what_stood_there(
    engineering: Channel, bruno: Person, script_of: Browser
) -> None:
    desk, phone = script_of(bruno), script_of(bruno)
    begun = desk.post("/drafts/", {"place": "new", "text": "At the desk", "seen": ""}).json()
    stamp = f'data-draft="{begun["stamp"]}"'
    assert stamp in phone.get("/").text
    on_the_way = phone.post("/drafts/", {"place": "new", "text": "On the way", "seen": begun["stamp"]}).json()
    assert on_the_way["other"] == ""
    late = desk.post("/drafts/", {"place": "new", "text": "At the desk again", "seen": begun["stamp"]}).json()
    assert late["other"] == "On the way"
    assert Draft.objects.get().text == "At the desk again"
    both = {"place": "new", "text": "At the desk again\n\nOn the way", "seen": on_the_way["stamp"]}
    assert desk.post("/drafts/", both).json()["other"] == ""


def test_names_are_suggested_by_their_beginnings(alice: Person, bruno: Person, zoe: Person, script_of: Browser) -> None:
    client = script_of(bruno)

    def suggested(query: str) -> list[str]:
        return [each["username"] for each in client.get("/mentions/", {"q": query}).json()["people"]]

    assert suggested("ali") == ["alice"]
    assert suggested("mart") == ["alice"]
    assert suggested("zo") == []
    assert suggested("") == []
    assert suggested("%") == []


def test_channels_are_suggested_by_name_and_never_hidden_ones(alice: Person, bruno: Person, script_of: Browser) -> None:
    merger = create_channel(by=alice, name="Secret merger", is_private=True)
    create_channel(by=alice, name="Secret santa")

    def suggested(person: Person, query: str) -> list[str]:
        answer = script_of(person).get("/suggestions/channels/", {"q": query}).json()
        return [each["slug"] for each in answer["channels"]]

    assert suggested(alice, "secret") == [merger.slug, "secret-santa"]
    assert suggested(bruno, "secret") == ["secret-santa"]
    assert suggested(bruno, "secret-sa") == ["secret-santa"]
    assert suggested(bruno, "") == []


def test_a_hidden_channel_becomes_no_link_for_who_guesses_its_name(alice: Person, bruno: Person) -> None:
    create_channel(by=alice, name="Secret merger", is_private=True)
    assert "href" not in write("Is there ~secret-merger?", bruno).html
    assert 'href="/c/secret-merger/"' in write("Look into ~secret-merger", alice).html


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the test choose what the policy says about a place in the text."""

    def choose(outcome: Outcome, start: int, end: int) -> None:
        finding = Finding(
            "R-12",
            "falcon",
            "text",
            start,
            end,
            "A",
            1.0,
            outcome,
            why=Wording("Not yet public.", "Pas encore public."),
        )
        monkeypatch.setattr(live, "verdict_inside", lambda *_question, **_more: Verdict(outcome, (finding,)))

    return choose


def test_the_verdict_counts_as_the_text_field_does(
    bruno: Person, script_of: Browser, says: Callable[..., None]
) -> None:
    text = "🦅\r\nProject Falcon"  # one sign of two units, and a line end that a form makes two signs
    says(Outcome.WARN, 2, 16)
    verdict = script_of(bruno).post("/verdict/", {"text": text}).json()
    assert verdict["marks"] == [{"start": 3, "end": 17, "outcome": "warn"}]
    assert verdict["outcome"] == "warn"
    assert "Check before you post" in verdict["html"]
    assert "Not yet public." in verdict["html"]
    assert (verdict["review"], verdict["reason"]) == (False, False)


def test_a_wording_that_passes_is_offered(bruno: Person, script_of: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def judged(text: str, *_question: object, **_more: object) -> Verdict:
        start = text.find("Falcon")
        finding = Finding("R-1", "Falcon", "text", start, start + 6, "C", 1.0, Outcome.HOLD, SeenAs.BASE64)
        return Verdict(Outcome.HOLD, (finding,)) if start >= 0 else Verdict(Outcome.ALLOW)

    monkeypatch.setattr(live, "verdict_inside", judged)
    verdict = script_of(bruno).post("/verdict/", {"text": "We show Falcon & more on Monday"}).json()
    assert verdict["suggestion"] == "We show […] & more on Monday"
    assert "We show […] &amp; more on Monday" in verdict["html"]
    assert "(encoded in base64)" in verdict["html"]
    assert script_of(bruno).post("/verdict/", {"text": "Falcon"}).json()["suggestion"] == ""


def test_what_is_held_inside_cannot_be_posted(bruno: Person, script_of: Browser, says: Callable[..., None]) -> None:
    says(Outcome.HOLD, 0, 6)
    verdict = script_of(bruno).post("/verdict/", {"text": "Falcon"}).json()
    assert verdict["outcome"] == "block"
    assert verdict["summary"] == "This cannot be posted"


def test_the_verdict_speaks_the_reader_s_language(bruno: Person, script_of: Browser, says: Callable[..., None]) -> None:
    says(Outcome.WARN, 0, 6)
    client = script_of(bruno)
    client.cookies["language"] = "fr"
    assert "Pas encore public." in client.post("/verdict/", {"text": "Falcon"}).json()["html"]


def test_a_clean_text_has_nothing_to_say(bruno: Person, script_of: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "verdict_inside", lambda *_question, **_more: Verdict(Outcome.ALLOW))
    verdict = script_of(bruno).post("/verdict/", {"text": "Hello"}).json()
    assert (verdict["outcome"], verdict["html"], verdict["marks"]) == ("allow", "", [])


def test_colours_are_remembered_by_the_browser(bruno: Person, browser_of: Browser) -> None:
    client = browser_of(bruno)
    client.post("/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/").text


def test_the_scripts_words_come_in_a_language_of_their_address(db: None) -> None:
    answer = Client().get("/words/fr.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert '"Try again":"Réessayer"' in answer.text
    assert '"%(count)s new post":["%(count)s nouveau message","%(count)s nouveaux messages"]' in answer.text
    assert "form:(n)=>Number((n > 1))" in answer.text
    assert Client().get("/words/en.js").text == "globalThis.words={texts:{},form:(n)=>Number(n !== 1)};\n"
    assert Client().get("/words/../etc/passwd.js").status_code == 404


def test_what_one_rule_finds_twice_in_the_same_words_is_one_hit(
    bruno: Person, script_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = tuple(Finding("R-1", "x", "text", start, end, "A", 1.0, Outcome.WARN) for start, end in ((0, 12), (4, 17)))
    monkeypatch.setattr(live, "verdict_inside", lambda *_question, **_more: Verdict(Outcome.WARN, twice))
    verdict = script_of(bruno).post("/verdict/", {"text": "internal use only, please"}).json()
    assert verdict["marks"] == [{"start": 0, "end": 17, "outcome": "warn"}]


@pytest.mark.parametrize(("outcome", "review", "reason"), [("hold", True, False), ("justify", False, True)])
def test_the_outside_is_asked_only_when_the_switch_is_on(
    outcome: str, review: bool, reason: bool, bruno: Person, script_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = ensure_press_page()
    finding = Finding("R-1", "x", "text", 0, 7, "A", 1.0, Outcome(outcome))
    monkeypatch.setattr(live, "verdict_inside", lambda *_question, **_more: Verdict(Outcome.ALLOW))
    monkeypatch.setattr(outside.services, "preview", lambda **_question: Verdict(Outcome(outcome), (finding,)))
    client = script_of(bruno)
    ticked = {"text": "Kestrel flies", "destination": press.slug}
    assert client.post("/verdict/", ticked).json()["outcome"] == "allow"
    verdict = client.post("/verdict/", ticked | {"outside": "1"}).json()
    assert (verdict["outcome"], verdict["review"], verdict["reason"]) == (outcome, review, reason)


def test_a_destination_that_lets_nothing_out_unseen_says_so_before(
    bruno: Person, script_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = ensure_press_page()
    press.review = press.Review.ALWAYS
    press.save()
    for module, name in ((live, "verdict_inside"), (outside.services, "preview")):
        monkeypatch.setattr(module, name, lambda *_facts, **_question: Verdict(Outcome.ALLOW))
    ticked = {"text": "Kestrel flies", "destination": press.slug, "outside": "1"}
    assert script_of(bruno).post("/verdict/", ticked).json()["review"] is True
