"""Rules made ready to run: which apply to a question, and what they find in the fields under examination."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from corpblog.policy.engine.conditions import Condition, conditions_of, zoned
from corpblog.policy.engine.embargoes import ends_of, parted
from corpblog.policy.engine.examination import Examination, Node
from corpblog.policy.engine.fingerprints import read_fingerprint
from corpblog.policy.engine.folding import fold
from corpblog.policy.engine.identifiers import KINDS as IDENTIFIERS
from corpblog.policy.engine.identifiers.search import IdentifierSearch
from corpblog.policy.engine.kinds import meant_by
from corpblog.policy.engine.lexicon import Hit, Lexicon
from corpblog.policy.engine.links import KINDS as LINKS
from corpblog.policy.engine.markings import KINDS as MARKINGS
from corpblog.policy.engine.model import (
    ANY,
    CHANNEL_LABELS,
    PRIVATE,
    AllOf,
    AnyOf,
    ChannelWords,
    Detector,
    Excerpt,
    Identifier,
    Keywords,
    Links,
    Marking,
    Near,
    Not,
    Policy,
    RecordMatch,
    Regex,
    Rule,
    Secret,
)
from corpblog.policy.engine.records import read_records
from corpblog.policy.engine.regexes import find_pattern, required_literal
from corpblog.policy.engine.secrets import KINDS as SECRETS
from corpblog.policy.engine.terms import Term, make_terms
from corpblog.policy.engine.verdict import Scan, SeenAs
from corpblog.policy.engine.views import Reading, Span

FieldLook = Callable[[Examination, int], list[Hit]]
Finder = Callable[[str], Iterable[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with its conditions and detectors ready to run."""

    rule: Rule
    conditions: tuple[Condition, ...]
    detect: tuple[Node, ...]
    exceptions: tuple[Node, ...]

    def applies(self, question: Scan) -> bool:
        """True when the rule speaks of this audience, destination, author, channel and time."""
        return all(condition(question) for condition in self.conditions)

    def hits(self, examination: Examination) -> list[Hit]:
        """What the rule objects to: nothing when it is excepted or seldom."""
        hits = [hit for node in self.detect for hit in node(examination)]
        if hits and self.exceptions:
            excuses = _Excuses(hit for node in self.exceptions for hit in node(examination))
            hits = [hit for hit in hits if not excuses.cover(hit)]
        hits = examination.settle(hits)
        if len(hits) > 1:
            hits = sorted(dict.fromkeys(hits), key=_place)
        return hits if self._are_enough(hits, examination) else []

    def _are_enough(self, hits: list[Hit], examination: Examination) -> bool:
        if self.rule.min_count > 1 and _count_apart(hits) < self.rule.min_count:
            return False
        return self.rule.min_distinct <= 1 or _count_distinct(hits, examination) >= self.rule.min_distinct


def _place(hit: Hit) -> tuple[int, int, int, str]:
    return hit.reading, hit.start, -hit.end, hit.term


