"""The fields of one scan, the texts that are made of them to see through a disguise, and what was found in each."""

from __future__ import annotations

import re
import time
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from corpblog.policy.engine.decoding import DEPTH, Unwrapped, unwrap
from corpblog.policy.engine.lexicon import Found, Hit, Lexicon
from corpblog.policy.engine.splits import Seams
from corpblog.policy.engine.verdict import Scan, SeenAs
from corpblog.policy.engine.views import Reading, Span, by_end, overlaps

Node = Callable[["Examination"], list[Hit]]
# Where something in a made text stands in a field, and how it was disguised; None for what was not disguised there.
Origin = Callable[[int, int], tuple[int, Span, SeenAs] | None]
_IN_VIEW_C: Final = 0.8  # how sure a find is that only a made text shows


class Examination:
    """What was found in one scan so far. Each detector looks once, whoever asks.

    readings: the fields, then the texts made of them. Rules look at all alike; `settle` brings the finds home.
    """

    def __init__(self, question: Scan, lexicon: Lexicon, deadline: float) -> None:
        self.now = question.now
        self.known_texts = question.known
        self.lexicon = lexicon
        self.deadline = deadline
        self.readings = [Reading(piece.name, piece.text) for piece in question.fields]
        self.fields = len(self.readings)
        self.found: list[Found] = []
        self._origins: list[Origin] = []
        self._known: dict[int, list[Hit]] = {}
        self._word_starts: dict[int, list[int]] = {}
        for text, origin in (*self._unwrapped(), *self._spread(question.earlier)):
            self.readings.append(Reading("", text))
            self._origins.append(origin)
        for number, reading in enumerate(self.readings):
            self.keep_to_time()
            self.found.append(lexicon.search(reading, number))

    def _unwrapped(self) -> Iterator[tuple[str, Origin]]:
        for number, reading in enumerate(self.readings[: self.fields]):
            layers: list[Unwrapped] = []
            while len(layers) < DEPTH and (layer := unwrap(layers[-1].text if layers else reading.text)):
                layers.append(layer)
                yield layer.text, _through(number, tuple(layers))

    def _spread(self, earlier: Sequence[str]) -> Iterator[tuple[str, Origin]]:
        texts = [reading.text for reading in self.readings[: self.fields]]
        if not earlier and len(texts) < 2:
            return
        seams = Seams(texts, earlier, self.lexicon.reach)

        def origin(start: int, end: int) -> tuple[int, Span, SeenAs] | None:
            part = seams.origin(start, end)
            return (*part, SeenAs.SPLIT) if part else None

        yield seams.text, origin

    def keep_to_time(self) -> None:
        """Raises when the time is up: the text is then held."""
        if time.monotonic() > self.deadline:
            raise TimeoutError

    def words(self, slot: int) -> list[Hit]:
        """What the lexicon found for one detector."""
        return [hit for found in self.found for hit in found.hits.get(slot, ())]

    def once(self, slot: int, look: Node) -> list[Hit]:
        """What this detector finds, from memory if it has looked before."""
        if slot not in self._known:
            self.keep_to_time()
            self._known[slot] = look(self)
        return self._known[slot]

    def words_between(self, reading: int, first: int, last: int) -> int:
        """How many words begin between these two places."""
        if reading not in self._word_starts:
            self._word_starts[reading] = [word.start() for word in _WORD.finditer(self.readings[reading].text)]
        starts = self._word_starts[reading]
        return max(0, bisect_left(starts, last) - bisect_left(starts, first))

    def settle(self, hits: list[Hit]) -> list[Hit]:
        """The hits where they stand in the fields; of those in made texts only what the fields do not show plainly."""
        made = [hit for hit in hits if hit.reading >= self.fields]
        if not made:
            return hits
        shown = [hit for hit in hits if hit.reading < self.fields]
        taken: dict[tuple[int, str], list[Span]] = {}
        for hit in shown:
            insort(taken.setdefault((hit.reading, hit.term), []), Span(hit.start, hit.end), key=by_end)
        # The plainer of two readings first: a seam with a gap and one without show the same words.
        for home in sorted(filter(None, map(self._home, made)), key=lambda hit: -hit.confidence):
            places, place = taken.setdefault((home.reading, home.term), []), Span(home.start, home.end)
            if not overlaps(places, place):
                insort(places, place, key=by_end)
                shown.append(home)
        return shown

    def _home(self, hit: Hit) -> Hit | None:
        origin = self._origins[hit.reading - self.fields](hit.start, hit.end)
        if origin is None:
            return None
        number, span, seen_as = origin
        return Hit(number, span.start, span.end, hit.term, "C", min(hit.confidence, _IN_VIEW_C), seen_as)


def _through(number: int, layers: tuple[Unwrapped, ...]) -> Origin:
    """The way back through the layers of an encoding in an encoding."""

    def origin(start: int, end: int) -> tuple[int, Span, SeenAs] | None:
        seen_as = layers[-1].seen_as(start, end)
        if seen_as is None:
            return None
        for layer in reversed(layers):
            start, end = layer.origin(start, end)
        return number, Span(start, end), seen_as

    return origin


# A character of a script without spaces counts as a word of its own.
_WORD: Final = re.compile(r"[\u0e00-\u10ff\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff]|[^\W_\u2e80-\ua4cf]+")
