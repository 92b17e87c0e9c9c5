"""A company that changes its policy in any order, and a judge who reads what happened by other means than the services.

The judge knows what each text says because it wrote it, reads word lists line by line, and takes who did what and when
from the audit trail. Whatever is wrong raises `Broken`.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings

from corpblog.audit.models import AuditEntry
from corpblog.audit.selectors import verified
from corpblog.desk import services as desk
from corpblog.desk.models import Simulation
from corpblog.desk.services import simulating
from corpblog.kernel import clock
from corpblog.kernel.errors import CorpblogError
from corpblog.kernel.ids import new_id
from corpblog.people.models import Person, RoleGrant
from corpblog.policy import reading, scanners, services
from corpblog.policy.engine import Field, Scan, compile_policy
from corpblog.policy.models import DictionaryText, PolicyVersion, digest_of
from corpblog.policy.sources import Source
from corpblog.posts.models import Post
from corpblog.teams.models import Channel

BEGIN: Final = datetime(2027, 3, 1, 8, tzinfo=UTC)
DELAY: Final = timedelta(minutes=15)
WORDS: Final = ("Falcon", "Osprey", "Kestrel", "Merlin")
ENDS: Final = ("", " | until 2027-03-01T08:40:00+00:00", " | until 2027-03-03T08:00:00+00:00")
LIST: Final = "names.txt"
NAMES: Final = Source("private-channels")
ADMINS: Final = ("irene", "ivan")
DECIDERS: Final = (*ADMINS, "omar", "lena")
EVERYBODY: Final = (*DECIDERS, "alice", "victor")
STRENGTH: Final = ("allow", "warn", "hold", "block")
TEMPLATE: Final = """\
policy: 1
name: Acme
rules:
  - id: names
    detect: [{keywords: {terms: [%s]%s}}]
    shadow: %s
    outcome: %s
    examples: {pass: [%s at lunch]}
