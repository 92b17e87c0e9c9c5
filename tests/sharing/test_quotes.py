"""A quote carries nothing of a closed channel out, and its own words are judged with those that it quotes."""

import json
from typing import Any

import pytest

from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.posts.services import delete, edit, publish, repost
from corpblog.sharing import canonical
from corpblog.sharing.errors import MayNotLeave
from corpblog.sharing.models import Destination, Job, Share
from corpblog.sharing.services import preview, request_share
from corpblog.sharing.worker import Worker
from corpblog.teams.models import Channel
from corpblog.teams.services import create_channel
from tests.sharing.conftest import press, put_in_force

__all__ = ["press"]

pytestmark = pytest.mark.django_db
LABELLED = """\
policy: 1
name: Acme
rules:
  - id: inside-only
    title: {en: Words of internal channels}
    audience: external
    classification: {at_least: internal}
    detect:
      - keywords: {terms: [roadmap]}
    outcome: hold
default: {external: allow, internal: allow}
"""


@pytest.fixture
def bruno_says(bruno: Person) -> Post:
    """Give a post that bruno wrote in an open channel, with a word that the policy holds."""
    channel = create_channel(by=bruno, name="Sales", classification="public")
    return publish(by=bruno, channel=channel, text="Falcon flies on Monday")


@pytest.fixture
def fair(alice: Person) -> Channel:
    """Give a channel whose posts may leave."""
    return create_channel(by=alice, name="Fair", classification="public")


@pytest.mark.gate("G5")
@pytest.mark.parametrize("closed", [{"is_private": True}, {"classification": "confidential"}])
def test_a_quote_of_what_stays_inside_stays_inside(
    policy: object, press: Destination, alice: Person, fair: Channel, closed: dict[str, object]
) -> None:
    source = publish(by=alice, channel=create_channel(by=alice, name="Board", **closed), text="We buy them")  # type: ignore[arg-type]
    quote = publish(by=alice, channel=fair, text="Great news", quotes=source)
    with pytest.raises(MayNotLeave, match="quotes stays inside"):
        request_share(by=alice, post=quote, destination=press)
    assert not Share.objects.exists()


def test_own_words_are_judged_with_what_they_quote_and_only_they_leave(
    policy: object, press: Destination, alice: Person, fair: Channel, bruno_says: Post
) -> None:
    quote = publish(by=alice, channel=fair, text="What a day", quotes=bruno_says)
    share = request_share(by=alice, post=quote, destination=press)
    assert share.state == Share.State.HELD
    assert share.revision is not None
    [finding] = share.revision.verdict["findings"]
    assert (finding["rule"], finding["field"]) == ("code-names", "quoted.text")
    assert canonical.read(share.revision.canonical)["text"] == "What a day"
    verdict = preview(text="What a day", channel=fair, destination=press, by=alice, quotes=bruno_says)
    assert verdict.outcome.value == "hold"


def test_the_quoted_words_reach_no_reader_outside(
    policy: object, press: Destination, alice: Person, bruno: Person, fair: Channel, client
) -> None:  # type: ignore[no-untyped-def]
    source = publish(by=bruno, channel=create_channel(by=bruno, name="Sales"), text="Only colleagues read this")
    share = request_share(
        by=alice, post=publish(by=alice, channel=fair, text="A good day", quotes=source), destination=press
    )
    assert share.state == Share.State.CLEARED
    Worker().round()
    share.refresh_from_db()
    assert share.state == Share.State.SENT
    for page in ("/press/", "/press/feed.atom", "/press/feed.json"):
        shown = client.get(page).content.decode()
        assert "A good day" in shown
        assert "Only colleagues" not in shown


def test_the_quoted_words_keep_their_label(press: Destination, alice: Person, bruno: Person, fair: Channel) -> None:
    put_in_force(LABELLED)
    inside = publish(by=bruno, channel=create_channel(by=bruno, name="Product"), text="The roadmap")
    public = publish(by=bruno, channel=fair_of(bruno), text="The roadmap")
    states = {
        source: request_share(
            by=alice, post=publish(by=alice, channel=fair, text=f"Look {source.pk}", quotes=source), destination=press
        ).state
        for source in (inside, public)
    }
    assert states == {inside: Share.State.HELD, public: Share.State.CLEARED}


def fair_of(person: Person) -> Channel:
    return create_channel(by=person, name="Trade fair", classification="public")


@pytest.mark.django_db(transaction=True)
def test_an_edit_of_the_source_voids_what_was_decided(
    policy: object, press: Destination, alice: Person, bruno: Person, fair: Channel
) -> None:
    source = publish(by=bruno, channel=create_channel(by=bruno, name="Sales"), text="Nothing to see")
    share = request_share(by=alice, post=publish(by=alice, channel=fair, text="See", quotes=source), destination=press)
    assert share.state == Share.State.CLEARED
    edit(by=bruno, post_id=source.pk, text="Falcon flies", version=1)
    share.refresh_from_db()
    assert share.state == Share.State.HELD


def test_sealing_finds_out_by_itself_that_the_source_changed(
    policy: object, press: Destination, alice: Person, bruno: Person, fair: Channel
) -> None:
    """No news of the edit came through: the bytes that were judged are no longer those of now."""
    source = publish(by=bruno, channel=create_channel(by=bruno, name="Sales"), text="Nothing to see")
    share = request_share(by=alice, post=publish(by=alice, channel=fair, text="See", quotes=source), destination=press)
    Post.objects.filter(pk=source.pk).update(text="Falcon flies")
    Worker().round()
    share.refresh_from_db()
    assert share.state == Share.State.HELD
    assert not Job.objects.filter(share=share, state=Job.State.SENT).exists()


def test_sealing_stops_a_quote_whose_source_was_closed_meanwhile(
    policy: object, press: Destination, alice: Person, bruno: Person, fair: Channel
) -> None:
    sales = create_channel(by=bruno, name="Sales")
    source = publish(by=bruno, channel=sales, text="Nothing to see")
    share = request_share(by=alice, post=publish(by=alice, channel=fair, text="See", quotes=source), destination=press)
    Channel.objects.filter(pk=sales.pk).update(is_private=True)
    Worker().round()
    share.refresh_from_db()
    assert share.state == Share.State.WITHDRAWN


def test_a_deleted_source_has_no_words_to_judge(
    policy: object, press: Destination, alice: Person, bruno: Person, fair: Channel, bruno_says: Post
) -> None:
    quote = publish(by=alice, channel=fair, text="What a day", quotes=bruno_says)
    delete(by=bruno, post_id=bruno_says.pk)
    share = request_share(by=alice, post=Post.objects.get(pk=quote.pk), destination=press)
    assert share.state == Share.State.CLEARED
    assert share.revision is not None
    assert json.loads(share.revision.canonical)["quoted"] is None


def test_a_repost_has_nothing_to_share(policy: object, press: Destination, alice: Person, bruno_says: Post) -> None:
    with pytest.raises(MayNotLeave, match="no words of its own"):
        request_share(by=alice, post=repost(by=alice, post_id=bruno_says.pk), destination=press)


@pytest.mark.parametrize("form", [{}, {"quoted": None}, {"quoted": {"text": "x", "classification": "restricted"}}])
def test_a_label_is_a_plain_word_also_for_forms_of_before(form: dict[str, Any]) -> None:
    """Simulations send it to processes that know no models, and older forms quote nothing."""
    label = canonical.label_of(form, "internal")
    assert (type(label), label) == (str, "restricted" if form.get("quoted") else "internal")
