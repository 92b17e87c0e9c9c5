"""What policy says about posts that stay inside."""

from collections.abc import Callable

import pytest

from corpblog.audit.models import AuditEntry
from corpblog.kernel.errors import TooMany
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome, fail_closed
from corpblog.posts.errors import PostBlocked, PostHeld, ReasonMissing
from corpblog.posts.models import Post, PostRevision
from corpblog.posts.services import edit, judging
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Choose = Callable[[Outcome], None]


def test_a_block_says_where_and_keeps_the_text(say: Say, policy_says: Choose, alice: Person) -> None:
    policy_says(Outcome.BLOCK)
    with pytest.raises(PostBlocked) as refusal:
        say("  About Falcon  ")
    assert refusal.value.status == 422
    assert refusal.value.text == "About Falcon"
    finding = refusal.value.verdict.findings[0]
    assert refusal.value.text[finding.start : finding.end] == "Falcon"
    assert not Post.objects.exists()
    entry = AuditEntry.objects.get(action="post.refused")
    assert entry.actor_id == alice.pk
    assert "Falcon" not in str(entry.payload.body)


def test_a_hold_is_not_posted_either_and_says_why(say: Say, policy_says: Choose) -> None:
    policy_says(Outcome.HOLD)
    with pytest.raises(PostHeld, match="a rule asks"):
        say("About Falcon")
    assert not Post.objects.exists()


def test_what_could_not_be_checked_is_not_posted(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "scan", lambda **_question: fail_closed("error"))
    with pytest.raises(PostHeld, match="could not be checked"):
        say("Anything")
    assert not Post.objects.exists()


def test_a_warning_is_posted_and_kept_beside_the_words(say: Say, policy_says: Choose) -> None:
    policy_says(Outcome.WARN)
    post = say("About Falcon")
    revision = PostRevision.objects.get(post=post)
    assert revision.verdict["outcome"] == "warn"
    assert revision.verdict["findings"][0]["rule"] == "code-names"
    assert AuditEntry.objects.get(action="post.warned").subject == f"post:{post.pk}"


def test_a_reason_is_asked_for_once_and_kept(say: Say, policy_says: Choose) -> None:
    policy_says(Outcome.JUSTIFY)
    with pytest.raises(ReasonMissing):
        say("About Falcon", reason="  ")
    assert not AuditEntry.objects.filter(action__startswith="post.").exists()
    post = say("About Falcon", reason="The board agreed.")
    revision = PostRevision.objects.get(post=post)
    assert (revision.verdict["outcome"], revision.reason) == ("justify", "The board agreed.")


def test_an_edit_is_judged_like_a_post(say: Say, policy_says: Choose, alice: Person) -> None:
    policy_says(Outcome.BLOCK)
    post = say("Harmless")
    with pytest.raises(PostBlocked):
        edit(by=alice, post_id=post.pk, text="About Falcon", version=1)
    post.refresh_from_db()
    assert (post.text, post.version) == ("Harmless", 1)
    policy_says(Outcome.WARN)
    edit(by=alice, post_id=post.pk, text="About Falcon", version=1)
    assert PostRevision.objects.get(post=post, version=2).verdict["outcome"] == "warn"


def test_probing_the_rules_runs_into_the_limit(say: Say, policy_says: Choose) -> None:
    policy_says(Outcome.BLOCK)
    refusals = []
    for count in range(32):
        with pytest.raises((PostBlocked, TooMany)) as refusal:
            say(f"Falcon {count}")
        refusals.append(refusal.type)
    assert refusals.count(TooMany) == 2


def test_a_refused_post_uses_no_key_up(say: Say, policy_says: Choose) -> None:
    policy_says(Outcome.BLOCK)
    with pytest.raises(PostBlocked):
        say("Falcon", idempotency_key="k")
    policy_says(Outcome.ALLOW)
    assert say("Falcon", idempotency_key="k").text == "Falcon"