class _Excuses:
    """What a rule excepts. Only what is plainly written excuses, and only what lies wholly inside it: else two innocent
    words behind a secret would excuse the secret."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        places = sorted((hit.reading, hit.start, hit.end) for hit in hits if hit.view == "A")
        self._starts = [(reading, start) for reading, start, _ in places]
        # The farthest end of all that begin so early: one search for each hit, however many exceptions there are.
        self._reach = list(accumulate(((reading, end) for reading, _, end in places), max))

    def cover(self, hit: Hit) -> bool:
        index = bisect_right(self._starts, (hit.reading, hit.start)) - 1
        return index >= 0 and self._reach[index] >= (hit.reading, hit.end)


def _count_apart(hits: list[Hit]) -> int:
    """How many places, when those that overlap count as one."""
    count, reading, reached = 0, -1, 0
    for hit in hits:
        if hit.reading != reading or hit.start >= reached:
            count, reading, reached = count + 1, hit.reading, hit.end
    return count


def _count_distinct(hits: list[Hit], examination: Examination) -> int:
    """How many different things stand there: case, accents, disguising characters, spaces and signs make none."""
    written = (fold(examination.readings[hit.reading].text[hit.start : hit.end]) for hit in hits)
    return len({"".join(filter(str.isalnum, text)) for text in written})


# Compiling ---------------------------------------------------------------------------------------------------------


def compile_rules(policy: Policy) -> tuple[Lexicon, tuple[CompiledRule, ...]]:
    """One lexicon for all rules, and the rules."""
    compiler = _Compiler(policy)
    rules = tuple(
        CompiledRule(rule, conditions_of(rule), compiler.nodes(rule.detect), compiler.nodes(rule.exceptions))
        for rule in policy.rules
    )
    return Lexicon(compiler.terms, compiler.triggers), rules


class _Compiler:
    """Numbers the detectors, and collects their words for the lexicon."""

    def __init__(self, policy: Policy) -> None:
        self.dictionaries = policy.dictionaries
        self.domains = tuple(domain.casefold() for domain in policy.company.domains)
        self.hosts = tuple(host.casefold() for host in policy.company.internal_hosts)
        self.terms: list[Term] = []
        self.triggers: list[tuple[str, int]] = []
        self._slots = 0
        self._kind_slots: dict[tuple[type[Detector], str], int] = {}
        self._shared: dict[tuple[type[Detector], tuple[str, ...]], Node] = {}

    def nodes(self, detectors: tuple[Detector, ...]) -> tuple[Node, ...]:
        return tuple(node for detector in detectors for node in self._node(detector))

    def _node(self, detector: Detector) -> Iterator[Node]:
        match detector:
            case Keywords():
                yield self._keywords(detector)
            case Excerpt():
                yield self._excerpt(detector)
            case RecordMatch():
                yield self._records(detector)
            case ChannelWords():
                yield self._channel_words(detector)
            case Regex():
                yield self._regex(detector)
            case Identifier():
                yield self._identifiers(meant_by(detector))
            case Secret() | Links() | Marking():
                yield self._triggered(detector)
            case AllOf():
                yield self._all_of(detector)
            case AnyOf() | Not():
                yield _any_of(self.nodes(detector.detectors))
            case Near():
                yield _near([self.nodes((part,)) for part in detector.all], detector.words)

    def _all_of(self, detector: AllOf) -> Node:
        wanted = [self.nodes((part,)) for part in detector.detectors if not isinstance(part, Not)]
        unwanted = [node for part in detector.detectors if isinstance(part, Not) for node in self.nodes((part,))]
        return _all_of(wanted, unwanted)

    def _slot(self) -> int:
        self._slots += 1
        return self._slots

    def _keywords(self, detector: Keywords) -> Node:
        slot = self._slot()
        listed = [parted(line) for line in (self.dictionaries[detector.dictionary] if detector.dictionary else ())]
        terms = (*detector.terms, *(term for term, _ in listed))
        self.terms.extend(make_terms(slot, terms, whole_words=detector.whole_words, inflect=detector.inflect))
        ends = ends_of([*((term, None) for term in detector.terms), *listed])
        if not ends:
            return lambda examination: examination.words(slot)
        # Without a time an embargo holds, as that of a rule does.
        return lambda examination: [
            hit
            for hit in examination.words(slot)
            if examination.now is None or hit.term not in ends or zoned(examination.now) < ends[hit.term]
        ]

    def _excerpt(self, detector: Excerpt) -> Node:
        known = read_fingerprint(self.dictionaries[detector.dictionary])

        def look(examination: Examination, number: int) -> list[Hit]:
            reading = examination.readings[number]
            return [
                Hit(number, *reading.from_folded(start, end), detector.dictionary, "A", score, SeenAs.EXCERPT)
                for start, end, score in known.passages(reading.folded, detector.characters)
            ]

        return self._once(self._slot(), look)

    def _records(self, detector: RecordMatch) -> Node:
        table = read_records(self.dictionaries[detector.dictionary])
        wanted = detector.columns
        columns = frozenset(number for number, name in enumerate(table.columns) if wanted == (ANY,) or name in wanted)

        def look(examination: Examination, number: int) -> list[Hit]:
            reading = examination.readings[number]
            return [
                Hit(number, *reading.from_folded(found.start, found.end), detector.dictionary, "A", 1.0, SeenAs.RECORD)
                for found in table.near(reading.folded, columns, detector.words)
            ]

        return self._once(self._slot(), look)

    def _channel_words(self, detector: ChannelWords) -> Node:
        labels = {*CHANNEL_LABELS[CHANNEL_LABELS.index(detector.at_least) :], PRIVATE}

        def look(examination: Examination, number: int) -> list[Hit]:
            reading = examination.readings[number]
            return [
                Hit(number, *reading.from_folded(start, end), label, "A", score, SeenAs.CHANNEL)
                for label, text in examination.known_texts
                if label in labels
                for start, end, score in text.passages(reading.folded, detector.characters)
            ]

        return self._once(self._slot(), look)

    def _regex(self, detector: Regex) -> Node:
        slot = self._slot()
        literal = required_literal(detector.pattern)
        if literal:
            self.triggers.append((literal, slot))

        def look(examination: Examination, number: int) -> list[Hit]:
            if literal and slot not in examination.found[number].triggers:
                return []
            return _look(
                examination.readings[number], number, lambda text: find_pattern(text, detector), detector.pattern
            )

        return self._once(slot, look)

    def _identifiers(self, kinds: tuple[str, ...]) -> Node:
        wanted = [IDENTIFIERS[kind] for kind in kinds]
        search = IdentifierSearch(wanted, self.domains)
        named = {self._kind_slot(Identifier, kind.name, kind.context): kind for kind in wanted if kind.context}
        slots = named.keys()

        def look(examination: Examination, number: int) -> list[Hit]:
            reading = examination.readings[number]
            tries = search.worth_trying(reading)
            for slot in sorted(examination.found[number].triggers & slots):
                if reading.digits >= named[slot].fewest_digits:
                    tries.append((named[slot].name, named[slot].find_named))
            return [hit for kind, find in tries for hit in _look(reading, number, find, kind)]

        return self._share(Identifier, kinds, look)

    def _triggered(self, detector: Secret | Links | Marking) -> Node:
        what, kinds = type(detector), meant_by(detector)
        found_by = {kind: self._finder(detector, kind) for kind in kinds}
        slots = {self._kind_slot(what, kind, words): (kind, find) for kind, (words, find) in found_by.items()}

        def look(examination: Examination, number: int) -> list[Hit]:
            return [
                hit
                for slot in sorted(examination.found[number].triggers & slots.keys())
                for hit in _look(examination.readings[number], number, slots[slot][1], slots[slot][0])
            ]

        return self._share(what, kinds, look)

    def _finder(self, detector: Secret | Links | Marking, name: str) -> tuple[tuple[str, ...], Finder]:
        """The words of which one is in every text that has this kind, and what finds it then."""
        if isinstance(detector, Links):
            return LINKS[name].triggers_with(self.hosts), LINKS[name].finder(self.hosts)
        kind = SECRETS[name] if isinstance(detector, Secret) else MARKINGS[name]
        return kind.triggers, kind.find

    def _kind_slot(self, what: type[Detector], kind: str, words: tuple[str, ...]) -> int:
        """The number of this kind, whose words are triggers: it is tried only where one of them is."""
        if (what, kind) not in self._kind_slots:
            slot = self._kind_slots[what, kind] = self._slot()
            self.triggers.extend((word, slot) for word in words)
        return self._kind_slots[what, kind]

    def _share(self, what: type[Detector], kinds: tuple[str, ...], look: FieldLook) -> Node:
        """Rules that look for the same kinds share one look."""
        if (what, kinds) not in self._shared:
            self._shared[what, kinds] = self._once(self._slot(), look)
        return self._shared[what, kinds]

    def _once(self, slot: int, look: FieldLook) -> Node:
        def look_everywhere(examination: Examination) -> list[Hit]:
            return [hit for number in range(len(examination.readings)) for hit in look(examination, number)]

        return lambda examination: examination.once(slot, look_everywhere)


def _look(reading: Reading, number: int, find: Finder, term: str) -> list[Hit]:
    """What a pattern finds in a field: in the plain text, and with the look-alikes of Latin letters replaced."""
    places: dict[Span, None] = {}
    for text, back in reading.patterned:
        for start, end in find(text):
            places.setdefault(back(start, end))
    return [_pattern_hit(reading, number, place, term) for place in places]


def _pattern_hit(reading: Reading, number: int, place: Span, term: str) -> Hit:
    written = reading.text[place.start : place.end]
    hidden = not written.isascii() and any(fold(char) == "" for char in written)
    return Hit(
        number, place.start, place.end, term, "A", 0.9 if hidden else 1.0, SeenAs.HIDDEN if hidden else SeenAs.WRITTEN
    )


# Combining ---------------------------------------------------------------------------------------------------------


def _any_of(nodes: tuple[Node, ...]) -> Node:
    return lambda examination: [hit for node in nodes for hit in node(examination)]


def _all_of(wanted: list[tuple[Node, ...]], unwanted: list[Node]) -> Node:
    def look(examination: Examination) -> list[Hit]:
        hits: list[Hit] = []
        for part in wanted:
            found = [hit for node in part for hit in node(examination)]
            if not found:
                return []
            hits.extend(found)
        # As with exceptions, only what is plainly written excuses.
        return [] if any(hit.view == "A" for node in unwanted for hit in node(examination)) else hits

    return look


def _near(parts: list[tuple[Node, ...]], words: int) -> Node:
    def look(examination: Examination) -> list[Hit]:
        found = [[hit for node in part for hit in node(examination)] for part in parts]
        if not all(found):
            return []
        numbers = set.intersection(*({hit.reading for hit in hits} for hits in found))
        return [hit for number in sorted(numbers) for hit in _together(examination, number, found, words)]

    return look


def _together(examination: Examination, number: int, found: list[list[Hit]], words: int) -> list[Hit]:
    """The hits in one field that have one of every other part close to them."""
    parts = [sorted((hit for hit in hits if hit.reading == number), key=_place) for hits in found]
    starts = [[hit.start for hit in hits] for hits in parts]
    kept: dict[Hit, None] = {}
    for part, hits in enumerate(parts):
        for first in hits:
            examination.keep_to_time()
            group = _group_after(first, part, parts, starts)
            last = max((hit.start for hit in group), default=0)
            if group and examination.words_between(number, first.end, last) <= words:
                kept.update(dict.fromkeys(group))
    return list(kept)


def _group_after(first: Hit, part: int, parts: list[list[Hit]], starts: list[list[int]]) -> list[Hit]:
    """This hit with the nearest of every other part that does not begin before it; nothing where a part has no more."""
    group: list[Hit] = []
    for index, hits in enumerate(parts):
        nearest = bisect_left(starts[index], first.start)
        if index == part:
            group.append(first)
        elif nearest == len(hits):
            return []
        else:
            group.append(hits[nearest])
    return group
