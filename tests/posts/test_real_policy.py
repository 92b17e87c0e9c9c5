"""The engine itself, with a policy in force, in front of the channels."""

import pytest

from corpblog.audit.models import AuditEntry
from corpblog.people.models import Person
from corpblog.policy.models import PolicyVersion, digest_of
from corpblog.policy.services import scan
from corpblog.posts.errors import PostBlocked, PostHeld
from corpblog.posts.models import Post, PostRevision
from corpblog.posts.services import judging
from corpblog.teams.models import Channel, Classification
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db

POLICY = """policy: 1
name: Inside
rules:
  - id: cards
    title: {en: Payment cards}
    audience: any
    detect:
      - identifier: {kinds: [payment-card]}
    outcome: block
  - id: tone
    title: {en: Tone}
    audience: internal
    detect:
      - keywords: {terms: [damn]}
    outcome: warn
  - id: code-names
    title: {en: Code names}
    audience: external
    detect:
      - keywords: {terms: [Falcon]}
    outcome: hold
default: {external: hold, internal: allow}
"""


@pytest.fixture(autouse=True)
def real_engine(monkeypatch: pytest.MonkeyPatch, policy_says: object) -> None:
    monkeypatch.setattr(judging, "scan", scan)


@pytest.fixture
def in_force(irene: Person, ivan: Person) -> PolicyVersion:
    digest = digest_of(POLICY, {})
    people = {"author": irene, "proposed_by": irene, "approved_by": ivan}
    return PolicyVersion.objects.create(number=1, state="in_force", source=POLICY, digest=digest, **people)


@pytest.mark.usefixtures("in_force")
def test_a_card_number_is_marked_and_stays_out(say: Say) -> None:
    with pytest.raises(PostBlocked) as refusal:
        say("Pay with 4111 1111 1111 1111 please")
    finding = refusal.value.verdict.findings[0]
    assert finding.rule == "cards"
    assert refusal.value.text[finding.start : finding.end] == "4111 1111 1111 1111"
    assert not Post.objects.exists()


@pytest.mark.usefixtures("in_force")
def test_a_rule_for_outside_lets_people_talk_inside(say: Say) -> None:
    post = say("Falcon starts on Monday")
    assert PostRevision.objects.get(post=post).verdict == {}


def test_a_warning_is_kept_with_the_policy_that_gave_it(say: Say, in_force: PolicyVersion) -> None:
    post = say("Damn, it works")
    verdict = PostRevision.objects.get(post=post).verdict
    assert (verdict["outcome"], verdict["policy_digest"]) == ("warn", in_force.digest)


ASKING = """policy: 1
name: Inside
rules:
  - {id: closed, detect: [{keywords: {terms: [Falcon]}}], classification: {at_least: confidential}, outcome: block}
  - {id: french, detect: [{keywords: {terms: [Kestrel]}}], languages: [fr], outcome: block}
  - {id: files, attachments: [any], outcome: block}
  - {id: quiet, detect: [{keywords: {terms: [Heron]}}], outcome: block, shadow: true}
"""


@pytest.fixture
def asking(irene: Person, ivan: Person) -> PolicyVersion:
    people = {"author": irene, "proposed_by": irene, "approved_by": ivan}
    return PolicyVersion.objects.create(
        number=1, state="in_force", source=ASKING, digest=digest_of(ASKING, {}), **people
    )


@pytest.mark.usefixtures("asking")
def test_rules_are_told_the_channel_the_language_and_that_nothing_is_attached(say: Say, engineering: Channel) -> None:
    say("The Falcon lands")
    say("Let us see what the Kestrel does and where it is")
    with pytest.raises(PostBlocked) as french:
        say("Nous allons voir ce que fait le Kestrel dans les airs")
    assert french.value.verdict.rules == ("french",)
    engineering.classification = Classification.CONFIDENTIAL
    engineering.save()
    with pytest.raises(PostBlocked) as closed:
        say("The Falcon lands")
    assert closed.value.verdict.rules == ("closed",)


@pytest.mark.usefixtures("asking")
def test_what_a_rule_in_shadow_found_is_kept_and_nobody_is_warned(say: Say) -> None:
    verdict = PostRevision.objects.get(post=say("The Heron waits")).verdict
    assert (verdict["outcome"], verdict["findings"]) == ("allow", [])
    assert [(found["rule"], found["outcome"]) for found in verdict["shadowed"]] == [("quiet", "block")]
    assert not AuditEntry.objects.filter(action="post.warned").exists()


def test_without_a_policy_nothing_is_posted_and_people_are_told_why(say: Say) -> None:
    with pytest.raises(PostHeld, match="could not be checked"):
        say("Hello")
