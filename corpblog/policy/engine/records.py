"""Exact data match: rows of a table, of which only salted hashes are kept, known again when two of their values stand
near each other. One value alone is a name that many people have; with its neighbour it is the customer."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from corpblog.policy.engine.folding import WORD, fold

HEADER: Final = "#! records"
SHORTEST, LONGEST = 3, 60  # letters and digits of a value: what is shorter stands everywhere
MOST_ROWS_OF_A_VALUE: Final = 50  # what more rows have in common (a city, a title) tells nobody apart
_HEADER_LINE: Final = re.compile(rf"{HEADER} salt=([0-9a-f]{{32}}) lengths=([\d,]*) columns=(.+)")


class Value(NamedTuple):
    """A value of the table in a text: its place in view A, which words of the text it is, and whose it is."""

    start: int
    end: int
    first: int
    last: int
    row: int
    column: int


@dataclass(frozen=True)
class Records:
    """A table's hashes: for each value the rows and columns that have it."""

    salt: bytes
    columns: tuple[str, ...]
    lengths: frozenset[int]
    cells: dict[int, tuple[tuple[int, int], ...]]

    def near(self, folded: str, columns: frozenset[int], words: int) -> Iterator[Value]:
        """The values of one row, of two different columns at least, with at most so many words between them."""
        rows: dict[int, list[Value]] = defaultdict(list)
        for value in self._values(folded):
            if value.column in columns:
                rows[value.row].append(value)
        for values in rows.values():
            yield from _together(values, words)

    def _values(self, folded: str) -> Iterator[Value]:
        found = [match.span() for match in WORD.finditer(folded)]
        longest = max(self.lengths, default=0)
        for first, (start, _) in enumerate(found):
            joined = ""
            for last in range(first, len(found)):
                joined += folded[slice(*found[last])]
                if len(joined) > longest:
                    break
                if len(joined) in self.lengths:
                    for row, column in self.cells.get(_hashed(joined, self.salt), ()):
                        yield Value(start, found[last][1], first, last, row, column)


def _together(values: list[Value], words: int) -> Iterator[Value]:
    kept: dict[Value, None] = {}
    for index, left in enumerate(values):
        for right in values[index + 1 :]:
            if right.first - left.last - 1 > words:
                break
            if right.column != left.column and right.first > left.last:
                kept |= {left: None, right: None}
    yield from kept


def normalised(value: str) -> str:
    """A value as it is looked for: folded, letters and digits only; empty where it is too short or too long."""
    joined = "".join(WORD.findall(fold(value)))
    is_telling = SHORTEST + joined.isdecimal() <= len(joined) <= LONGEST
    return joined if is_telling else ""


def lines_of(columns: Sequence[str], rows: Iterable[Sequence[str]], salt: bytes) -> list[str]:
    """The table as a list is kept: what it is, then a line of hashes for each row; empty for what tells nothing."""
    lengths: set[int] = set()
    hashed = []
    for row in rows:
        values = [normalised(value) for value in row]
        lengths.update(len(value) for value in values if value)
        hashed.append(",".join(f"{_hashed(value, salt):016x}" if value else "" for value in values))
    shown = ",".join(str(length) for length in sorted(lengths))
    return [f"{HEADER} salt={salt.hex()} lengths={shown} columns={','.join(columns)}", *hashed]


def is_records(lines: Iterable[str]) -> bool:
    """Whether a list is a table's hashes."""
    return next(iter(lines), "").startswith(HEADER)


def read_records(lines: Iterable[str]) -> Records:
    """The table that `lines_of` wrote; raises ValueError for anything else."""
    rows = iter(lines)
    header = _HEADER_LINE.fullmatch(next(rows, ""))
    if header is None:
        raise ValueError("not a table of records")
    cells: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row.split(",")):
            if cell:
                cells[int(cell, 16)].append((number, column))
    return Records(
        bytes.fromhex(header[1]),
        tuple(header[3].split(",")),
        frozenset(int(length) for length in header[2].split(",") if length),
        {value: tuple(found) for value, found in cells.items() if len(found) <= MOST_ROWS_OF_A_VALUE},
    )


def _hashed(value: str, salt: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(value.encode(errors="replace"), digest_size=8, key=salt).digest())
