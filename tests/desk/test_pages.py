"""The desk in the browser: one case beside the queue, ruled on once, with nothing typed lost."""

import re
import sys
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from corpblog.desk.models import Proposal
from corpblog.people import services as people
from corpblog.people.sessions import SIGNED_IN_AT
from corpblog.posts import services as posts
from corpblog.posts.services import edit
from corpblog.sharing import services as gate
from corpblog.sharing.models import Decision, Destination, Share
from corpblog.sharing.wishes import Wish
from tests.sharing.conftest import put_in_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(write, press, alice):
    def share(text="Falcon flies on Monday"):
        return gate.request_share(by=alice, post=write(text), destination=press)

    return share


@pytest.fixture
def desk_of(browser_of):
    """Give a client whose person signed in so many minutes ago."""

    def sign_in(somebody, minutes_ago=0):
        client = browser_of(somebody)
        session = client.session
        session[SIGNED_IN_AT] = (timezone.now() - timedelta(minutes=minutes_ago)).isoformat()
        session.save()
        return client

    return sign_in


def ruling(share, decision="approve", **more):
    return {"decision": decision, "digest": share.digest, **more}


def decide(client, share, *args, **more):
    return client.post(f"/desk/{share.pk}/decide/", ruling(share, *args, **more))


def test_the_desk_opens_the_case_that_waits_longest(held, omar, desk_of):
    first, second = held("Falcon one"), held("Falcon two")
    page = desk_of(omar).get("/desk/").content.decode()
    assert page.index(f"/desk/{first.pk}/?") < page.index(f"/desk/{second.pk}/?")
    assert f'action="/desk/{first.pk}/decide/"' in page
    assert 'value="approve" data-decision="approve"' in page


EVERY_POST = """policy: 1
name: Every post
rules:
  - id: open-channels
    title: {en: From an open channel}
    audience: external
    classification: {one_of: [public, internal]}
    outcome: hold
"""


def test_a_rule_that_objects_to_the_post_as_a_whole_names_no_words(held, omar, desk_of):
    put_in_force(EVERY_POST)
    share = held("lunch at noon")
    page = desk_of(omar).get(f"/desk/{share.pk}/").content.decode()
    assert "From an open channel" in page
    assert "<code></code>" not in page


@pytest.mark.gate("G30")
def test_a_ruling_without_a_token_is_refused(held, omar, desk_of):
    share, client = held(), desk_of(omar)
    client.handler.enforce_csrf_checks = True
    assert decide(client, share).status_code == 403
    assert Share.objects.get().state == "held"
    assert not Decision.objects.exists()


@pytest.mark.gate("G30")
def test_no_other_page_frames_the_desk(held, omar, desk_of):
    held()
    policy = desk_of(omar).get("/desk/").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy


def test_an_empty_queue_says_so(policy, omar, desk_of):
    assert b"Nothing waits for you" in desk_of(omar).get("/desk/").content


