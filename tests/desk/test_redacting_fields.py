"""Words taken out of any outgoing field: parts of a thread, a first comment, descriptions, words for one place."""

import json
import re
from html import unescape

import pytest

from corpblog.audit.selectors import trail
from corpblog.desk import services
from corpblog.desk.models import Proposal
from corpblog.desk.redaction import redactable
from corpblog.desk.selectors import case
from corpblog.kernel.errors import Conflict, Invalid
from corpblog.people.sessions import SIGNED_IN_AT
from corpblog.posts.files import Wish as FileWish
from corpblog.posts.services import attach, publish
from corpblog.sharing import services as gate
from corpblog.sharing.canonical import read
from corpblog.sharing.models import PublicHandle, Share
from corpblog.sharing.wishes import Wish
from tests.policy.extraction.files import picture
from tests.sharing.test_threads import threaded

__all__ = ["threaded"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(omar, fresh, browser_of, django_capture_on_commit_callbacks):
    """Let an officer take words out, and the author take the wording on their page; the share as it is then."""

    def make(share, *places):
        services.redact(
            by=omar,
            share_id=share.pk,
            digest=share.digest,
            spans={name: [span for other, span in places if other == name] for name, _span in places},
            authenticated_at=fresh,
        )
        answer = {"answer": "take"}
        with django_capture_on_commit_callbacks(execute=True):
            browser_of(share.author).post(f"/shares/{share.pk}/proposals/{Proposal.objects.get().pk}/", answer)
        return Share.objects.for_rows().get(pk=share.pk)

    return make


def form(share):
    return read(share.revision.canonical)


def span(text, words):
    start = text.index(words)
    return start, start + len(words)


@pytest.fixture
def pictured(policy, channel, alice, press):
    """A post with two pictures of which the second's description names what is secret."""
    files = [attach(by=alice, place="new", name=f"{n}.png", data=picture(size=(20 + n, 20))) for n in range(2)]
    alts = ["A hall with plants", "The Falcon in a hangar"]
    wishes = [FileWish(file.pk, alt) for file, alt in zip(files, alts, strict=True)]
    post = publish(by=alice, channel=channel, text="See the hall", files=wishes)
    return gate.request_share(by=alice, post=post, destination=press)


def test_words_go_out_of_a_description_and_the_post_keeps_the_rest(pictured, agreed):
    share = agreed(pictured, ("attachments.1.alt", (4, 10)))
    assert (share.state, form(share)["text"]) == ("cleared", "See the hall")
    assert [file["alt"] for file in form(share)["attachments"]] == ["A hall with plants", "The […] in a hangar"]
    assert [file["alt"] for file in share.post.files] == ["A hall with plants", "The […] in a hangar"]
    assert [entry.action for entry in trail(share.subject)][-3:] == [
        "desk.wording_proposed", "desk.wording_taken", "share.edited",
    ]  # fmt: skip


def test_the_case_offers_every_text_with_what_a_rule_found_ticked(pictured, omar, browser_of):
    found = {each.name: each.found for each in case(omar, pictured.pk).takeable}
    assert found == {
        "text": [],
        "attachments.0.alt": [],
        "attachments.0.name": [],
        "attachments.1.alt": [(4, 10)],
        "attachments.1.name": [],
    }
    page = browser_of(omar).get(f"/desk/{pictured.pk}/").content.decode()
    assert 'name="span" value="attachments.1.alt:4:10" checked' in page
    assert "Description of file 2" in page
    assert re.search(r"data-left hx-ignore>The \[…\] in a hangar<", page)


def test_the_page_sends_the_field_and_the_author_reads_its_name(pictured, alice, omar, fresh, browser_of):
    client = browser_of(omar)
    session = client.session
    session[SIGNED_IN_AT] = fresh.isoformat()
    session.save()
    ruling = {"decision": "redact", "digest": pictured.digest, "span": ["attachments.1.alt:4:10"]}
    assert client.post(f"/desk/{pictured.pk}/decide/", ruling).status_code == 302
    assert Proposal.objects.get().texts == {"attachments.1.alt": "The […] in a hangar"}
    page = unescape(browser_of(alice).get(f"/shares/{pictured.pk}/").content.decode())
    assert "Description of file 2" in page
    assert "The […] in a hangar" in page


@pytest.fixture
def named(policy, channel, alice, press):
    """A post with a file whose name says what is secret, and a picture that is called so."""
    files = [
        attach(by=alice, place="new", name="Falcon plan.txt", data=b"When we open"),
        attach(by=alice, place="new", name="Falcon.png", data=picture(size=(20, 20))),
    ]
    wishes = [FileWish(files[0].pk), FileWish(files[1].pk, "A hall")]
    post = publish(by=alice, channel=channel, text="See the plan", files=wishes)
    return gate.request_share(by=alice, post=post, destination=press)


def test_words_go_out_of_the_names_of_files_and_leave_nowhere(named, alice, omar, agreed, browser_of, work, client):
    found = {each.name: (each.text, each.found) for each in case(omar, named.pk).takeable}
    assert found["attachments.0.name"] == ("Falcon plan", [(0, 6)])
    assert found["attachments.1.name"] == ("Falcon", [(0, 6)])
    assert "Name of file 1" in browser_of(omar).get(f"/desk/{named.pk}/").content.decode()
    share = agreed(named, ("attachments.0.name", (0, 6)), ("attachments.1.name", (0, 6)))
    assert [file["name"] for file in form(share)["attachments"]] == ["[…] plan.txt", "[…].png"]
    assert [(file["name"], file["alt"]) for file in share.post.files] == [("[…] plan.txt", ""), ("[…].png", "A hall")]
    assert share.state == "cleared"
    work()
    page = unescape(client.get("/press/").content.decode())
    assert "[…] plan.txt" in page
    assert not re.search("falcon", page, re.IGNORECASE)
    feed = client.get("/press/feed.json").content.decode()
    assert not re.search("falcon", feed, re.IGNORECASE)


def test_what_a_rule_found_in_the_ending_of_a_name_is_ticked_up_to_it(policy, channel, alice, press, omar):
    file = attach(by=alice, place="new", name="our-plan.Falcon", data=b"When we open")
    post = publish(by=alice, channel=channel, text="See the plan", files=[FileWish(file.pk)])
    share = gate.request_share(by=alice, post=post, destination=press)
    assert share.state == "held"
    found = {each.name: each.found for each in case(omar, share.pk).takeable}
    assert found["attachments.0.name"] == []


LONG = (
    "We open our new hall in Lyon on Monday, and everybody is invited to it. Falcon flies at noon. The band plays late."
)


def test_words_go_out_of_a_part_of_a_thread(write, threaded, alice, agreed):
    destination, _there = threaded
    share = gate.request_share(by=alice, post=write(LONG), destination=destination, wish=Wish(as_thread=True))
    second = form(share)["thread"][0]
    assert "Falcon" in second
    now = agreed(share, ("thread.0", span(second, "Falcon")))
    assert now.state == "cleared"
    assert now.post.text == LONG.replace("Falcon", "[…]")
    said = [form(now)["text"], *form(now)["thread"]]
    assert "Falcon" not in json.dumps(said)
    # Numbered anew, each part once: nobody's number became a word of the post.
    assert [part.rpartition(" ")[2] for part in said] == [f"{n}/{len(said)}" for n in range(1, len(said) + 1)]
    assert " ".join(part.rpartition(" ")[0] for part in said) == LONG.replace("Falcon", "[…]")


def test_a_part_and_the_comment_below_it_go_together(write, threaded, alice, agreed):
    destination, _there = threaded
    wish = Wish(comment="Ask us about Falcon")
    share = gate.request_share(by=alice, post=write("Falcon above"), destination=destination, wish=wish)
    now = agreed(share, ("text", (0, 6)), ("thread.0", (13, 19)))
    assert (form(now)["text"], form(now)["thread"]) == ("[…] above", ["Ask us about […]"])
    assert (now.comment, now.post.text, now.state) == ("Ask us about […]", "[…] above", "cleared")


def test_words_for_one_place_alone_leave_the_post_as_it_is(write, press, alice, agreed):
    wish = Wish(words="Come and see Falcon")
    share = gate.request_share(by=alice, post=write("Come to Lyon"), destination=press, wish=wish)
    now = agreed(share, ("text", (13, 19)))
    assert (form(now)["text"], now.words, now.post.text) == ("Come and see […]", "Come and see […]", "Come to Lyon")
    assert now.state == "cleared"


def test_a_name_that_is_another_one_outside_stays_the_persons_inside(write, press, alice, bruno, agreed):
    share = gate.request_share(by=alice, post=write("@bruno builds Falcon"), destination=press)
    outside = form(share)["text"]
    now = agreed(share, ("text", span(outside, "Falcon")))
    assert form(now)["text"] == outside.replace("Falcon", "[…]")
    assert now.post.text == "@bruno builds Falcon"


def test_emphasis_and_links_stay_on_what_they_were_on(write, press, alice, agreed):
    text = "**Come** to see Falcon at [our place](https://www.acme.example/)"
    share = gate.request_share(by=alice, post=write(text), destination=press)
    now = agreed(share, ("text", span(form(share)["text"], "Falcon")))
    assert now.post.text == text.replace("Falcon", "[…]")


def test_the_number_of_a_part_is_not_the_authors_to_lose(write, threaded, alice, agreed):
    destination, _there = threaded
    share = gate.request_share(by=alice, post=write(LONG), destination=destination, wish=Wish(as_thread=True))
    second = form(share)["thread"][0]
    now = agreed(share, ("thread.0", span(second, "Falcon")), ("thread.0", (second.index("The band"), len(second))))
    assert now.post.text == LONG.replace("Falcon", "[…]").replace("The band plays late.", "[…]")


def test_of_a_copy_its_own_words_change_and_never_the_companys(offered, own, revoice, bruno, omar, agreed):
    there, _remote = own(bruno)
    offer = offered()
    share = revoice(bruno, offer, there, words="Falcon, that is what we build at Acme and I am proud of it all")
    assert set(redactable(share, share.revision.canonical)) == {"text"}
    now = agreed(share, ("text", (0, 6)))
    assert form(now)["text"].startswith("[…], that is what we build")
    assert form(now)["text"].count("#") == form(share)["text"].count("#")
    assert "[…]" not in now.post.text


def test_what_is_out_keeps_its_files_in_a_correction(write, press, alice, work, agreed):
    share = gate.request_share(by=alice, post=write("We open in Lyon on Monday"), destination=press)
    work()
    out = Share.objects.for_rows().get(pk=share.pk)
    correction = gate.correct(by=alice, share=out, words="Falcon opens in Lyon on Tuesday", reason="The day")
    now = agreed(correction, ("text", (0, 6)))
    assert form(now)["text"] == "[…] opens in Lyon on Tuesday"
    assert now.post.text == "We open in Lyon on Monday"
    assert form(now)["corrects"] == form(correction)["corrects"]


@pytest.mark.parametrize(
    "spans",
    [
        {},
        {"attachments.7.alt": [(0, 2)]},
        {"attachments.0.name": [(0, 2)]},  # its ending
        {"attachments.0.text": [(0, 2)]},
        {"speaker": [(0, 2)]},
        {"quoted.text": [(0, 2)]},
        {"attachments.1.alt": [(0, 22)]},
        {"attachments.1.alt": [(4, 99)]},
        {"text": [(0, 3)], "attachments.1.alt": []},
    ],
)
def test_what_is_no_text_of_the_authors_or_leaves_nothing_is_refused(pictured, omar, fresh, spans):
    with pytest.raises(Invalid):
        services.redact(by=omar, share_id=pictured.pk, digest=pictured.digest, spans=spans, authenticated_at=fresh)
    assert Share.objects.get().state == "held"


def test_words_that_would_leave_otherwise_by_now_are_not_changed_blindly(write, remote, alice, bruno, omar, fresh):
    destination, _there = remote("key")
    share = gate.request_share(by=alice, post=write("@bruno builds Falcon"), destination=destination)
    text = form(share)["text"]
    services.redact(
        by=omar, share_id=share.pk, digest=share.digest, spans={"text": [span(text, "Falcon")]}, authenticated_at=fresh
    )
    PublicHandle.objects.create(person=bruno, kind=destination.kind, handle="bruno@elsewhere.example")
    with pytest.raises(Conflict, match="Edit the post instead"):
        services.answer_proposal(by=alice, share_id=share.pk, proposal_id=Proposal.objects.get().pk, take=True)
    assert (Proposal.objects.get().answer, Share.objects.get().state) == ("open", "changes_asked")
