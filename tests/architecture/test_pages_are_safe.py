"""What no template and no script may hold: anything that the page's policy would have to allow, and trusted strings."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "corpblog").glob("**/templates/**/*.html"))
SCRIPTS = sorted((ROOT / "frontend" / "src").glob("*.ts"))
MODULES = sorted((ROOT / "corpblog").glob("**/*.py"))
# Where HTML that was made by code becomes part of a page: the body that posts.rendering made, and the released words.
MAY_TRUST = {"corpblog/web/templatetags/posts.py", "corpblog/sharing/html.py"}

# Read in mail programs, which fetch no stylesheet and know no policy of ours; all else is refused there, too.
STYLED_INSIDE = {"corpblog/web/templates/mail/notices.html"}

REFUSED_IN_TEMPLATES = {
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "an inline style": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "an event handler": r"\son[a-z]+\s*=\s*[\"']",
    "htmx that evaluates": r"hx-on|hx-vals\s*=\s*['\"]js:|\bjs:|javascript:",
    "an htmx trigger with a condition": r"hx-trigger=\"[^\"]*\[",
    "a trusted string": r"\|\s*safe\b|{%\s*autoescape\s+off",
    "a comment that readers get": r"<!--",
}
HTMX_SUBSET = {
    *("hx-get", "hx-post", "hx-put", "hx-delete", "hx-target", "hx-swap", "hx-swap-oob", "hx-trigger", "hx-push-url"),
    *("hx-sync", "hx-indicator", "hx-ignore", "hx-select", "hx-headers:inherited", "hx-include", "hx-disabled-elt"),
    # Evaluates nothing: what is being typed stays when the rest around it is morphed.
    "hx-morph-skip",
}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def found(pattern: str, text: str) -> Iterator[int]:
    """Return the lines in which a pattern occurs."""
    return (text.count("\n", 0, match.start()) + 1 for match in re.finditer(pattern, text, re.IGNORECASE))


@pytest.mark.parametrize("what", REFUSED_IN_TEMPLATES)
def test_no_template_holds(what: str) -> None:
    pattern = REFUSED_IN_TEMPLATES[what]
    allowed = STYLED_INSIDE if what == "a style element" else set()
    templates = [path for path in TEMPLATES if relative(path) not in allowed]
    assert [f"{relative(path)}:{line}" for path in templates for line in found(pattern, path.read_text())] == []


def test_templates_use_the_small_part_of_htmx() -> None:
    used = {
        (relative(path), name)
        for path in TEMPLATES
        for name in re.findall(r"\s((?:data-)?hx-[a-z:-]+)", path.read_text())
        if name not in HTMX_SUBSET
    }
    assert used == set()


def test_only_the_two_renderers_trust_a_string() -> None:
    trusting = {relative(path) for path in MODULES if re.search(r"\bmark_safe\b|__html__", path.read_text())}
    assert trusting == MAY_TRUST


def test_one_script_turns_strings_into_pages() -> None:
    sinks = r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTMLUnsafe|parseHTMLUnsafe|DOMParser)\b"
    making = {path.name for path in SCRIPTS if re.search(sinks, path.read_text())}
    assert making == {"html.ts"}


def test_no_script_sets_a_style_attribute_or_evaluates() -> None:
    pattern = r"setAttribute\(\s*['\"]style|\beval\(|new Function\("
    assert [path.name for path in SCRIPTS if re.search(pattern, path.read_text())] == []


def test_every_string_of_the_scripts_is_in_one_file() -> None:
    asking = {path.name for path in SCRIPTS if "gettext" in path.read_text()}
    assert asking == {"strings.ts"}


def test_the_lock_file_names_no_host() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_htmx_is_pinned_to_one_version() -> None:
    wanted = json.loads((ROOT / "frontend" / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
