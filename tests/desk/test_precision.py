"""One precision: rulings and marks of every kind reach cards, Health and reports, and all three say the same."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from corpblog.audit.models import AuditEntry
from corpblog.desk import services
from corpblog.desk.precision import Judged, judged_finds
from corpblog.desk.precision_steps import begin_of, end_of
from corpblog.desk.rule_figures import judged, precision_lately, rule_figures
from corpblog.desk.selectors import figures
from corpblog.kernel import clock
from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.policy.engine import load_policy
from corpblog.sharing import services as gate
from corpblog.teams.models import Channel, ChannelCounter, Membership
from corpblog.web.policy_health import fallen_rules
from tests.sharing.conftest import POLICY

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruled(write, press, alice, omar):
    """Ask for a share of a code name and rule on it."""

    def make(ruling, text, mark=None):
        now = clock.now()
        share = gate.request_share(by=alice, post=write(f"Falcon {text}"), destination=press)
        if mark is not None:
            services.mark_rule(by=omar, share_id=share.pk, rule="code-names", is_right=mark)
        bound = {"by": omar, "share_id": share.pk, "digest": share.digest, "authenticated_at": now}
        if ruling == "approve":
            services.approve(**bound)
        elif ruling == "reject":
            services.reject(reason="No", **bound)
        elif ruling == "changes":
            services.ask_for_changes(reason="Other words", **bound)
        return share

    return make


def told(person):
    found = judged(person).get("code-names")
    return (found.right, found.wrong) if found else None


@pytest.mark.parametrize(
    ("ruling", "mark", "counted"),
    [
        ("approve", None, (0, 1)),
        ("reject", None, (1, 0)),
        ("changes", None, (1, 0)),
        ("reject", False, (0, 1)),
        ("approve", True, (1, 0)),
        ("changes", True, (1, 0)),
        ("", False, (0, 1)),
        ("", True, (1, 0)),
        ("", None, None),
    ],
)
def test_a_mark_says_more_than_a_ruling_and_a_ruling_more_than_nothing(ruled, omar, ruling, mark, counted):
    ruled(ruling, "flies", mark)
    assert told(omar) == counted


def test_one_rejection_weighs_more_than_an_approval(write, press, alice, omar, lena, fresh):
    share = gate.request_share(by=alice, post=write("The takeover by Falcon"), destination=press)
    services.approve(by=omar, share_id=share.pk, digest=share.digest, authenticated_at=fresh)
    services.reject(by=lena, share_id=share.pk, digest=share.digest, reason="No", authenticated_at=fresh)
    assert {rule: (each.right, each.wrong) for rule, each in judged(omar).items()} == {
        "code-names": (1, 0),
        "grave": (1, 0),
    }


def test_an_undone_ruling_and_a_mark_taken_back_count_nowhere(ruled, omar, settings):
    settings.SHARE_DELAY = timedelta(seconds=30)
    share = ruled("approve", "flies", mark=False)
    services.undo(by=omar, share_id=share.pk)
    services.mark_rule(by=omar, share_id=share.pk, rule="code-names", is_right=None)
    assert told(omar) is None


def test_the_last_mark_of_a_past_post_counts(write, omar, irene, ivan):
    post = write("Falcon is a bird")
    for by, is_right in ((irene, True), (ivan, False)):
        services.mark_past_post(by=by, number=1, rule="code-names", post_id=post.pk, is_right=is_right)
    assert told(omar) == (0, 1)
    entries = AuditEntry.objects.filter(action="policy.post_marked").order_by("number")
    assert [entry.payload.facts for entry in entries] == [
        {"rule": "code-names", "post": post.pk, "right": True},
        {"rule": "code-names", "post": post.pk, "right": False},
    ]


def test_a_mark_that_was_erased_from_the_log_counts_no_more(write, omar, irene):
    services.mark_past_post(by=irene, number=1, rule="code-names", post_id=write("Falcon").pk, is_right=True)
    AuditEntry.objects.get(action="policy.post_marked").payload.delete()
    assert told(omar) is None


@pytest.mark.parametrize("who", ["alice", "omar", "victor", "chloe"])
def test_only_policy_admins_mark_the_past(write, person, who):
    with pytest.raises(NotAllowed):
        services.mark_past_post(by=person(who), number=1, rule="code-names", post_id=write("Falcon").pk, is_right=True)


def test_nobody_marks_a_post_that_they_may_not_read(write, irene, alice):
    room = Channel.objects.create(slug="board", name="Board", is_private=True)
    ChannelCounter.objects.get_or_create(channel=room)
    Membership.objects.create(person=alice, channel=room)
    hidden = write("Falcon costs a million", to=room)
    with pytest.raises(NotFound):
        services.mark_past_post(by=irene, number=1, rule="code-names", post_id=hidden.pk, is_right=True)
    assert not AuditEntry.objects.filter(action="policy.post_marked").exists()


def test_cards_health_and_reports_say_the_same(ruled, write, omar, irene, browser_of):
    # A month ago the rule was right five times; since then two of seven finds, one of them by a mark on the effect.
    with clock.standing_at(timezone.now() - timedelta(days=40)):
        for number in range(5):
            ruled("reject", f"then {number}")
    ruled("reject", "now")
    for number in range(3):
        ruled("approve", f"now {number}")
    ruled("reject", "by mistake", mark=False)
    ruled("", "waits", mark=False)
    services.mark_past_post(by=irene, number=1, rule="code-names", post_id=write("Falcon").pk, is_right=True)
    assert told(omar) == (2, 5)
    assert rule_figures(omar)["code-names"].judged.precision == 29
    today = timezone.now().date()
    report = figures(omar, today - timedelta(days=3), today)
    assert [(rule.rule, rule.precision) for rule in report.rules] == [("code-names", 29)]
    fell = fallen_rules(omar, load_policy(POLICY, {}))
    assert [(rule.id, rule.before, rule.now, rule.judged) for rule in fell] == [("code-names", 100, 29, 7)]
    client = browser_of(omar)
    assert "right in 29 % of 7 judged finds" in client.get("/policies/").content.decode()
    assert "7 judged finds" in client.get("/policies/health/").content.decode()
    assert '<td class="right">29 %</td>' in client.get("/desk/reports/").content.decode()
    assert "rule,code-names,precision,29\r\n" in client.get("/desk/reports.csv").content.decode()


MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def three_weeks(ruled, omar):
    """Weeks of March 2026: one find right, one wrong; none; two right, of which one is marked false a week later."""
    with clock.standing_at(MONDAY):
        ruled("reject", "first")
        ruled("approve", "second")
    with clock.standing_at(MONDAY + timedelta(days=20)):
        ruled("reject", "third")
        late = ruled("reject", "fourth")
    with clock.standing_at(MONDAY + timedelta(days=23)):
        services.mark_rule(by=omar, share_id=late.pk, rule="code-names", is_right=False)


def test_each_step_counts_what_was_judged_in_it_and_the_whole_counts_each_find_once(three_weeks, omar):
    told = figures(omar, date(2026, 2, 25), date(2026, 3, 31))
    steps = told.precision
    assert (steps.unit, [f"{day:%d.%m.}" for day in steps.begins]) == (
        "week",
        ["25.02.", "02.03.", "09.03.", "16.03.", "23.03.", "30.03."],
    )
    counted = [(each.right, each.wrong) for each in steps.lines["code-names"]]
    # The fourth find was judged in two weeks; its mark says in both that it was wrong.
    assert counted == [(0, 0), (1, 1), (0, 0), (1, 1), (0, 1), (0, 0)]
    assert [(rule.judged.right, rule.judged.wrong) for rule in told.rules] == [(2, 2)]
    for day, each in zip(steps.begins, steps.lines["code-names"], strict=True):
        ends = min(day + timedelta(days=6 - day.weekday()), date(2026, 3, 31))
        alone = judged_finds(begin_of(day), end_of(ends)).get("code-names", Judged())
        assert (alone.right, alone.wrong) == (each.right, each.wrong)


def test_a_long_period_is_told_by_months(three_weeks, omar):
    steps = figures(omar, date(2026, 1, 15), date(2026, 12, 31)).precision
    assert (steps.unit, steps.begins[:3], len(steps.begins)) == (
        "month",
        [date(2026, 1, 15), date(2026, 2, 1), date(2026, 3, 1)],
        12,
    )
    assert steps.lines["code-names"][2].precision == 50
    assert [each.precision for each in steps.lines["code-names"][3:]] == [None] * 9


def test_the_last_instant_of_a_step_is_not_the_next_ones(ruled, omar):
    with clock.standing_at(MONDAY - timedelta(hours=9, microseconds=1)):
        ruled("reject", "at the last instant of Sunday")
    with clock.standing_at(MONDAY - timedelta(hours=9)):
        ruled("approve", "at the first instant of Monday")
    steps = figures(omar, date(2026, 2, 23), date(2026, 3, 8)).precision
    assert [each.precision for each in steps.lines["code-names"]] == [100, 0]
    alone = figures(omar, date(2026, 2, 23), date(2026, 3, 1)).precision
    assert [each.precision for each in alone.lines["code-names"]] == [100]


def test_the_line_is_drawn_broken_where_nobody_judged_and_the_table_says_the_same(three_weeks, omar, browser_of):
    page = browser_of(omar).get("/desk/reports/", {"first": "2026-02-25", "last": "2026-03-31"}).content.decode()
    part = page[page.index('id="precision"') :]
    part = part[: part.index("</section>")]
    # Six steps of fifty units: the second stands alone, the fourth and the fifth are joined.
    assert re.findall(r'<path d="([^"]+)"', part) == ["M175.0 50.0L225.0 100.0"]
    assert re.findall(r'line-dot" d="M([\d.]+ [\d.]+)h', part) == ["75.0 50.0", "175.0 50.0", "225.0 100.0"]
    assert "16 Mar: 50 % of 2 judged finds" in part
    cells = re.findall(r"<td[^>]*>(.*?)</td>", part)
    assert [re.sub(r"<[^>]+>", "", cell) for cell in cells] == ["–", "50 % of 2", "–", "50 % of 2", "0 % of 1", "–"]
    assert " style=" not in part


def test_the_csv_has_each_step_also_those_without_a_find(three_weeks, omar, browser_of):
    days = {"first": "2026-02-25", "last": "2026-03-31"}
    lines = browser_of(omar).get("/desk/reports.csv", days).content.decode().split("\r\n")
    assert [line for line in lines if line.startswith("precision_by_week")] == [
        "precision_by_week,code-names,2026-02-25,",
        "precision_by_week,code-names,2026-03-02,50",
        "precision_by_week,code-names,2026-03-09,",
        "precision_by_week,code-names,2026-03-16,50",
        "precision_by_week,code-names,2026-03-23,0",
        "precision_by_week,code-names,2026-03-30,",
    ]
    assert "judged_by_week,code-names,2026-03-16,2" in lines


def test_the_page_of_a_rule_draws_its_own_line_by_week_and_by_month(ruled, irene, browser_of):
    with clock.standing_at(timezone.now() - timedelta(days=200)):
        ruled("reject", "long ago")
    ruled("approve", "now")
    client, address = browser_of(irene), "/policies/1/rules/code-names/"
    pages = [client.get(address, asked).content.decode() for asked in ({}, {"precision": "365"}, {"precision": "7"})]
    parts = [page[page.index('id="precision"') :] for page in pages]
    assert [part.count("line-dot") for part in parts] == [1, 2, 1]
    # Ninety days touch thirteen or fourteen weeks, a year thirteen months or, from the first of one on, twelve.
    rows = [part.count('<tr><th scope="row">') for part in parts]
    assert rows[0] in {13, 14}
    assert rows[1] in {12, 13}
    silent = client.get("/policies/1/rules/grave/").content.decode()
    assert "Nobody judged a find of this rule" in silent


def test_the_line_costs_the_same_for_few_and_many_steps(three_weeks, omar, django_assert_num_queries):
    with django_assert_num_queries(4) as few:
        precision_lately(omar, 7)
    with django_assert_num_queries(len(few.captured_queries)):
        precision_lately(omar, 365)


@pytest.mark.parametrize("who", ["alice", "chloe"])
def test_how_right_rules_are_is_not_for_everybody(policy, person, who):
    with pytest.raises(NotAllowed):
        precision_lately(person(who), 90)