"""
Row = tuple[str, str]
Levels = dict[str, int]

# What may happen to one version in one step, and the entries that tell of it.
TOLD: Final[dict[tuple[str, str], set[tuple[str, ...]]]] = {
    ("", "draft"): {("drafted",)},
    ("", "proposed"): {("drafted", "proposed"), ("sync_proposed",)},
    ("", "in_force"): {("synced", "in_force")},
    ("draft", "draft"): {("edited",)},
    ("draft", "proposed"): {("proposed",)},
    ("draft", "discarded"): {("discarded",)},
    ("proposed", "in_force"): {("in_force",)},
    ("proposed", "retired"): {("in_force", "retired")},
    ("proposed", "refused"): {("refused",)},
    ("proposed", "discarded"): {("discarded",)},
    ("in_force", "retired"): {("retired",)},
}


class Broken(AssertionError):
    """The promise does not hold."""


def require(holds: bool, *why: object) -> None:
    if not holds:
        raise Broken(" ".join(map(str, why)))


@dataclass(frozen=True)
class Said:
    """What a text says: the words of its one rule and what happens on them. `calm` stands in its must-pass example."""

    words: tuple[str, ...] = ()
    listed: bool = False
    shadow: bool = False
    outcome: str = "allow"
    calm: str = "Soup"

    @property
    def text(self) -> str:
        extra = f", dictionary: {LIST}" if self.listed else ""
        shadow = str(self.shadow).lower()
        return TEMPLATE % (", ".join(self.words), extra, shadow, self.outcome, self.calm)


class Company:
    """The people, the channels whose names are secret, a clock, and what the judge remembers."""

    def __init__(self, patch: Any) -> None:
        self.now = BEGIN
        patch.setattr(clock, "now", lambda: self.now)
        patch.setattr(settings, "POLICY_DELAY", DELAY)
        counted = simulating.effect
        patch.setattr(simulating, "effect", lambda *args, **more: counted(*args, **(more | {"processes": 1})))
        scanners.forget()
        self.people = {name: self._person(name) for name in EVERYBODY}
        self.texts: dict[str, Said] = {}
        self._write_posts()
        self.rows: dict[int, Row] = {}
        self.was: tuple[PolicyVersion, Levels] | None = None
        self.entries = AuditEntry.objects.count()

    def _person(self, name: str) -> Person:
        roles = {"victor": ["auditor"], "alice": []}.get(name, ["policy_admin" if name in ADMINS else "compliance"])
        somebody = Person.objects.create(username=name, display_name=name.title(), directory_id=name)
        RoleGrant.objects.bulk_create(RoleGrant(person=somebody, role=role) for role in roles)
        return somebody

    def _write_posts(self) -> None:
        everybody = Channel.objects.create(slug="all", name="All")
        at = BEGIN - timedelta(hours=1)
        for number, word in enumerate(WORDS, 1):
            facts = {
                "pk": new_id(at) + number,
                "number": number,
                "text": f"{word} starts",
                "html": "",
                "created_at": at,
            }
            Post.objects.create(channel=everybody, author=self.people["alice"], **facts)

    # What they do -----------------------------------------------------------------------------------------------------

    def does(self, act: Callable[[], Any], *, may: bool = True, must: bool = False) -> Any:
        """Return what came of it; None where it was refused, and then nothing at all may be different."""
        before = facts_now()
        try:
            done = act()
            require(may, "somebody did what they may not")
            return done
        except CorpblogError as error:
            require(facts_now() == before, "refused, and yet something changed:", error.message)
            require(not must, "refused, although everything was as it must be:", error.message)
            return None

    def writes(self, by: str, draft: PolicyVersion, said: Said) -> None:
        self.texts[said.text] = said
        self.does(
            lambda: services.edit_draft(
                by=self.people[by], number=draft.number, edit=draft.edit, source=said.text, note="Because."
            ),
            may=by in ADMINS,
            must=by in ADMINS and draft.is_draft,
        )

    def decides(self, by: str, version: PolicyVersion) -> None:
        current = in_force()
        must = (
            version.is_proposed
            and by in DECIDERS
            and self.people[by].pk != version.proposed_by_id
            and self.now >= max(version.proposed_at or BEGIN, agreed_at(current)) + DELAY
        )
        replacing = current.number if current else None
        self.does(
            lambda: services.put_in_force(by=self.people[by], number=version.number, replacing=replacing),
            may=by in DECIDERS and self.people[by].pk != version.proposed_by_id,
            must=must,
        )

    def tries(self, version: PolicyVersion) -> None:
        """The bench says what the gate will."""
        policy = reading.read(version.source, version.dictionaries).policy
        if policy is not None:
            scanner = compile_policy(policy)
            for word, level in self.levels(version, self.now).items():
                question = Scan((Field("text", f"{word} starts"),), "external", now=self.now)
                require(scanner.answer(question).outcome.value == STRENGTH[level], "the bench is wrong on", word)

    def simulates(self, by: str, version: PolicyVersion) -> None:
        """A simulation counts the posts and changes nothing."""
        before = facts_now()
        asked = self.does(lambda: desk.simulate(by=self.people[by], number=version.number, days=30))
        desk.run_simulations()
        require(facts_now() == before, "a simulation changed something")
        if asked is not None:
            found = Simulation.objects.get(pk=asked.pk)
            require(found.state == "done", "a simulation did not end:", found.state)
            # Posts are older than thirty days at some time.
            at = BEGIN - timedelta(hours=1)
            met = sum(map(bool, self.levels(version, at).values())) if self.now - at < timedelta(days=30) else 0
            counted = found.result["posts"]["matched"]
            require(counted == met, "a simulation counted", counted, "instead of", met)

    def syncs(self) -> None:
        services.sync_lists({NAMES.kind})
        current = in_force()
        said = self.texts.get(current.source) if current else None
        names = set(Channel.objects.filter(is_private=True).values_list("name", flat=True))
        if current is None or said is None or not current.sources or not said.listed or said.calm in names:
            return
        levels = self.levels(current, self.now)
        for name in names if not said.shadow else ():
            require(levels[name] >= STRENGTH.index(said.outcome), "a channel's name does not count:", name)

    # What is true -----------------------------------------------------------------------------------------------------

    def levels(self, version: PolicyVersion | None, at: datetime) -> Levels:
        """What happens on each word under the version, at a moment."""
        said = self.texts.get(version.source, Said()) if version else Said()
        held = set(said.words) if not said.shadow else set()
        if version and said.listed and not said.shadow:
            held |= {word for word, until in listed_in(version) if until is None or at < until}
        return {word: STRENGTH.index(said.outcome) if word in held else 0 for word in WORDS}

    def shrinks(self, before: PolicyVersion, after: PolicyVersion) -> bool:
        """Whether some word is treated more mildly after than before, now or later."""
        ends = {until for version in (before, after) for _word, until in listed_in(version) if until}
        moments = [self.now, *(end + step for end in ends for step in (timedelta(0), -timedelta(seconds=1)))]
        levels = ((self.levels(before, at), self.levels(after, at)) for at in moments if at >= self.now)
        return any(now[word] < was[word] for was, now in levels for word in WORDS)

    def is_sound(self, version: PolicyVersion) -> bool:
        """Whether its text could be read and its example holds."""
        said = self.texts.get(version.source)
        if said is None:
            return True  # the starter
        words = {*said.words, *(word for word, _until in listed_in(version) if said.listed)}
        return bool(words) and said.calm not in words

    def judge(self) -> None:
        """Look at everything that is different since the last look."""
        rows, told = rows_now(), entries_after(self.entries)
        self._judge_rows(rows, told)
        self._judge_change(told)
        self.rows, self.entries = rows, AuditEntry.objects.count()

    def judge_chain(self) -> None:
        report = verified()
        require(report.holds, "the chain is broken", report.problems)

    def _judge_rows(self, rows: dict[int, Row], told: list[AuditEntry]) -> None:
        require(sum(state == "in_force" for state, _digest in rows.values()) <= 1, "two are in force")
        require(set(self.rows) <= set(rows), "a version is gone")
        for number, (state, digest) in rows.items():
            was, its = self.rows.get(number, ("", "")), f"policy:{number}"
            said = tuple(entry.action.removeprefix("policy.") for entry in told if entry.subject == its)
            if was == (state, digest):
                # A save that changes nothing is told as well.
                require(said == () or (state == "draft" and said == ("edited",)), its, "did not change, but", said)
                continue
            require(said in TOLD.get((was[0], state), set()), its, was[0], "to", state, "is told as", said)
            require(was[0] in ("", "draft") or digest == was[1], its, "changed after it was proposed")
            about = [json.loads(entry.payload.body).get("digest") for entry in told if entry.subject == its]
            require(digest in about or state == "retired", its, "is another one than its entries say")
        require({entry.subject for entry in told} <= {f"policy:{number}" for number in rows}, "told of no version")
        for version in PolicyVersion.objects.all():
            spelled = digest_of(version.source, version.dictionaries, version.sources)
            require(version.digest == spelled, version.number, "does not say what its digest says")

    def _judge_change(self, told: list[AuditEntry]) -> None:
        current, was = in_force(), self.was
        levels = self.levels(current, self.now)
        for word, level in levels.items():
            found = services.scan(fields=f"{word} starts", audience="external").outcome.value
            # Without a policy everything is held.
            require(found == (STRENGTH[level] if current else "hold"), "the gate says", found, "on", word)
        if current is not None and (was is None or was[0] != current):
            self._judge_agreement(was[0] if was else None, current, told)
        require(current is not None or was is None, "no policy is in force any more")
        self.was = (current, levels) if current else None

    def _judge_agreement(self, before: PolicyVersion | None, after: PolicyVersion, told: list[AuditEntry]) -> None:
        """Two people for everything; for what is milder, two people and a quarter of an hour."""
        require(self.is_sound(after), after.number, "is in force although it is not sound")
        decided = [entry for entry in told if entry.action == "policy.in_force" and entry.actor_id]
        shrinks = before is not None and self.shrinks(before, after)
        if not decided:
            require(before is not None and after.source == before.source, "nobody decided on", after.number)
            require(not shrinks, "a source lowered protection by itself")
            return
        (entry,) = decided
        proposed = AuditEntry.objects.filter(
            subject=entry.subject, action__in=["policy.proposed", "policy.sync_proposed"]
        ).get()
        require(entry.actor_id != proposed.actor_id, entry.subject, "was agreed on by one person alone")
        names = {somebody.pk: name for name, somebody in self.people.items()}
        require(names[entry.actor_id] in DECIDERS, names[entry.actor_id], "may not decide")
        require(proposed.actor_id is None or names[proposed.actor_id] in ADMINS, "proposed by somebody who may not")
        require(after.approved_by_id not in (None, after.proposed_by_id), after.number, "has one name on it")
        if shrinks:
            since = max(proposed.at, agreed_at(before))
            require(entry.at - since >= DELAY, after.number, "lowers protection at once")


def in_force() -> PolicyVersion | None:
    return PolicyVersion.objects.in_force().first()


def agreed_at(version: PolicyVersion | None) -> datetime:
    """When two people last put something in force; what a source adds since is no new agreement."""
    while version is not None and version.is_synced and version.based_on and version.source == version.based_on.source:
        version = version.based_on
    return (version.in_force_at if version else None) or BEGIN - DELAY


def listed_in(version: PolicyVersion) -> Iterator[tuple[str, datetime | None]]:
    digest = version.dictionaries.get(LIST)
    lines = DictionaryText.objects.get(digest=digest).terms.split("\n") if digest else ()
    lasting = {line for line in lines if "|" not in line}
    for line in lines:
        word, _bar, until = line.partition(" | until ")
        yield word, datetime.fromisoformat(until) if until and word not in lasting else None


def rows_now() -> dict[int, Row]:
    return {
        number: (state, digest)
        for number, state, digest in PolicyVersion.objects.values_list("number", "state", "digest")
    }


def facts_now() -> tuple[Any, ...]:
    return rows_now(), AuditEntry.objects.count(), list(PolicyVersion.objects.values_list("number", "edit", "note"))


def entries_after(number: int) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(number__gt=number).select_related("payload").order_by("number"))
