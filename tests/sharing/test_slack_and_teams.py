"""Slack and Teams: both show what a webhook receives, and say nothing about it. Every byte they get is written down.

The remotes answer as the vendors' pages say; what is only guessed stands in `docs/connectors.md`.
"""

import json

import pytest

from corpblog.kernel.errors import Invalid
from corpblog.sharing import services
from corpblog.sharing.connectors import http
from corpblog.sharing.connectors.base import Refused
from corpblog.sharing.connectors.slack import Slack, escaped
from corpblog.sharing.connectors.teams import Teams, card, written
from corpblog.sharing.marks import Kind, Mark, Marked
from corpblog.sharing.models import Destination, Share
from corpblog.sharing.services.sending import target_of
from tests.servers.recorder import Reply, recorder

pytestmark = pytest.mark.django_db
# In two parts, so that no tool takes it for a real one.
TOKEN = "canary" + "token"
PATHS = {"slack": f"/services/T0001/B0001/{TOKEN}", "teams": f"/workflows/abc/triggers/manual/paths/invoke?sig={TOKEN}"}
FINE = {"slack": Reply(200, b"ok"), "teams": Reply(202)}


@pytest.fixture(params=["slack", "teams"])
def kind(request):
    return request.param


@pytest.fixture
def there(settings, kind):
    with recorder(lambda request: FINE[kind]) as place:
        settings.EGRESS_PRIVATE = [place.place]
        yield place


@pytest.fixture
def destination(there, irene, kind):
    answers = {"url": there.base + PATHS[kind]}
    made = services.connect(by=irene, slug=kind, name=kind, kind=kind, answers=answers)
    made.config |= {"seconds": 3}
    made.save()
    assert there.received == []
    return made


def words_of(kind, message):
    if kind == "slack":
        return message["text"].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    (attachment,) = message["attachments"]
    lines = attachment["content"]["body"]
    return "\n".join("".join(run["text"] for run in line["inlines"]) for line in lines)


def test_the_words_arrive_as_they_are(kind, there, destination, sent_there):
    text = "2*3*4 _nor_ [a](mailto:x) <!channel> & <@U1>\n\n– {{DATE()}} # https://acme.example"
    assert sent_there(destination, text).state == "sent"
    (request,) = there.received
    assert (request.method, request.path) == ("POST", PATHS[kind])
    assert words_of(kind, request.json()) == text
    assert b"Authorization" not in request.raw


MARKED = (
    "**Big** *news*: see [our page](https://acme.example/a), `x*y`\n\n- one\n> They said\n> so\n```\na < b\n```\nEnd"
)