@pytest.mark.parametrize("who", ["alice", "irene", "chloe", "helene"])
def test_employees_and_admins_are_shown_out(held, person, desk_of, who):
    share = held("Falcon, only for officers")
    client = desk_of(person(who))
    for address in ("/desk/", f"/desk/{share.pk}/", f"/desk/{share.pk}/rows/", f"/desk/{share.pk}/news/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert b"only for officers" not in answer.content
    assert decide(client, share).status_code == 403
    assert not Decision.objects.exists()


def test_a_case_that_is_not_there_is_a_clear_answer(policy, omar, desk_of):
    assert desk_of(omar).get("/desk/123/").status_code == 404


def test_an_approval_releases_it_and_opens_the_next_case(held, omar, desk_of):
    first, second = held("Falcon one"), held("Falcon two")
    client = desk_of(omar)
    answer = decide(client, first)
    assert (answer.status_code, answer.url) == (302, f"/desk/{second.pk}/?view=mine")
    assert Share.objects.get(pk=first.pk).state == "approved"
    page = client.get(answer.url).content
    assert b"Approved. It leaves in a moment." in page
    assert f"/desk/{first.pk}/undo/".encode() in page
    # Once: a reload must not offer to undo what left meanwhile.
    assert b"It leaves in a moment." not in client.get(answer.url).content


def test_a_ruling_is_undone_in_time(held, omar, desk_of, settings):
    settings.SHARE_DELAY = timedelta(seconds=30)
    share, client = held(), desk_of(omar)
    decide(client, share)
    client.post(f"/desk/{share.pk}/undo/")
    assert Share.objects.get().state == "held"


def test_undoing_too_late_says_so_and_changes_nothing(held, omar, desk_of, travel):
    share, client = held(), desk_of(omar)
    decide(client, share)
    travel(minutes=1)
    answer = client.post(f"/desk/{share.pk}/undo/")
    assert answer.status_code == 409
    assert b"The time in which a decision can be undone is over" in answer.content
    assert Share.objects.get().state == "approved"


@pytest.mark.parametrize("decision", ["reject", "changes"])
def test_the_author_is_owed_a_reason(held, omar, desk_of, decision):
    share = held()
    answer = decide(desk_of(omar), share, decision, note="  ")
    assert answer.status_code == 422
    assert b"Say why" in answer.content
    assert Share.objects.get().state == "held"


@pytest.mark.parametrize(("decision", "state"), [("reject", "rejected"), ("changes", "changes_asked")])
def test_a_reason_reaches_the_author(held, alice, omar, desk_of, browser_of, decision, state):
    share = held()
    decide(desk_of(omar), share, decision, note="Leave out <b>the name</b>")
    assert Share.objects.get().state == state
    page = browser_of(alice).get(f"/shares/{share.pk}/").content
    assert b"Leave out &lt;b&gt;the name&lt;/b&gt;" in page
    assert b"Omar" not in page


@pytest.mark.gate("G29")
def test_words_that_changed_meanwhile_are_not_decided_and_the_note_is_kept(
    held, alice, omar, desk_of, django_capture_on_commit_callbacks
):
    share, client = held(), desk_of(omar)
    seen = ruling(share, "reject", note="typed with care")
    with django_capture_on_commit_callbacks(execute=True):
        edit(by=alice, post_id=share.post_id, text="Falcon flies on Tuesday", version=share.post.version)
    answer = client.post(f"/desk/{share.pk}/decide/", seen)
    assert answer.status_code == 409
    assert b"typed with care" in answer.content
    assert b"Tuesday" in answer.content
    assert not Decision.objects.exists()


def test_a_second_officer_is_needed_for_grave_matters_and_the_first_is_told(held, omar, lena, desk_of):
    share, omars = held("The takeover is planned"), desk_of(omar)
    answer = decide(omars, share)
    assert b"A second officer has to approve it, too" in omars.get(answer.url).content
    case = omars.get(f"/desk/{share.pk}/").content
    assert b"You decided already" in case
    assert b'data-decision="approve"' not in case
    decide(desk_of(lena), share)
    assert Share.objects.get().state == "approved"


def test_nobody_is_offered_to_decide_on_their_own_words(write, press, omar, channel, desk_of):
    from corpblog.teams.models import Membership

    Membership.objects.create(person=omar, channel=channel)
    share = gate.request_share(by=omar, post=write("Falcon by omar", by=omar), destination=press)
    client = desk_of(omar)
    page = client.get(f"/desk/{share.pk}/").content
    assert b"another officer has to decide" in page
    assert b"data-decision=" not in page
    assert decide(client, share).status_code == 403
    assert Share.objects.get().state == "held"


def test_an_auditor_reads_every_case_and_finds_no_buttons(held, victor, desk_of):
    share = held()
    page = desk_of(victor).get(f"/desk/{share.pk}/").content
    assert b"Auditors read and change nothing" in page
    assert b"data-decision=" not in page
    assert decide(desk_of(victor), share).status_code == 403


@pytest.mark.gate("G30")
def test_an_old_sign_in_is_asked_for_the_password_and_nothing_typed_is_lost(held, omar, desk_of, monkeypatch):
    share, client = held(), desk_of(omar, minutes_ago=11)
    answer = decide(client, share, "reject", note="typed with care")
    assert answer.status_code == 403
    assert b"Confirm your password" in answer.content
    assert b"typed with care" in answer.content
    assert Share.objects.get().state == "held"

    passwords = {"right": omar}
    monkeypatch.setattr(
        sys.modules[people.sign_in.__module__],
        "authenticate",
        lambda request, **given: passwords.get(given["password"]),
    )
    wrong = decide(client, share, "reject", note="typed with care", password="wrong")
    assert wrong.status_code == 422
    assert b"This is not your password" in wrong.content
    assert b"typed with care" in wrong.content
    assert Share.objects.get().state == "held"
    assert decide(client, share, "reject", note="typed with care", password="right").status_code == 302
    assert Share.objects.get().state == "rejected"


@pytest.mark.usefixtures("standing_clock")
def test_guessing_at_the_confirmation_is_limited_like_the_sign_in(held, omar, desk_of, monkeypatch):
    share, client = held(), desk_of(omar, minutes_ago=11)
    monkeypatch.setattr(sys.modules[people.sign_in.__module__], "authenticate", lambda request, **given: None)
    for _ in range(5):
        assert decide(client, share, password="guess").status_code == 422
    assert decide(client, share, password="guess").status_code == 429


@pytest.mark.gate("G29")
def test_what_people_wrote_is_shown_as_text_with_the_unseen_made_visible(held, omar, desk_of):
    share = held("<script>alert(1)</script> Fal\u202econ \u200bFalcon <img src=x onerror=alert(1)>")
    page = desk_of(omar).get(f"/desk/{share.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in page
    assert "\u202e" not in page


def test_the_case_shows_each_post_as_its_network_would(write, alice, omar, desk_of):
    there = Destination.objects.create(slug="outside", name="Outside", kind="mastodon", remote_account="acme@there")
    words = "Fal\u202econ at https://www.acme.example/a-long-way-to-the-falcon-and-back"
    share = gate.request_share(by=alice, post=write(words), destination=there, wish=Wish(comment="More #falcons"))
    page = desk_of(omar).get(f"/desk/{share.pk}/").content.decode()
    evidence, shown = page.split("data-as-shown")
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in evidence
    shown = shown[: shown.index("</details>")]
    assert shown.count('class="network-text"') == 2
    assert 'hx-ignore>Falcon at <span class="network-link">acme.example/a-long-way-to-the…</span>' in shown
    # What never changes announces nothing.
    assert shown.count(" characters left</p>") == 2
    assert 'role="status"' not in shown
    assert 'More <span class="network-link">#falcons</span>' in shown


def test_words_that_no_rule_found_are_taken_out_where_a_rule_objects_to_the_post_as_a_whole(held, omar, desk_of):
    put_in_force(EVERY_POST)
    share, client = held("lunch at Rosa's at noon"), desk_of(omar)
    page = client.get(f"/desk/{share.pk}/").content.decode()
    assert 'value="redact" data-decision="redact"' in page
    decide(client, share, "redact", span=["9:15"])
    assert Proposal.objects.get().texts == {"text": "lunch at […] at noon"}


def test_officers_and_auditors_are_led_to_what_colleagues_reported(write, bruno, omar, victor, desk_of):
    posts.report(by=bruno, post_id=write("lunch at noon").pk, reason="wrong")
    link = '<a class="meta" href="/reports/">Reported posts <span class="num">1</span></a>'
    assert [link in desk_of(who).get("/desk/").content.decode() for who in (omar, victor)] == [True, True]


def test_an_open_queue_asks_each_minute_how_long_its_cases_wait_by_now(held, omar, desk_of, travel):
    share, client = held(), desk_of(omar)
    page = client.get("/desk/").content.decode()
    queue = page[page.index('class="panel queue"') :]
    asks = re.match(r'[^>]* hx-get="([^"]*)" hx-trigger="[^"]*\bevery 60s"[^>]*innerMorph', queue)
    travel(minutes=61)
    renewed = client.get(unescape(asks[1])).content.decode()
    assert "waiting 0 h 0 min" in queue
    assert "waiting 1 h 1 min" in renewed
    # The same row, and still the open one: what has an id keeps its focus when it is renewed.
    for html in (queue, renewed):
        assert re.search(rf'<a id="row-{share.pk}" class="queue-row[^>]* aria-current="true">', html)
        assert '<details class="sieve" hx-morph-skip' in html


def test_an_open_page_hears_that_a_colleague_was_faster(held, omar, lena, desk_of):
    share, client = held(), desk_of(omar)
    seen = f"/desk/{share.pk}/news/?state=held&digest={share.digest}&approvals=0"
    assert client.get(seen).content == b""
    decide(desk_of(lena), share)
    assert b"This case changed while you were looking at it" in client.get(seen).content
    late = decide(client, share)
    assert late.status_code == 409
    assert Decision.objects.count() == 1


def test_the_desk_costs_a_fixed_number_of_queries(held, omar, desk_of, django_assert_max_num_queries):
    client = desk_of(omar)
    for number in range(3):
        held(f"Falcon {number}")
    client.get("/desk/")
    with django_assert_max_num_queries(48) as few:
        client.get("/desk/")
    for number in range(6):
        held(f"Falcon again {number}")
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get("/desk/")


def test_auditors_read_reports_and_find_no_button(held, alice, bruno, omar, victor, browser_of):
    posts.report(by=bruno, post_id=held().post_id, reason="other", note="Look at this")
    pages = {who.username: browser_of(who).get("/reports/").content.decode() for who in (omar, victor)}
    assert ["Look at this" in page for page in pages.values()] == [True, True]
    assert ["/close/" in page for page in pages.values()] == [True, False]


def test_whoever_reported_is_told_that_another_officer_closes_it(held, omar, browser_of):
    posts.report(by=omar, post_id=held().post_id, reason="other")
    page = browser_of(omar).get("/reports/").content.decode()
    assert "You reported it, so another officer closes it." in page
    assert "/close/" not in page
