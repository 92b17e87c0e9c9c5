"""A test of the tests of what comes after sending: each guard of watching and taking back is taken out once, and seen.

Each story ends with what has to be true; with all guards it is, and without the story's own one it is not.
"""

import pytest

from corpblog.kernel import clock
from corpblog.kernel.errors import CorpblogError
from corpblog.sharing import access, connectors, services
from corpblog.sharing.connectors.base import Refused
from corpblog.sharing.models import Destination, GateState, Incident, Recall, Receipt, Share, ThreadPart
from corpblog.sharing.services import recalling, sight, watching
from tests.sharing.watched import account, out, posted_there, server, there, thread_out  # noqa: F401

# ruff: noqa: F811 (fixtures that are asked for by their imported names)
pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(request):
    """Give fixtures by name, to stories that are no tests."""
    return request.getfixturevalue


def kinds():
    return sorted(Incident.objects.values_list("kind", flat=True))


# Watching ------------------------------------------------------------------------------------------------------------


def words_change_there(scene):
    share, there = scene("out")(), scene("there")
    (post,) = there.posts.values()
    post |= {"text": "Buy our shares", "content": "<p>Buy our shares</p>"}
    services.watch()
    assert kinds() == ["edited"]
    assert Incident.objects.get().share == share


def it_is_rendered_otherwise(scene):
    scene("out")("Hi @bob@other.example")
    (post,) = scene("there").posts.values()
    post["content"] = "<p>Hi @bob</p>"
    services.watch()
    assert kinds() == []


def it_goes_away_there(scene):
    scene("out")()
    scene("there").posts.clear()
    services.watch()
    services.watch()
    assert kinds() == ["deleted"]


def a_later_part_goes_away_there(scene):
    scene("thread_out")
    scene("there").posts.popitem()
    services.watch()
    services.watch()
    assert kinds() == ["deleted"]


def a_later_part_says_something_else(scene):
    scene("thread_out")
    *_others, last = scene("there").posts.values()
    last |= {"text": "Buy our shares", "content": "<p>Buy our shares</p>"}
    services.watch()
    assert kinds() == ["edited"]


def its_answer_was_lost(scene):
    scene("there").moods.append("accepted_then_silence")
    services.request_share(by=scene("alice"), post=scene("write")("Hello"), destination=scene("account"))
    scene("work")()
    services.watch()
    assert kinds() == []


def a_stranger_posts(scene):
    scene("out")()
    posted_there(scene("there"), "We never said this")
    services.watch()
    assert kinds() == ["foreign"]


def it_is_seen_again_and_again(scene):
    scene("account")
    posted_there(scene("there"), "Since the backup")
    Destination.objects.update(created_at=clock.now().replace(year=2020))
    GateState.objects.update(backup_of=clock.now().replace(year=2020), restored_at=clock.now().replace(year=2090))
    services.watch()
    services.disown_forgotten(by=scene("omar"), incident_id=Incident.objects.get().pk)
    services.watch()
    assert kinds() == ["foreign"]


def nobody_answers(scene):
    scene("out")()
    there, travel = scene("there"), scene("travel")
    there.moods += ["error"] * 100
    before = len(there.requests)
    for _quarter in range(20):
        services.watch()
        travel(minutes=15)
    assert len(there.requests) - before <= 6


# Taking back ---------------------------------------------------------------------------------------------------------


def another_account_is_there(scene):
    destination, remote = scene("remote")("key")
    share = sent(scene, destination)
    Destination.objects.filter(pk=destination.pk).update(remote_account="other@there")
    services.recall(by=scene("alice"), share=share, reason="Wrong")
    scene("work")()
    assert len(remote.shown) == 1
    assert Recall.objects.get().state == "by_hand"


def a_stranger_takes_it_back(scene):
    destination, _remote = scene("remote")("key")
    share = sent(scene, destination)
    with pytest.raises(CorpblogError):
        services.recall(by=scene("bruno"), share=share, reason="I do not like it")
    assert not Recall.objects.exists()


def a_stale_worker_comes_back(scene):
    """The first one was slow; the second failed for good meanwhile, and a person has to do it."""
    destination, remote = scene("remote")("key")
    share = sent(scene, destination)
    services.recall(by=scene("alice"), share=share, reason="Wrong")
    slow = recalling._begin("slow", share.pk)
    scene("travel")(seconds=61)
    quick = recalling._begin("quick", share.pk)
    recalling._finish(quick, Refused("refused", for_good=True))
    recalling._finish(slow, None)
    assert len(remote.shown) == 1
    assert (Recall.objects.get().state, Share.objects.get(pk=share.pk).state) == ("by_hand", "sent")


def sent(scene, destination):
    share = services.request_share(by=scene("alice"), post=scene("write")("Hello"), destination=destination)
    scene("work")()
    assert Receipt.objects.filter(job__share=share).exists()
    return Share.objects.for_rows().get(pk=share.pk)


# what is taken out: where it is, what takes its place, and the story that sees it
MUTANTS = {
    "_is_as_sealed": (watching, lambda receipt, seen: True, words_change_there),
    "_at_its_source": (watching, lambda destination, seen, connector, target: seen, it_is_rendered_otherwise),
    "_look_for_the_rest": (watching, lambda *_about: 0, it_goes_away_there),
    "_parts_to_look_for": (watching, lambda *_about: ThreadPart.objects.none(), a_later_part_goes_away_there),
    "_is_its_part": (watching, lambda part, seen: True, a_later_part_says_something_else),
    "_texts_on_their_way": (watching, lambda destination: set(), its_answer_was_lost),
    "forgot": (GateState, lambda gate, moment: True, a_stranger_posts),
    "STRAYS": (Incident, (), it_is_seen_again_and_again),
    "to_look_at": (sight, Destination.objects.all, nobody_answers),
    "_unreachable": (recalling, lambda share, receipt: "", another_account_is_there),
    "check_may_recall": (access, lambda person, share: None, a_stranger_takes_it_back),
    "_is_newest": (recalling, lambda found, taking: True, a_stale_worker_comes_back),
}


@pytest.mark.parametrize("mutant", sorted(MUTANTS))
def test_with_its_guard_the_story_ends_well(scene, mutant):
    _where, _replacement, story = MUTANTS[mutant]
    story(scene)


@pytest.mark.parametrize("mutant", sorted(MUTANTS))
def test_a_missing_guard_is_noticed(scene, monkeypatch, mutant):
    where, replacement, story = MUTANTS[mutant]
    monkeypatch.setattr(where, mutant, replacement)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        story(scene)


def test_every_connector_that_is_watched_can_be_asked_for_one_post_too():
    watched = [found for found in connectors.CONNECTORS.values() if hasattr(found, "recent")]
    assert {found.kind for found in watched} == {"bluesky", "linkedin", "mastodon", "x"}
    assert all(callable(found.look) for found in watched)