@pytest.mark.parametrize("kind", ["slack"], indirect=True)
def test_slack_draws_what_is_marked_as_rich_text(kind, there, destination, sent_there):
    assert sent_there(destination, MARKED).state == "sent"
    message = there.received[0].json()
    (block,) = message["blocks"]
    assert block["type"] == "rich_text"
    words, quote, code, end = block["elements"]
    assert words == {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "Big", "style": {"bold": True}},
            {"type": "text", "text": " "},
            {"type": "text", "text": "news", "style": {"italic": True}},
            {"type": "text", "text": ": see "},
            {"type": "link", "url": "https://acme.example/a", "text": "our page"},
            {"type": "text", "text": ", "},
            {"type": "text", "text": "x*y", "style": {"code": True}},
            {"type": "text", "text": "\n\n• one"},
        ],
    }
    assert quote == {"type": "rich_text_quote", "elements": [{"type": "text", "text": "They said\nso"}]}
    assert code == {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a < b"}]}
    assert end == {"type": "rich_text_section", "elements": [{"type": "text", "text": "End"}]}
    # What notifications show, and its signs are off.
    assert message["text"].startswith("Big news: see our page (https://acme.example/a), x*y\n\n• one\n“They said")
    assert message["mrkdwn"] is False


@pytest.mark.parametrize("kind", ["teams"], indirect=True)
def test_teams_draws_what_is_marked(kind, there, destination, sent_there):
    assert sent_there(destination, MARKED).state == "sent"
    first, _empty, item, quote, also, code, end = there.received[0].json()["attachments"][0]["content"]["body"]
    follows = {"type": "Action.OpenUrl", "url": "https://acme.example/a"}
    assert [run for run in first["inlines"] if len(run) > 2] == [
        {"type": "TextRun", "text": "Big", "weight": "Bolder"},
        {"type": "TextRun", "text": "news", "italic": True},
        {"type": "TextRun", "selectAction": follows, "text": "our page"},
        {"type": "TextRun", "text": "x*y", "fontType": "Monospace"},
    ]
    assert item["inlines"] == [{"type": "TextRun", "text": "• one"}]
    assert [each["style"] for each in (quote, also)] == ["emphasis", "emphasis"]
    assert code["inlines"] == [{"type": "TextRun", "text": "a < b", "fontType": "Monospace"}]
    assert end["inlines"] == [{"type": "TextRun", "text": "End"}]


def test_where_marks_make_a_card_too_large_they_go_before_any_word():
    many = Marked("🦅" * 4900, tuple(Mark(Kind.BOLD, at, at + 1) for at in range(0, 500, 2)))
    assert written(many) == http.as_json(card(Marked(many.text)))
    few = Marked(many.text, many.marks[:5])
    assert written(few) == http.as_json(card(few))
    assert all(len(written(each)) <= 28 * 1024 for each in (many, few))


def test_the_address_is_a_secret(kind, there, destination):
    assert TOKEN not in json.dumps(list(Destination.objects.values()), default=str)
    assert destination.remote_account.startswith("127.0.0.1/")


@pytest.mark.gate("G18")
@pytest.mark.parametrize("lost", [Reply(silence=True), Reply(500)])
def test_a_lost_answer_is_for_a_person_and_never_repeated(lost, kind, there, destination, sent_there, work, travel):
    there.next(lost, after_acting=True)
    share = sent_there(destination, "Once")
    assert share.state == "unknown"
    travel(hours=3)
    work()
    assert len(there.received) == 1


def test_a_busy_room_is_given_time(kind, there, destination, sent_there, work, travel):
    there.next(Reply(429, headers={"Retry-After": "30"}))
    assert (sent_there(destination, "Later").state, Share.objects.get().note) == ("cleared", "asked_to_wait")
    travel(seconds=31)
    work()
    assert Share.objects.get().state == "sent"


def test_a_webhook_that_was_revoked_fails_the_share(kind, there, destination, sent_there):
    there.next(Reply(404, b"no_service"))
    assert (sent_there(destination, "No").state, Share.objects.get().note) == ("failed", "refused")


def test_what_was_sent_cannot_be_taken_back_from_here(destination):
    for connector in (Slack(), Teams()):
        with pytest.raises(Refused) as refused:
            connector.delete("x", target_of(destination))
        assert refused.value.code == "cannot_delete"


@pytest.mark.parametrize(
    "url",
    ["https://hooks.slack.com/services/T1/B1", "https://evil.example/services/T1/B1/x", "http://hooks.slack.com/x", ""],
)
def test_only_slacks_own_address_is_taken_for_slack(url, irene):
    with pytest.raises(Invalid):
        services.connect(by=irene, slug="s", name="S", kind="slack", answers={"url": url})


def test_slacks_own_address_names_the_channel_and_not_the_token(irene):
    answers = {"url": f"https://hooks.slack.com/services/T1/B1/{TOKEN}"}
    made = services.connect(by=irene, slug="s", name="S", kind="slack", answers=answers)
    assert made.remote_account == "hooks.slack.com/T1/B1"


def test_markup_cannot_begin():
    assert escaped("<!here> & <https://x|y>") == "&lt;!here&gt; &amp; &lt;https://x|y&gt;"


def test_no_card_is_larger_than_teams_takes():
    there = Teams()
    for text in ("🦅" * 5000, "🦅\n" * 192, "https://x.example\n" * 117):
        assert there.length(text) <= there.longest({})
        assert len(json.dumps(card(Marked(text)), ensure_ascii=False).encode()) <= 28 * 1024


def test_links_of_a_card_can_be_followed():
    (line,) = card(Marked("see https://acme.example/a now"))["attachments"][0]["content"]["body"]
    assert [run.get("selectAction", {}).get("url") for run in line["inlines"]] == [None, "https://acme.example/a", None]
