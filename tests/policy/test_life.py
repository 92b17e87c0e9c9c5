"""The life of a policy's versions, played in any order against the real services; and a test of this test.

`POLICY_STEPS` sets how many steps are played.
"""

import os
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
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

from corpblog.policy import reading, services
from corpblog.policy.errors import BadPolicy
from corpblog.policy.models import PolicyVersion
from corpblog.policy.services import drafts, proposals, swapping, syncing
from corpblog.teams.models import Channel
from tests.policy.life import ADMINS, DECIDERS, ENDS, EVERYBODY, LIST, NAMES, WORDS, Company, Said, in_force

pytestmark = pytest.mark.django_db
STEPS = int(os.environ.get("POLICY_STEPS", "300"))

SAID = st.builds(
    Said,
    words=st.lists(st.sampled_from(WORDS), max_size=3, unique=True).map(tuple),
    listed=st.booleans(),
    shadow=st.sampled_from([False, False, True]),
    outcome=st.sampled_from(["warn", "hold", "hold", "block"]),
    calm=st.sampled_from(["Soup", "Soup", "Merlin"]),
)
LINES = st.lists(
    st.builds(str.__add__, st.sampled_from(WORDS), st.sampled_from(ENDS)), min_size=1, max_size=3, unique=True
)
WHO = st.sampled_from(EVERYBODY)
# Mostly those who may, or nothing would ever come in force.
ADMIN = st.sampled_from([*ADMINS * 4, "omar", "alice", "victor"])
WHICH = st.integers(0, 30)


