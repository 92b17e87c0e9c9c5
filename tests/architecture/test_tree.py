"""What the tree must not contain, and what must stay where it is."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "corpblog"
LAYERS = (
    "config",
    "web",
    "api",
    "realtime",
    "desk",
    "sharing",
    "notifications",
    "posts",
    "teams",
    "policy",
    "audit",
    "people",
    "kernel",
)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def python_files(folder: Path = PACKAGE) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_layers_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_has_its_place_in_the_layers() -> None:
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert packages == set(LAYERS)


@pytest.mark.parametrize("door", ["web", "realtime"])
def test_doors_hold_no_query(door: str) -> None:
    """A view that asks the database itself decides itself who sees what."""
    asks = re.compile(r"\.objects\b")
    guilty = [
        str(path.relative_to(ROOT)) for path in python_files(PACKAGE / door) if asks.search(path.read_text("utf-8"))
    ]
    assert guilty == []


# Migrations are Django's own business: a package may add to its own tables' set-up.
MIGRATION_SIGNALS = {"django.db.models.signals.post_migrate", "django.db.models.signals"}


def test_nobody_uses_djangos_signals_between_packages() -> None:
    guilty = [str(path.relative_to(ROOT)) for path in python_files() if signals(path) - MIGRATION_SIGNALS]
    assert guilty == []


def signals(path: Path) -> set[str]:
    return {module for module in imports(path) if module.startswith(("django.dispatch", "django.db.models.signals"))}


def test_no_drawers_for_odds_and_ends() -> None:
    names = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py", "tools.py"}
    assert [str(path) for path in python_files() if path.name in names] == []


# Written in pieces, so that this file does not find itself.
REGISTRIES = (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs"), ("deb", "debian", "org"))
HOMES = (("", "root", ""), ("", "home", "[a-z]"), ("", "Users", "[a-z]"), ("", "work", ""))
FORBIDDEN = {
    "a registry's address": re.compile("|".join(r"\.".join(parts) for parts in REGISTRIES)),
    "a path of somebody's machine": re.compile(r"(?<![\w./-])(?:" + "|".join("/".join(parts) for parts in HOMES) + ")"),
    "a merge that was not finished": re.compile(r"^(<{7}|>{7}) ", re.MULTILINE),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_tree_holds_nothing_of_this_kind(what: str) -> None:
    guilty = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        guilty += [f"{path.relative_to(ROOT)}: {found.group(0)!r}" for found in [FORBIDDEN[what].search(text)] if found]
    assert guilty == []


def test_locks_are_hashed_and_name_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "deploy/setup/node.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9][\w.\-\[\]]*==", text, re.MULTILINE | re.IGNORECASE)
        assert pinned
        assert "://" not in text
        assert len(re.findall(r"^[^\s#].*\\$", text, re.MULTILINE)) == len(pinned)
    assert '"resolved"' not in (ROOT / "frontend/package-lock.json").read_text(encoding="utf-8")
