"""The map of the ways round the gate is true: each row names guards that exist and tests that carry its number."""

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from corpblog.audit.refusals import REFUSALS as AUDIT_REFUSALS
from corpblog.desk.refusals import APPEALS
from corpblog.sharing import guards
from corpblog.sharing.refusals import REFUSALS

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
ROWS = [f"G{number}" for number in range(1, 33)]
# The rows still to be built. One that is built and listed here fails, too.
NOT_BUILT: set[str] = set()
NAME = re.compile(r"`([^`]+)`")
ROW = re.compile(r"^\| (G\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


@cache
def table() -> dict[str, tuple[set[str], set[str]]]:
    """Row to the guards and the tests that the threat model names for it."""
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    return {row: (set(NAME.findall(guard)), set(NAME.findall(test))) for row, _way, guard, test in ROW.findall(text)}


def numbered(path: Path) -> Iterator[tuple[str, str]]:
    """Give (row, test) for each row that a test of this file carries in `@pytest.mark.gate(…)`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.gate":
                    name = f"{path.relative_to(TESTS).as_posix()}::{node.name}"
                    yield from ((str(ast.literal_eval(row)), name) for row in mark.args)


@cache
def carried() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(TESTS.rglob("test_*.py")):
        for row, name in numbered(path):
            found[row].add(name)
    return found


def exists(guard: str) -> bool:
    """Whether a guard of that name stands in the program or in the database."""
    if "." not in guard:
        constraints = {constraint.name for model in apps.get_models() for constraint in model._meta.constraints}
        triggers = {refusal.name for refusal in (*REFUSALS, *AUDIT_REFUSALS, *APPEALS)}
        return guard in constraints | triggers or callable(getattr(guards, guard, None))
    module, _dot, name = (guard if guard.startswith("django.") else f"corpblog.{guard}").rpartition(".")
    try:
        return hasattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        return False


def test_the_map_has_every_row_once_and_in_order() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    assert [row[0] for row in ROW.findall(text)] == ROWS


@pytest.mark.parametrize("row", ROWS)
def test_a_row_names_guards_that_exist_and_the_tests_that_carry_its_number(row: str) -> None:
    named, tests = table()[row]
    assert {guard for guard in named if not exists(guard)} == set(), "no such guard"
    assert tests == carried()[row], "the map and the tests' numbers differ"
    assert (row in NOT_BUILT) == (not tests)
    assert (row in NOT_BUILT) == (not named)


def test_no_test_carries_a_number_that_is_no_row() -> None:
    assert set(carried()) <= set(ROWS)


def test_every_guard_has_its_place_in_the_map() -> None:
    functions = {
        name
        for name, value in vars(guards).items()
        if getattr(value, "__module__", "") == guards.__name__ and not isinstance(value, type) and name[0] != "_"
    }
    assert functions - set().union(*(named for named, _tests in table().values())) == set()


@pytest.mark.parametrize(
    "gone", ["bind_hush", "sharing.guards.bind_hush", "sharing.gards.bind_hash", "no_such_trigger"]
)
def test_a_guard_that_is_not_there_is_noticed(gone: str) -> None:
    assert not exists(gone)


def test_numbers_are_read_from_the_tests_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "TESTS", tmp_path)
    file = tmp_path / "test_some.py"
    file.write_text('@pytest.mark.gate("G1", "G2")\ndef test_one(): pass\n\ndef test_two(): pass\n')
    assert set(numbered(file)) == {("G1", "test_some.py::test_one"), ("G2", "test_some.py::test_one")}