class Life(RuleBasedStateMachine):
    """Admins write and propose, colleagues decide, lists and clocks move on; the judge looks after every step."""

    steps = 0

    @initialize()
    def found(self):
        self.patch = pytest.MonkeyPatch()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.company = Company(self.patch)

    def teardown(self):
        if hasattr(self, "company"):
            try:
                self.company.judge_chain()
            finally:
                transaction.set_rollback(True)
                self.atomic.__exit__(None, None, None)
                self.patch.undo()

    @invariant()
    def look(self):
        Life.steps += 1
        self.company.judge()

    def pick(self, which, *states):
        found = PolicyVersion.objects.filter(state__in=states) if states else PolicyVersion.objects.all()
        versions = list(found.order_by("-number"))
        return versions[which % len(versions)] if versions else None

    def has(*states):
        return precondition(lambda self: PolicyVersion.objects.filter(state__in=states).exists())

    def with_a_version():
        return precondition(lambda self: PolicyVersion.objects.exists())

    @rule(by=ADMIN)
    def begin(self, by):
        company = self.company
        company.does(lambda: services.create_draft(by=company.people[by]), may=by in ADMINS, must=by in ADMINS)

    @has("draft")
    @rule(by=ADMIN, which=WHICH, said=SAID)
    def write(self, by, which, said):
        self.company.writes(by, self.pick(which, "draft"), said)

    @has("draft")
    @rule(by=ADMIN, which=WHICH, lines=LINES)
    def upload(self, by, which, lines):
        draft, company = self.pick(which, "draft"), self.company
        about = {"number": draft.number, "edit": draft.edit, "name": LIST, "terms": "\n".join(lines)}
        company.does(
            lambda: services.put_dictionary(by=company.people[by], **about), may=by in ADMINS, must=by in ADMINS
        )

    @has("draft")
    @rule(by=ADMIN, which=WHICH, keep=st.sampled_from([True, True, False]))
    def follow(self, by, which, keep):
        draft, company = self.pick(which, "draft"), self.company
        about = {"by": company.people[by], "number": draft.number, "edit": draft.edit, "name": LIST}
        act = partial(services.put_source, source=NAMES) if keep else services.drop_source
        company.does(lambda: act(**about), may=by in ADMINS)

    @with_a_version()
    @rule(by=ADMIN, which=WHICH, said=SAID, lines=LINES, secret=st.sampled_from(WORDS))
    def write_on_another_page(self, by, which, said, lines, secret):
        """A page that is stale, or of a version that is no draft any more: nothing of it may count."""
        version, company = self.pick(which), self.company
        about = {"by": company.people[by], "number": version.number, "edit": version.edit - 1}
        company.does(lambda: services.edit_draft(**about, source=said.text, note="Late."))
        company.does(lambda: services.put_dictionary(**about, name=LIST, terms="\n".join(lines)))
        if not version.is_draft:
            company.does(lambda: services.discard_draft(**about | {"edit": version.edit}))
            company.does(lambda: services.propose(**about | {"edit": version.edit}, note="Again."))

    @has("draft")
    @rule(by=ADMIN, which=WHICH)
    def propose(self, by, which):
        draft, company = self.pick(which, "draft"), self.company
        about = {"by": company.people[by], "number": draft.number, "edit": draft.edit}
        company.does(lambda: services.propose(**about, note="Because."), may=by in ADMINS)

    @has("draft")
    @rule(by=ADMIN, which=WHICH)
    def discard(self, by, which):
        draft, company = self.pick(which, "draft"), self.company
        company.does(
            lambda: services.discard_draft(by=company.people[by], number=draft.number, edit=draft.edit),
            may=by in ADMINS,
            must=by in ADMINS,
        )

    @has("proposed")
    @rule(by=WHO, which=WHICH)
    def decide(self, by, which):
        self.company.decides(by, self.pick(which, "proposed"))

    @has("proposed")
    @has("in_force")
    @rule(by=st.sampled_from(DECIDERS), which=WHICH, nothing=st.booleans())
    def decide_on_an_old_page(self, by, which, nothing):
        """Who compared it with another version than the one in force takes nothing back that they did not see."""
        version, company, current = self.pick(which, "proposed"), self.company, in_force()
        replacing = None if nothing else version.number
        company.does(lambda: services.put_in_force(by=company.people[by], number=version.number, replacing=replacing))
        assert in_force() == current, "it was put in force from a page that compared it with another version"

    @has("proposed")
    @rule(by=WHO, which=WHICH, reason=st.sampled_from(["Too wide.", " "]))
    def refuse(self, by, which, reason):
        version, company = self.pick(which, "proposed"), self.company
        company.does(
            lambda: services.refuse(by=company.people[by], number=version.number, reason=reason),
            may=by in DECIDERS and reason != " ",
        )

    @has("in_force", "retired")
    @rule(by=ADMIN, which=WHICH)
    def roll_back(self, by, which):
        version, company = self.pick(which, "in_force", "retired"), self.company
        company.does(lambda: services.roll_back(by=company.people[by], to=version.number), may=by in ADMINS)

    @with_a_version()
    @rule(which=WHICH)
    def bench(self, which):
        self.company.tries(self.pick(which))

    @with_a_version()
    @rule(by=WHO, which=WHICH)
    def simulate(self, by, which):
        self.company.simulates(by, self.pick(which))

    @rule(word=st.sampled_from(WORDS))
    def open_or_close(self, word):
        """A private channel, whose name the lists may follow."""
        found = Channel.objects.filter(name=word)
        if not found.delete()[0]:
            Channel.objects.create(name=word, slug=word.lower(), is_private=True)

    @rule(word=st.sampled_from(["", "", *WORDS]))
    def sync(self, word):
        if word:
            self.open_or_close(word)
        self.company.syncs()

    @rule(minutes=st.sampled_from([1, 16, 16, 60 * 24]))
    def wait(self, minutes):
        self.company.now += timedelta(minutes=minutes)

    @rule(by=st.permutations(ADMINS), said=SAID, lines=LINES | st.just([]), minutes=st.sampled_from([0, 16]))
    def agree(self, by, said, lines, minutes):
        """Two people go the whole way, as they mostly do."""
        company = self.company
        draft = company.does(lambda: services.create_draft(by=company.people[by[0]]), must=True)
        self.look()
        about = {"by": company.people[by[0]], "number": draft.number}
        if lines:
            services.put_dictionary(**about, edit=draft.edit, name=LIST, terms="\n".join(lines))
        else:
            company.does(lambda: services.put_source(**about, edit=draft.edit, name=LIST, source=NAMES))
        self.look()
        draft.refresh_from_db()
        company.writes(by[0], draft, said)
        self.look()
        draft.refresh_from_db()
        company.does(lambda: services.propose(**about, edit=draft.edit), must=False)
        self.look()
        company.now += timedelta(minutes=minutes)
        draft.refresh_from_db()
        if draft.is_proposed:
            company.decides(by[1], draft)


