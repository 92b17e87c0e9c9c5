"""One precision: rulings and marks of every kind reach cards, Health and reports, and all three say the same."""

from datetime import timedelta

import pytest
from django.utils import timezone

from corpblog.audit.models import AuditEntry
from corpblog.desk import services
from corpblog.desk.rule_figures import judged, rule_figures
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

    def make(ruling, text, mark=False):
        now = clock.now()
        share = gate.request_share(by=alice, post=write(f"Falcon {text}"), destination=press)
        if mark:
            services.mark_rule(by=omar, share_id=share.pk, rule="code-names", wrong=True)
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
        ("approve", False, (0, 1)),
        ("reject", False, (1, 0)),
        ("changes", False, (1, 0)),
        ("reject", True, (0, 1)),
        ("", True, (0, 1)),
        ("", False, None),
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
    share = ruled("approve", "flies", mark=True)
    services.undo(by=omar, share_id=share.pk)
    services.mark_rule(by=omar, share_id=share.pk, rule="code-names", wrong=False)
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
    ruled("reject", "by mistake", mark=True)
    ruled("", "waits", mark=True)
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
