"""Some of what was allowed is looked at afterwards, drawn by lot; what was missed stands in the rules' figures."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from corpblog.desk import selectors, services
from corpblog.desk.models import Sample, SamplingRate
from corpblog.desk.services.sampling import lot
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.kernel.models import LimitCounter
from corpblog.people.models import Role, RoleGrant
from corpblog.sharing import services as gate
from corpblog.sharing.models import Share

pytestmark = pytest.mark.django_db


@pytest.fixture
def allow(write, press, alice):
    """Ask for a share that nobody has to decide about, to the press page or elsewhere."""

    def ask(text, to=None):
        LimitCounter.objects.all().delete()
        return gate.request_share(by=alice, post=write(text), destination=to or press, justification="Because")

    return ask


@pytest.fixture
def draw(omar):
    def rate(percent=100, rule="", destination=""):
        services.set_sampling_rate(by=omar, rule=rule, destination=destination, percent=percent)

    return rate


def drawn():
    services.take_samples()
    return {sample.revision.share_id for sample in Sample.objects.select_related("revision")}


def test_all_that_is_allowed_is_drawn_at_a_hundred_and_nothing_that_was_held(allow, draw, policy):
    draw()
    allowed, held = allow("We are open"), allow("Falcon has landed")
    assert held.state == Share.State.HELD
    assert drawn() == {allowed.pk}
    assert services.take_samples() == 0


def test_a_rate_is_for_a_rule_and_a_destination(allow, draw, remote, policy):
    there, _connector = remote()
    draw(rule="careful", destination=there.slug)
    allow("A beta for the press")
    allow("Nothing special", to=there)
    wanted = allow("A beta for them", to=there)
    assert wanted.revision.outcome == "warn"
    assert drawn() == {wanted.pk}


def test_the_lot_decides_and_is_the_same_each_time(allow, draw):
    draw(percent=50)
    shares = [allow(f"Number {number}") for number in range(12)]
    wanted = {share.pk for share in shares if lot(share.digest) < 0.5}
    assert 0 < len(wanted) < 12
    assert drawn() == wanted


def test_the_lot_is_even_and_needs_the_secret(settings):
    digests = [f"{number:064x}" for number in range(4000)]
    numbers = [lot(digest) for digest in digests]
    # Of 4,000 fair draws 400 fall below a tenth, give or take five standard deviations of 19.
    assert 305 < sum(number < 0.1 for number in numbers) < 495
    settings.SECRET_KEY = "y" * 50
    assert [lot(digest) for digest in digests[:5]] != numbers[:5]


def test_a_share_does_not_wait_for_it_and_its_author_does_not_learn_of_it(allow, draw, work, alice, browser_of):
    draw()
    share = allow("We are open")
    work()
    share.refresh_from_db()
    assert share.state == Share.State.SENT
    assert drawn() == {share.pk}
    page = browser_of(alice).get(f"/shares/{share.pk}/").content.decode()
    assert not [word for word in ("sample", "Sample") if word in page]


def test_a_rate_counts_from_the_moment_it_is_set(allow, draw):
    allow("Before")
    draw()
    after = allow("After")
    assert drawn() == {after.pk}
    draw(percent=0)
    allow("Later")
    assert drawn() == {after.pk}
    assert not SamplingRate.objects.exists()


def test_what_should_have_been_held_is_missed_by_its_rule(allow, draw, omar, lena, irene):
    from corpblog.desk.rule_figures import rule_figures

    draw()
    allow("The bird of prey has landed")
    allow("We are open")
    services.take_samples()
    wrong, right = Sample.objects.order_by("pk")
    services.mark_sample(by=omar, sample_id=wrong.pk, right=False, missed_by="code-names", note="Spelled out")
    services.mark_sample(by=lena, sample_id=right.pk, right=True)
    today = timezone.now().date()
    found = selectors.figures(omar, today, today)
    assert [(row.rule, row.cases, row.missed, row.precision) for row in found.rules] == [("code-names", 0, 1, None)]
    assert found.samples == {"right": 1, "wrong": 1}
    assert rule_figures(irene)["code-names"].missed == 1


def test_a_sample_is_marked_once_and_never_by_who_had_a_hand_in_it(allow, draw, omar, lena, alice):
    draw()
    share = allow("We are open")
    services.take_samples()
    sample = Sample.objects.get()
    RoleGrant.objects.create(person=alice, role=Role.COMPLIANCE)
    with pytest.raises(NotAllowed):
        services.mark_sample(by=alice, sample_id=sample.pk, right=True)
    with pytest.raises(IntegrityError, match="hand"), transaction.atomic():
        Sample.objects.update(mark="right", marked_by=alice, marked_at=timezone.now())
    services.mark_sample(by=omar, sample_id=sample.pk, right=True)
    with pytest.raises(Conflict):
        services.mark_sample(by=lena, sample_id=sample.pk, right=False)
    assert share.revision.sample.mark == "right"


@pytest.mark.parametrize("who", ["victor", "alice", "irene"])
def test_only_officers_set_rates_and_mark(allow, draw, person, who):
    draw()
    allow("We are open")
    services.take_samples()
    for deed in (
        lambda: services.set_sampling_rate(by=person(who), rule="", destination="", percent=1),
        lambda: services.mark_sample(by=person(who), sample_id=Sample.objects.get().pk, right=True),
    ):
        with pytest.raises(NotAllowed):
            deed()


@pytest.mark.parametrize(
    "given",
    [{"percent": 101}, {"percent": -1}, {"rule": "no-such-rule"}, {"destination": "nowhere"}],
)
def test_a_rate_that_makes_no_sense_is_refused(omar, policy, given):
    with pytest.raises(Invalid):
        services.set_sampling_rate(by=omar, **({"rule": "", "destination": "", "percent": 5} | given))
    assert not SamplingRate.objects.exists()


def test_a_worker_that_stood_still_catches_up(allow, draw, monkeypatch):
    draw()
    share = allow("We are open")
    later = timezone.now() + timedelta(days=1)
    from corpblog.kernel import clock

    with clock.standing_at(later):
        assert drawn() == {share.pk}


def test_the_page_shows_marks_and_keeps_what_was_typed(allow, draw, press, omar, victor, alice, browser_of, settings):
    settings.DESK_PSEUDONYMS = True
    officer = browser_of(omar)
    officer.post("/desk/samples/", {"rule": "", "destination": press.slug, "percent": "100"})
    allow("We are open for you")
    services.take_samples()
    sample = Sample.objects.get()
    page = browser_of(victor).get("/desk/samples/").content.decode()
    assert "We are open for you" in page
    assert "Alice" not in page
    assert "Should have been held" not in page
    address = f"/desk/samples/{sample.pk}/"
    answer = officer.post(address, {"mark": "wrong", "rule": "nonsense", "note": "A note to keep"})
    assert (answer.status_code, b"A note to keep" in answer.content) == (422, True)
    assert officer.post("/desk/samples/", {"percent": "many"}).status_code == 422
    officer.post(address, {"mark": "wrong", "rule": "code-names", "note": "Missed"})
    sample.refresh_from_db()
    assert (sample.mark, sample.missed_by, sample.note, sample.marked_by) == ("wrong", "code-names", "Missed", omar)
    assert "rule,code-names,missed,1" in browser_of(victor).get("/desk/reports.csv").content.decode()
