"""The desk's figures: counted right, read by officers and auditors, and saved as CSV."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from corpblog.desk import selectors, services
from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid, NotAllowed
from corpblog.policy.models import PolicyVersion
from corpblog.posts import services as posts
from corpblog.posts.models import Report
from corpblog.sharing import services as gate
from corpblog.web import desk_figures
from tests.sharing.conftest import put_in_force, stricter

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(write, press, alice, omar, lena, fresh, travel):
    """Four cases: approved at once, rejected after five hours, sent back, and one that waits; one false alarm."""
    first, second, third, _last = (
        gate.request_share(by=alice, post=write(text), destination=press)
        for text in ("Falcon one", "Falcon two", "The takeover", "Falcon four")
    )
    services.approve(by=omar, share_id=first.pk, digest=first.digest, authenticated_at=fresh)
    services.mark_rule(by=omar, share_id=first.pk, rule="code-names", is_right=False)
    services.ask_for_changes(by=lena, share_id=third.pk, digest=third.digest, reason="No", authenticated_at=fresh)
    travel(hours=5)
    later = fresh + timedelta(hours=5)
    services.reject(by=lena, share_id=second.pk, digest=second.digest, reason="No", authenticated_at=later)
    services.appeal(by=alice, share_id=second.pk, reason="Why?")
    return timezone.now().date()


def found(reader, today):
    return selectors.figures(reader, today - timedelta(days=2), today + timedelta(days=1))


def test_everything_is_counted(busy, victor):
    told = found(victor, busy)
    assert told.total == 4
    assert [count for day, count in told.asked if day == busy] == [4]
    assert told.states == {"approved": 1, "rejected": 1, "changes_asked": 1, "held": 1}
    assert told.rulings == {"approve": 1, "reject": 1, "changes": 1}
    assert told.appeals == {"open": 1}
    assert [(rule.rule, rule.cases, rule.approved, rule.rejected, rule.changes) for rule in told.rules] == [
        ("code-names", 2, 1, 1, 0),
        ("grave", 1, 0, 0, 1),
    ]
    assert [(rule.wrong, rule.precision) for rule in told.rules] == [(1, 50), (0, 100)]
    assert [(place.asked, place.rejected, place.waiting) for place in told.destinations] == [(4, 1, 1)]


def test_waiting_is_measured_to_the_first_ruling(busy, victor):
    waiting = found(victor, busy).waiting
    assert (waiting.cases, waiting.within) == (3, 67)
    assert waiting.median < timedelta(minutes=1)
    assert timedelta(hours=3) < waiting.slowest_tenth < timedelta(hours=5)


def test_an_undone_ruling_counts_nowhere(write, press, alice, omar, fresh, settings):
    settings.SHARE_DELAY = timedelta(seconds=30)
    share = gate.request_share(by=alice, post=write("Falcon"), destination=press)
    services.approve(by=omar, share_id=share.pk, digest=share.digest, authenticated_at=fresh)
    services.undo(by=omar, share_id=share.pk)
    told = found(omar, timezone.now().date())
    assert (told.rulings, told.waiting, told.rules) == ({}, None, [])


def test_other_days_are_not_counted(busy, victor):
    told = selectors.figures(victor, busy - timedelta(days=9), busy - timedelta(days=5))
    assert (told.total, told.rulings, len(told.asked)) == (0, {}, 5)


@pytest.mark.parametrize("who", ["alice", "irene", "chloe"])
def test_figures_are_for_officers_and_auditors(person, who):
    with pytest.raises(NotAllowed):
        selectors.figures(person(who), date(2026, 1, 1), date(2026, 1, 2))


def test_figures_cost_the_same_for_one_case_and_for_many(busy, victor, write, press, alice, django_assert_num_queries):
    with django_assert_num_queries(29) as few:
        found(victor, busy)
    for number in range(5):
        gate.request_share(by=alice, post=write(f"Falcon more {number}"), destination=press)
    with django_assert_num_queries(len(few.captured_queries)):
        found(victor, busy)


def test_of_each_rule_it_is_said_since_when_it_stands_and_how_long_its_cases_wait(busy, victor, browser_of):
    old = PolicyVersion.objects.get()
    changed = put_in_force(stricter("Kestrel"))
    PolicyVersion.objects.filter(pk=old.pk).update(in_force_at=old.in_force_at - timedelta(days=40))
    # "code-names" was changed by the newer version, "grave" stands as it was.
    PolicyVersion.objects.filter(pk=changed.pk).update(
        rule_versions={"code-names": changed.number, "grave": old.number},
        in_force_at=old.in_force_at - timedelta(days=3),
    )
    names, grave = found(victor, busy).rules
    assert (names.age.days, grave.age.days) == (3, 40)
    # One of its two cases was decided at once, the other after five hours.
    assert timedelta(hours=2, minutes=30) <= names.wait < timedelta(hours=2, minutes=31)
    assert grave.wait < timedelta(minutes=1)
    page = browser_of(victor).get("/desk/reports/").content.decode()
    assert '<td class="right">3 days</td><td class="right">2 h 30 min</td>' in page
    assert '<td class="right">40 days</td><td class="right">0 h 0 min</td>' in page
    rows = csv.reader(io.StringIO(browser_of(victor).get("/desk/reports.csv").content.decode()))
    told = {(name, measure): value for section, name, measure, value in rows if section == "rule"}
    assert int(told["code-names", "age_in_seconds"]) // 86400 == 3
    assert int(told["code-names", "median_wait_in_seconds"]) // 60 == 150


def test_a_rule_that_is_not_in_force_any_more_has_no_age(busy, victor):
    put_in_force("policy: 1\nname: Empty\nrules: []\n")
    assert [rule.age for rule in found(victor, busy).rules] == [None, None]


def test_what_colleagues_reported_and_officers_closed_is_counted(policy, write, alice, bruno, omar, browser_of):
    for number in range(3):
        posts.report(by=bruno, post_id=write(f"lunch {number}").pk, reason="wrong")
    posts.close_report(by=omar, report_id=Report.objects.first().pk, outcome="talked")
    Report.objects.filter(pk=Report.objects.last().pk).update(created_at=timezone.now() - timedelta(days=60))
    told = found(omar, timezone.now().date())
    assert (told.reported, told.reports_closed) == (2, 1)
    page = browser_of(omar).get("/desk/reports/").content.decode()
    assert "<dt>Posts reported by colleagues</dt><dd>2</dd>" in page
    assert "<dt>Reports closed</dt><dd>1</dd>" in page
    assert "report,reported,reports,2\r\nreport,closed,reports,1\r\n" in desk_figures.table(told)


def test_waits_are_drawn_in_steps_and_told_in_the_table(busy, victor, browser_of):
    steps = found(victor, busy).waiting.steps
    assert [count for _step, count in steps] == [2, 0, 0, 1, 0, 0]
    assert [step for step, _count in steps][-1] is None
    page = browser_of(victor).get("/desk/reports/").content.decode()
    chart = page[page.index('id="chart-waits"') :]
    chart = chart[: chart.index("</section>")]
    row = re.search(
        r'<th scope="row">up to 15 min</th>.*?<rect width="(\d+)".*?<span class="num">(.*?)</span>', chart, re.DOTALL
    )
    assert row is not None
    assert row.groups() == ("100", "2 (67 %)")
    assert '<th scope="row">up to 1 day</th>' in chart
    assert "waited,up_to_900_seconds,cases,2\r\n" in desk_figures.table(found(victor, busy))
    assert "waited,longer,cases,0\r\n" in desk_figures.table(found(victor, busy))


@pytest.mark.parametrize(
    ("chart", "rows"),
    [
        ("chart-ends", {"In review": "1 (25 %)", "Approved": "1 (25 %)", "Rejected": "1 (25 %)"}),
        ("chart-precision", {"code-names": "50 %", "grave": "100 %"}),
        ("chart-places", {"Press page": "4 (100 %)"}),
    ],
)
def test_each_chart_is_a_table_with_the_same_numbers(busy, victor, browser_of, chart, rows):
    page = browser_of(victor).get("/desk/reports/").content.decode()
    part = page[page.index(f'id="{chart}"') :]
    part = part[: part.index("</section>")]
    told = dict(re.findall(r'<th scope="row">(.*?)</th>.*?<span class="num">(.*?)</span>', part, re.DOTALL))
    assert told.items() >= rows.items()
    assert part.count('aria-hidden="true"') == len(told)
    assert "style=" not in part


def test_the_page_says_it_and_shows_no_words_of_posts(busy, victor, browser_of):
    page = browser_of(victor).get("/desk/reports/").content.decode()
    assert "4 shares were asked for" in page
    assert "code-names" in page
    assert not [words for words in ("Falcon one", "takeover", "Alice", " style=") if words in page]


@pytest.mark.parametrize(
    ("first", "last"),
    [("yesterday", ""), ("2026-02-30", ""), ("2026-02-02", "2026-02-01"), ("2001-01-01", "2026-01-01")],
)
def test_days_that_make_no_sense_are_said(policy, victor, browser_of, first, last):
    answer = browser_of(victor).get("/desk/reports/", {"first": first, "last": last})
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content
    assert first.encode() in answer.content
    assert browser_of(victor).get("/desk/reports.csv", {"first": first, "last": last}).status_code == 422
    with pytest.raises(Invalid):
        desk_figures.period(first, last)


def test_a_spreadsheet_gets_the_same_numbers_and_no_formula(busy, press, victor, browser_of):
    press.name = '=HYPERLINK("http://evil.example")'
    press.save()
    answer = browser_of(victor).get("/desk/reports.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    told = {(section, name, measure): value for section, name, measure, value in rows}
    assert told["ruling", "approve", "rulings"] == "1"
    assert told["rule", "code-names", "precision"] == "50"
    assert told["destination", '\'=HYPERLINK("http://evil.example")', "asked"] == "4"
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("30 days", "2026-02-11", "2026-03-12"),
        ("Last month", "2026-02-01", "2026-02-28"),
        ("This year", "2026-01-01", "2026-03-12"),
        ("365 days", "2025-03-13", "2026-03-12"),
    ],
)
def test_usual_periods_are_one_press_away(policy, victor, browser_of, words, first, last):
    with clock.standing_at(datetime(2026, 3, 12, 9, tzinfo=UTC)):
        client = browser_of(victor)
        page = client.get("/desk/reports/").content.decode()
        address = re.search(rf'href="(\?[^"]+)"[^>]*>{words}<', page)[1].replace("&amp;", "&")
        assert address == f"?first={first}&last={last}"
        shown = client.get("/desk/reports/" + address).content.decode()
    assert re.findall(r'aria-current="true">([^<]+)<', shown) == [words]


def test_the_volumes_are_a_table_as_well(busy, victor, browser_of):
    page = browser_of(victor).get("/desk/reports/").content.decode()
    part = page[page.index('id="volumes"') :]
    part = part[: part.index("</section>")]
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td[^>]*>(\d+)</td>', part)
    assert len(rows) == 30
    assert sum(int(count) for _day, count in rows) == 4
