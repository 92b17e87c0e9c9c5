"""A policy version tried on everything of the last days, in the background."""

from datetime import timedelta

import pytest
from django.urls import reverse

from corpblog.desk import services
from corpblog.desk.models import Simulation
from corpblog.desk.selectors import simulation_of
from corpblog.desk.services import simulating
from corpblog.kernel import clock, periodic
from corpblog.kernel.errors import NotAllowed
from corpblog.policy import services as policy
from corpblog.posts.models import Post
from corpblog.sharing import services as gate
from corpblog.teams.models import Channel
from tests.sharing.conftest import POLICY, put_in_force

pytestmark = pytest.mark.django_db
WIDER = POLICY.replace("[Falcon]", "[Falcon, Condor]")


@pytest.fixture
def draft(policy_in_force, irene):
    made = policy.create_draft(by=irene)
    return policy.edit_draft(by=irene, number=made.number, edit=made.edit, source=WIDER)


@pytest.fixture
def policy_in_force(db):
    return put_in_force(POLICY)


@pytest.fixture
def past(alice, bruno):
    """Three posts of this week, one of them in a channel that irene is not in, and one of last year."""
    everybody = Channel.objects.create(slug="all", name="All")
    board = Channel.objects.create(slug="board", name="Board", is_private=True)
    posts = [(everybody, "Condor lands", 1), (everybody, "lunch", 2), (board, "Condor of the board", 3)]
    for number, (channel, text, days) in enumerate([*posts, (everybody, "Condor", 400)]):
        at = clock.now() - timedelta(days=days)
        # Without stems a worker would take them for posts of an older server, and read them first.
        words = {"text": text, "html": "", "stems": ""}
        Post.objects.create(channel=channel, author=alice, number=number + 1, created_at=at, **words)


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    """Processes of their own are proven in tests/policy/engine/test_engine_batches.py."""
    real = simulating.effect
    monkeypatch.setattr(simulating, "effect", lambda *args, **more: real(*args, **(more | {"processes": 1})))


def run_errands() -> None:
    for errand in periodic.asked_for():
        errand.run()


def test_it_waits_for_a_worker_and_is_done_by_the_next_one(draft, past, irene):
    asked = services.simulate(by=irene, number=draft.number, days=30)
    assert asked.state == "waiting"
    assert periodic.asked_for()
    run_errands()
    found = simulation_of(irene, draft, 30)
    assert (found.state, found.done, found.total, found.percent) == ("done", 3, 3, 100)
    assert found.result["posts"]["matched"] == 2
    assert found.result["posts"]["changes"] == [["allow", "hold", 2]]
    assert not periodic.asked_for()


ASKING = """policy: 1
name: Asking
rules:
  - {id: closed, detect: [{keywords: {terms: [Condor]}}], classification: {at_least: confidential}, outcome: hold}
  - {id: french, detect: [{keywords: {terms: [Condor]}}], languages: [fr], outcome: warn}
  - {id: files, attachments: [any], outcome: block}
"""


def test_rules_are_told_what_is_known_of_each_post(policy_in_force, past, irene):
    Channel.objects.filter(slug="board").update(classification="confidential")
    Post.objects.filter(text="Condor lands").update(language="fr")
    Post.objects.filter(text="Condor of the board").update(language="en")
    made = policy.create_draft(by=irene)
    draft = policy.edit_draft(by=irene, number=made.number, edit=made.edit, source=ASKING)
    services.simulate(by=irene, number=draft.number, days=30)
    run_errands()
    found = simulation_of(irene, draft, 30).result["posts"]["rules"]
    assert found == {"closed": {"hold": 1}, "french": {"warn": 1}}


def test_the_same_question_is_asked_once_at_a_time_and_an_edit_is_another_question(draft, irene, omar):
    first = services.simulate(by=irene, number=draft.number, days=30)
    assert services.simulate(by=omar, number=draft.number, days=30) == first
    assert services.simulate(by=irene, number=draft.number, days=90) != first
    policy.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=WIDER + "\n# more\n")
    draft.refresh_from_db()
    assert simulation_of(irene, draft, 30) is None


def test_no_words_of_a_post_are_kept(draft, past, irene):
    services.simulate(by=irene, number=draft.number, days=30)
    services.run_simulations()
    assert "lands" not in str(Simulation.objects.values())


