"""The promise, driven against the real services: I1 to I7 of the threat model, and a test of this test.

`GATE_STEPS` sets how many steps are played, in parts that may run side by side; `make gate` plays a hundred thousand.
"""

import gc
import itertools
import os
import random
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from corpblog.kernel import blobs
from corpblog.sharing import canonical, guards, worker
from corpblog.sharing.canonical import read
from corpblog.sharing.services import sealing, sending
from corpblog.sharing.wishes import Wish
from tests.servers import faults
from tests.sharing.stories import DISTURBANCES, MOMENTS, MOODS, clean_up, tell
from tests.sharing.wired import module_wires  # noqa: F401
from tests.sharing.world import REMOTES, TEXTS, Broken, World

pytestmark = pytest.mark.django_db
STEPS = int(os.environ.get("GATE_STEPS", "2000"))
# Short parts, so that no worker of the test run is left with a long one at the end.
PARTS = max(8, STEPS // 1000)


class Gate(RuleBasedStateMachine):
    """A company that asks, edits, decides, closes and crashes in any order; the world judges every seal and byte."""

    wires = None
    steps = 0

    @initialize()
    def found(self):
        self.patch = pytest.MonkeyPatch()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = World(self.patch, Gate.wires)
        self.shares = []
        self.leases = []
        self.is_founded = False

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
            self.patch.undo()

    @invariant()
    def count(self):
        # It is looked at once after the founding as well, which is no step.
        Gate.steps += self.is_founded
        self.is_founded = True

    def pick(self, index):
        return self.world.again(self.shares[index % len(self.shares)])

    @rule(
        later=st.booleans(),
        text=st.sampled_from(sorted(TEXTS)),
        repeat=st.sampled_from(REMOTES),
        disturbance=st.sampled_from(sorted(DISTURBANCES)),
        moment=st.sampled_from(MOMENTS),
        mood=st.sampled_from(MOODS),
        speaker=st.sampled_from(["Acme", "Falcon team"]),
    )
    def whole_story(self, **story):
        tell(self.world, **story)

    @rule(text=st.sampled_from(sorted(TEXTS.values())), repeat=st.sampled_from(REMOTES), later=st.booleans())
    def ask(self, text, repeat, later):
        more = {"wish": Wish(send_at=self.world.later(), zone="UTC")} if later else {}
        share = self.world.ask(self.world.write(text), repeat, **more)
        if share is not None:
            self.shares.append(share)

    @precondition(lambda self: self.shares)
    @rule(
        index=st.integers(0, 9),
        who=st.sampled_from(["omar", "lena", "ann", "ben"]),
        ruling=st.sampled_from(["approve", "approve", "reject", "changes"]),
    )
    def decide(self, index, who, ruling):
        self.world.decide(self.pick(index), who, ruling)

    @precondition(lambda self: self.shares)
    @rule(index=st.integers(0, 9), who=st.sampled_from(["omar", "lena", "ann", "ben"]))
    def lift(self, index, who):
        self.world.lift(self.pick(index), who)

    @precondition(lambda self: self.shares)
    @rule(index=st.integers(0, 9), name=st.sampled_from(sorted(DISTURBANCES)))
    def disturb(self, index, name):
        DISTURBANCES[name](self.world, self.pick(index))

    @precondition(lambda self: self.shares)
    @rule(index=st.integers(0, 9))
    def restore_order(self, index):
        clean_up(self.world, self.pick(index))

    @precondition(lambda self: self.shares)
    @rule(index=st.integers(0, 9))
    def seal(self, index):
        share = self.pick(index)
        lease = self.world.seal(share)
        if lease is not None:
            self.leases.append((share, lease))

    @precondition(lambda self: self.shares)
    @rule(index=st.integers(0, 9), text=st.sampled_from(sorted(TEXTS.values())))
    def correct(self, index, text):
        correction = self.world.correct(self.pick(index), text)
        if correction is not None:
            self.shares.append(correction)

    @precondition(lambda self: self.shares)
    @rule(index=st.integers(0, 9))
    def recall(self, index):
        self.world.recall(self.pick(index))

    @precondition(lambda self: self.leases)
    @rule(index=st.integers(0, 9))
    def send(self, index):
        share, lease = self.leases[index % len(self.leases)]
        self.world.send(share, lease)
        self.world.judge_copies()

    @rule(repeat=st.sampled_from(REMOTES), mood=st.sampled_from(faults.MOODS))
    def next_mood(self, repeat, mood):
        # One at a time: eight failures in a row rightly end a share.
        self.world.remotes[repeat].moods[:] = [mood]

    @rule(repeat=st.sampled_from(REMOTES))
    def take_token_back(self, repeat):
        self.world.remotes[repeat].network.take_back()

    @rule(repeat=st.sampled_from(REMOTES))
    def refuse_renewals(self, repeat):
        self.world.remotes[repeat].network.refuses_renewals = True

    @rule(repeat=st.sampled_from(REMOTES))
    def connect_anew(self, repeat):
        self.world.remotes[repeat].network.refuses_renewals = False
        self.world.connect_anew(repeat)

    @rule(minutes=st.sampled_from([1, 2, 60, 24 * 60]))
    def work_later(self, minutes):
        self.world.pass_time(minutes=minutes)
        self.world.work()
        self.world.judge_copies()


@pytest.fixture(autouse=True, scope="module")
def _few_collections():
    """Histories make many short-lived objects and no rings worth looking for: a tenth of the time went into that."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


QUICK = settings(
    max_examples=5,
    stateful_step_count=24,
    deadline=None,
    database=None,
    # Making a found history smaller takes minutes: `GATE_SHRINK=1` when there is one to be understood.
    phases=[Phase.generate, *([Phase.shrink] if os.environ.get("GATE_SHRINK") else [])],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("_part", range(PARTS))
def test_nothing_leaves_without_a_decision_about_its_exact_bytes(db, module_wires, _part):  # noqa: F811
    Gate.wires, Gate.steps = module_wires, 0
    while Gate.steps < STEPS / PARTS:
        run_state_machine_as_test(Gate, settings=QUICK)


# A test of the test: without any one guard, a violation is seen ------------------------------------------------------

STORIES = [
    dict(zip(("text", "repeat", "disturbance", "moment", "mood", "speaker", "later"), parts, strict=True))
    for parts in itertools.product(
        sorted(TEXTS), REMOTES, sorted(DISTURBANCES), MOMENTS, MOODS, ["Acme", "Falcon team"], [False, True]
    )
]
MOST_STORIES = 60


def _passes(*_args, **_kwargs):
    return None


_numbers = itertools.count()


def _random_key(*_about):
    return f"{next(_numbers):064d}"


# Of a story about corrections: it has to be out before.
SENT = {"moment": "sent", "text": "clean", "mood": "ok", "later": False, "speaker": "Acme"}
IN_A_THREAD = {"moment": "sent", "text": "long", "mood": "ok", "later": False}
# name: where it is, what takes its place, and the part of a story that it is for (so that the suite need not search).
MUTANTS = {
    "bind_context": (guards, lambda form: {"text": read(form)["text"]}, {"speaker": "Falcon team", "text": "clean"}),
    "splits_scanned": (guards, lambda *_about: (), {"disturbance": "two_halves"}),
    "links_followed": (guards, lambda *_about: (), {"text": "short", "disturbance": "link_moves", "moment": "asked"}),
    "off_means_hold": (guards, lambda verdict: verdict, {"disturbance": "policy_off"}),
    "channel_cap": (guards, _passes, {"disturbance": "private"}),
    "no_reopen": (guards, _passes, {"disturbance": "reject_and_ask_again"}),
    "children_scanned": (guards, _passes, {"disturbance": "closed_thread"}),
    "no_self": (guards, _passes, {"disturbance": "requester_approves", "moment": "asked"}),
    "no_editor": (guards, _passes, {"disturbance": "edit_by_an_officer"}),
    "bind_decision": (guards, _passes, {"disturbance": "stale_approval", "later": False, "moment": "asked"}),
    "two_distinct": (guards, lambda revision: 99, {"text": "grave", "later": False}),
    "gate_open": (guards, _passes, {"disturbance": "close_gate"}),
    "connector_open": (guards, _passes, {"disturbance": "close_destination"}),
    "hold_connector": (guards, _passes, {"disturbance": "swap_account", "later": False, "moment": "sealed"}),
    "withdraw_stops": (guards, _passes, {"disturbance": "withdraw"}),
    "post_alive": (guards, _passes, {"disturbance": "silent_delete"}),
    "original_stands": (guards, _passes, {"disturbance": "correct_what_is_recalled"} | SENT),
    "names": (canonical, lambda form: (canonical.digest(form),), {"disturbance": "correct_to_rejected_words"} | SENT),
    "edit_budget": (guards, lambda form, cleared: (), {"disturbance": "revoice_beyond"} | SENT),
    "offer_stands": (guards, _passes, {"disturbance": "revoice_what_is_offered_no_longer"} | SENT),
    "owner_alone": (guards, _passes, {"disturbance": "revoice_while_switched_off"} | SENT),
    "author_stays": (guards, _passes, {"disturbance": "leave"}),
    "delegate_stays": (guards, _passes, {"disturbance": "named_no_longer"}),
    "bind_hash": (guards, _passes, {"disturbance": "silent_edit"}),
    "bytes_untouched": (guards, _passes, {"disturbance": "tamper"}),
    "bind_attachment": (guards, _passes, {"disturbance": "flipped_file"}),
    "unread_means_hold": (guards, lambda verdict, form: verdict, {"disturbance": "unread_file", "text": "clean"}),
    "described": (guards, _passes, {"disturbance": "undescribed_file", "moment": "approved"}),
    "due": (guards, _passes, {"later": True}),
    "not_quiet": (guards, _passes, {"disturbance": "quiet"}),
    "decisions_stand": (guards, _passes, {"disturbance": "long_wait", "moment": "approved"}),
    "policy_recheck": (guards, _passes, {"disturbance": "tighten", "text": "later"}),
    "lease_fence": (guards, _passes, {"disturbance": "two_leases"}),
    "idem_key": (guards, _random_key, {"repeat": "key", "mood": "accepted_then_silence"}),
    "thread_whole": (guards, lambda job, stop: stop, {"disturbance": "tighten_and_edit"} | IN_A_THREAD),
    "look_first": (guards, lambda share: False, {"disturbance": "restore", "mood": "ok"}),
    "readback": (guards, lambda job: True, {"repeat": "readable", "mood": "late_look"}),
    "renew_if_due": (worker, _passes, {"disturbance": "token_ends", "moment": "approved", "mood": "ok"}),
    "final_check": (sealing, _passes, {}),
    "look_again": (sending, _passes, {"moment": "uploading", "disturbance": "close_gate"}),
    "last_look": (sending, _passes, {"moment": "sealed", "disturbance": "close_gate"}),
}


# Sealing asks the same question once more: the mutant takes both answers away, or the second would hide the first.
SECOND_LOOKS = {
    "no_reopen": (guards, "_rejected", lambda digest: False),
    "bind_attachment": (blobs, "read", lambda digest: Path(default_storage.path(blobs.name_of(digest))).read_bytes()),
}


def _told_until_broken(stories, patch, wires):
    for count, story in enumerate(stories, start=1):
        try:
            with transaction.atomic():
                world = World(patch, wires)
                tell(world, **story)
                transaction.set_rollback(True)
        except Broken:
            return count
        finally:
            patch.undo()
    return None


@pytest.mark.parametrize("mutant", sorted(MUTANTS))
def test_a_missing_guard_is_noticed(db, mutant, monkeypatch, module_wires):  # noqa: F811
    where, replacement, about = MUTANTS[mutant]
    fitting = [story for story in STORIES if about.items() <= story.items()]
    stories = random.Random(mutant).sample(fitting, min(len(fitting), MOST_STORIES))
    with monkeypatch.context() as without:
        without.setattr(where, mutant, replacement)
        if mutant in SECOND_LOOKS:
            without.setattr(*SECOND_LOOKS[mutant])
        count = _told_until_broken(stories, pytest.MonkeyPatch(), module_wires)
    assert count is not None
    # With the guard in its place the very same story keeps the promise: the judge is not what broke.
    assert _told_until_broken([stories[count - 1]], pytest.MonkeyPatch(), module_wires) is None


def test_with_all_guards_no_story_breaks_the_promise(db, module_wires):  # noqa: F811
    stories = random.Random("all guards").sample(STORIES, 40)
    assert _told_until_broken(stories, pytest.MonkeyPatch(), module_wires) is None


def test_every_guard_has_its_mutant():
    named = {
        name
        for name, value in vars(guards).items()
        if callable(value) and getattr(value, "__module__", "") == guards.__name__ and not isinstance(value, type)
    }
    assert {name for name in named if not name.startswith("_")} <= set(MUTANTS)