QUICK = settings(
    max_examples=10,
    stateful_step_count=40,
    deadline=None,
    database=None,
    # Making a found history smaller takes long: `POLICY_SHRINK=1` when there is one to be understood.
    phases=[Phase.generate, *([Phase.shrink] if os.environ.get("POLICY_SHRINK") else [])],
    suppress_health_check=list(HealthCheck),
)


def played(steps):
    Life.steps = 0
    while Life.steps < steps:
        run_state_machine_as_test(Life, settings=QUICK)


@pytest.mark.gate("G7")
def test_no_order_of_steps_breaks_the_promise(db):
    played(STEPS)


# A test of the test: without any one guard, a violation is seen ------------------------------------------------------


def _one_is_enough(by, version):
    pass


def _saved_under_its_old_digest(draft, by, **facts):
    was = draft.digest
    saved = SAVE_DRAFT(draft, by, **facts)
    PolicyVersion.objects.filter(pk=draft.pk).update(digest=was)
    return saved


def _not_told(**entry):
    return None if entry["action"] == "policy.edited" else RECORD(**entry)


def _read_without_examples(version):
    policy = reading.read(version.source, version.dictionaries).policy
    if policy is None:
        raise BadPolicy([])
    return policy


RECORD, SAVE_DRAFT = drafts.record, drafts.save_draft
MUTANTS = {
    "a second person": (proposals, "_require_second_person", _one_is_enough),
    "the wait for reviewers": (proposals, "lowered_by", lambda version: []),
    "a source lowers nothing by itself": (syncing, "lowerings", lambda before, after: []),
    "the compared version": (proposals, "_is_the_one_compared_with", lambda current, number: True),
    "only admins write": (drafts, "require_editor", lambda by: None),
    "an edit is told": (drafts, "record", _not_told),
    "the digest follows the text": (drafts, "save_draft", _saved_under_its_old_digest),
    "examples hold": (proposals, "sound_policy", _read_without_examples),
    "the old version retires": (swapping, "record", lambda **entry: None),
}


def story():
    """Go past every guard once, in the machine's own steps; `look` judges after each."""
    machine = Life()
    machine.found()
    try:
        for step, facts in STORY:
            getattr(machine, step)(**facts)
            machine.look()
    finally:
        machine.teardown()


HELD = Said(("Falcon",), listed=True, outcome="hold")
STORY = [
    ("open_or_close", {"word": "Osprey"}),
    ("open_or_close", {"word": "Kestrel"}),
    ("agree", {"by": ADMINS, "said": HELD, "lines": [], "minutes": 0}),
    ("sync", {"word": "Merlin"}),
    ("sync", {"word": "Kestrel"}),
    ("begin", {"by": "alice"}),
    ("begin", {"by": "irene"}),
    ("write", {"by": "irene", "which": 0, "said": replace(HELD, words=("Falcon", "Kestrel"))}),
    ("propose", {"by": "irene", "which": 0}),
    ("decide_on_an_old_page", {"by": "omar", "which": 0, "nothing": True}),
    ("decide", {"by": "irene", "which": 0}),
    ("decide", {"by": "victor", "which": 0}),
    ("decide", {"by": "omar", "which": 0}),
    ("agree", {"by": ADMINS, "said": Said(("Falcon",), outcome="hold"), "lines": ["Falcon"], "minutes": 0}),
    ("agree", {"by": ADMINS, "said": replace(HELD, calm="Soup", words=WORDS), "lines": [], "minutes": 0}),
    ("agree", {"by": ADMINS, "said": replace(HELD, calm="Merlin", words=WORDS), "lines": [], "minutes": 16}),
    ("wait", {"minutes": 16}),
]


def test_with_all_guards_the_story_keeps_the_promise(db):
    story()


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_missing_guard_is_noticed(db, mutant, monkeypatch):
    monkeypatch.setattr(*MUTANTS[mutant])
    with pytest.raises((AssertionError, IntegrityError)):
        story()