def test_a_reader_sees_examples_of_what_they_may_read_and_only_those(draft, past, irene, omar, browser_of):
    services.simulate(by=irene, number=draft.number, days=30)
    services.run_simulations()
    address = reverse("web:policy_simulation", args=[draft.number]) + "?days=30"
    html = browser_of(omar).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<mark>Condor</mark> lands" in html
    assert "of the board" not in html
    Post.objects.filter(text="Condor lands").update(deleted_at=clock.now(), text="")
    html = browser_of(omar).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "lands" not in html


def test_it_says_what_reviewers_had_ruled_on_the_shares_that_it_would_meet(
    draft, press, write, alice, omar, irene, fresh
):
    for text, ruling in (("Falcon one", "reject"), ("Falcon two", "approve"), ("Falcon three", None)):
        share = gate.request_share(by=alice, post=write(text), destination=press)
        if ruling:
            gate.decide(
                by=omar,
                share_id=share.pk,
                revision_digest=share.digest,
                ruling=ruling,
                reason="because",
                authenticated_at=fresh,
            )
    services.simulate(by=irene, number=draft.number, days=30)
    services.run_simulations()
    shares = simulation_of(irene, draft, 30).result["shares"]
    assert shares["rules"] == {"code-names": {"hold": 3}}
    assert shares["rulings"] == {"code-names": {"reject": 1, "approve": 1}}


def test_a_cancelled_one_stops_at_its_next_step_and_keeps_nothing(draft, past, irene, monkeypatch):
    asked = services.simulate(by=irene, number=draft.number, days=30)
    real = simulating.past_posts

    def cancelled_meanwhile(person, days):
        yield from real(person, days)
        services.cancel_simulation(by=irene, simulation_id=asked.pk)

    monkeypatch.setattr(simulating, "past_posts", cancelled_meanwhile)
    services.run_simulations()
    asked.refresh_from_db()
    assert (asked.state, asked.result) == ("cancelled", {})


def test_one_that_fails_says_so_and_does_not_keep_the_next_one_back(draft, past, irene, monkeypatch):
    broken = services.simulate(by=irene, number=draft.number, days=30)
    after = services.simulate(by=irene, number=draft.number, days=90)
    real = simulating.past_posts
    monkeypatch.setattr(simulating, "past_posts", lambda by, days: 1 / 0 if days == 30 else real(by, days))
    services.run_simulations()
    assert [Simulation.objects.get(pk=one.pk).state for one in (broken, after)] == ["failed", "done"]


def test_one_whose_worker_died_is_begun_anew(draft, past, irene, travel):
    asked = services.simulate(by=irene, number=draft.number, days=30)
    Simulation.objects.filter(pk=asked.pk).update(state="running", done=2, beat_at=clock.now())
    assert not services.is_asked_for()
    travel(seconds=61)
    assert services.is_asked_for()
    services.run_simulations()
    asked.refresh_from_db()
    assert (asked.state, asked.done) == ("done", 3)


def test_employees_neither_ask_for_one_nor_stop_one(draft, bruno, irene):
    with pytest.raises(NotAllowed):
        services.simulate(by=bruno, number=draft.number, days=30)
    asked = services.simulate(by=irene, number=draft.number, days=30)
    with pytest.raises(NotAllowed):
        services.cancel_simulation(by=bruno, simulation_id=asked.pk)
    asked.refresh_from_db()
    assert asked.is_open


def test_the_page_shows_how_far_it_is_and_asks_again_only_while_it_runs(draft, past, irene, browser_of):
    client = browser_of(irene)
    address = reverse("web:policy_simulation", args=[draft.number]) + "?days=30"
    started = client.post(address, headers={"HX-Request": "true"}).content.decode()
    assert "Waiting for the worker" in started
    assert 'hx-trigger="load delay:1s"' in started
    Simulation.objects.update(state="running", done=1, total=3, beat_at=clock.now())
    running = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "1 of 3 posts and shares looked at" in running
    assert 'value="33"' in running
    stopped = client.post(
        reverse("web:policy_simulation_cancel", args=[draft.number]) + "?days=30", headers={"HX-Request": "true"}
    ).content.decode()
    assert "was cancelled" in stopped
    assert "hx-trigger" not in stopped


def test_without_a_script_the_forms_lead_back_to_the_page(draft, irene, browser_of):
    answer = browser_of(irene).post(reverse("web:policy_simulation", args=[draft.number]) + "?days=90")
    assert answer["Location"] == reverse("web:policy_effect", args=[draft.number]) + "?days=90#simulation"
