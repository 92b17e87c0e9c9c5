"""The policy's health: processes, slow rules, silent rules, and rules that are right less often."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.policy import readiness
from corpblog.policy.engine import ENGINE_VERSION, load_policy
from corpblog.policy.models import PolicyVersion, RunningProcess, SourceState
from corpblog.policy.rule_times import rule_times
from corpblog.policy.running import Reporter
from corpblog.policy.sources import Source
from corpblog.posts.services import publish
from corpblog.sharing.models import Destination
from corpblog.sharing.services import decide, request_share
from corpblog.teams.models import Channel
from corpblog.web.policy_health import fallen_rules
from tests.sharing.conftest import channel, press, put_in_force

__all__ = ["channel", "press"]
pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]

POLICY = """\
policy: 1
name: Acme
rules:
  - id: names
    title: {en: Names}
    audience: external
    detect: [{keywords: {terms: [Falcon]}}]
    outcome: hold
  - id: idle
    title: {en: Idle}
    detect: [{keywords: {terms: [Kestrel]}}]
    outcome: hold
"""


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_lists_that_follow_a_source_say_when_they_were_read_and_what_fails(irene: Person, browser_of: Browser) -> None:
    put_in_force(POLICY)
    assert 'id="sources"' not in page(browser_of(irene), "/policies/health/")
    good, bad = Source("directory-groups"), Source("address", "https://lists.example.com/names.csv", "name")
    version = PolicyVersion.objects.in_force()
    version.update(
        sources={"a-groups": good.facts(), "b-names": bad.facts(), "c-new": Source("private-channels").facts()}
    )
    now = clock.now()
    SourceState.objects.create(key=good.key, read_at=now)
    SourceState.objects.create(key=bad.key, read_at=now, problem="status", failing_since=now - timedelta(hours=5))
    part = page(browser_of(irene), "/policies/health/")
    part = part[part.index('id="sources"') :]
    part = part[: part.index("</section>")]
    assert f'Since <time class="" datetime="{(now - timedelta(hours=5)).isoformat()}"' in part
    rows = [unescape(re.sub(r"<[^>]+>", " ", row)) for row in part.split("<li>")[1:]]
    assert [row.split()[0] for row in rows] == ["b-names", "a-groups", "c-new"]
    assert "The server has no such list." in rows[0]
    ends = [" ".join(row.split()) for row in rows]
    assert ends[0].endswith(" Not read")
    assert ends[1].endswith(" In step")
    assert ends[2].endswith(" Not read yet")


def test_processes_and_silent_rules_are_shown(
    alice: Person, irene: Person, channel: Channel, press: Destination, browser_of: Browser
) -> None:
    put_in_force(POLICY)
    readiness.make_ready()
    Reporter("web").report()
    request_share(by=alice, post=publish(by=alice, channel=channel, text="Falcon flies"), destination=press)
    shown = page(browser_of(irene), "/policies/health/")
    assert f"engine {ENGINE_VERSION}," in shown
    assert "All run the version in force" in shown
    silent = shown[shown.index('id="silent"') : shown.index('id="fallen"')]
    assert "Idle" in silent
    assert "Names" not in silent


def test_a_process_with_an_old_version_stands_out(irene: Person, browser_of: Browser) -> None:
    put_in_force(POLICY)
    readiness.make_ready()
    Reporter("worker").report()
    RunningProcess.objects.update(digest="0" * 64, number=77)
    put_in_force(POLICY.replace("name: Acme", "name: Next"))
    shown = page(browser_of(irene), "/policies/health/")
    assert "All run the version in force" not in shown
    assert "Is changing over" in shown
    assert ">77<" in shown


def test_without_a_policy_and_without_a_process_it_says_so(irene: Person, browser_of: Browser) -> None:
    shown = page(browser_of(irene), "/policies/health/")
    assert "No policy is in force." in shown
    assert "No process has said anything in the last hour." in shown
    assert "No policy is in force." in page(browser_of(irene), "/policies/health/times/")


def test_times_are_measured_on_recent_posts(
    alice: Person, irene: Person, channel: Channel, browser_of: Browser
) -> None:
    put_in_force(POLICY)
    assert "no posts of the last 30 days" in page(browser_of(irene), "/policies/health/times/")
    publish(by=alice, channel=channel, text="A word about lunch")
    shown = page(browser_of(irene), "/policies/health/times/")
    assert "Measured now on the newest post" in shown
    assert shown.count("<progress") == 2


def test_a_slow_rule_comes_first_and_what_there_is_no_time_for_is_counted() -> None:
    slow = "\n".join(f"      - regex: {{pattern: '[a-z]{{3,9}} ?x{number}'}}" for number in range(40))
    rules = POLICY.replace("    detect: [{keywords: {terms: [Kestrel]}}]", f"    detect:\n{slow}")
    policy = load_policy(rules, {})
    texts = [f"one more line of number {number} about the weather" for number in range(40)]
    times = rule_times(policy, texts)
    assert [rule for rule, _taken in times.rules] == ["idle", "names"]
    assert times.posts == 40
    assert times.whole > times.rules[1][1] >= 0
    assert rule_times(policy, texts, seconds=-1).left == 2


@pytest.mark.parametrize(("before", "now", "fell"), [((5, 0), (2, 3), [(100, 40, 5)]), ((5, 0), (2, 2), [])])
def test_a_fall_takes_five_rulings_in_both_periods(
    alice: Person,
    omar: Person,
    irene: Person,
    channel: Channel,
    press: Destination,
    before: tuple[int, int],
    now: tuple[int, int],
    fell: list[Any],
) -> None:
    put_in_force(POLICY)
    policy = load_policy(POLICY, {})
    for back, (rejected, approved) in ((timedelta(days=40), before), (timedelta(0), now)):
        moment = timezone.now() - back
        with clock.standing_at(moment):
            for number in range(rejected + approved):
                words = f"Falcon {back.days} {number}"
                share = request_share(by=alice, post=publish(by=alice, channel=channel, text=words), destination=press)
                decide(
                    by=omar,
                    share_id=share.pk,
                    revision_digest=share.digest,
                    ruling="reject" if number < rejected else "approve",
                    reason="As discussed.",
                    authenticated_at=moment,
                )
    assert [(item.before, item.now, item.judged) for item in fallen_rules(irene, policy)] == fell
