"""The French catalogues say everything that the program says, in French typography."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "corpblog" / "locale" / "fr" / "LC_MESSAGES"
DOMAINS = ("django", "djangojs")
NARROW = "\N{NARROW NO-BREAK SPACE}"

# A high mark after a letter, a digit or a placeholder, or after a space that may break; times, addresses and emoji
# names hold marks of other kinds.
HIGH_MARK_ALONE = re.compile(
    rf"[^{NARROW}\s«/][;!?]|[^{NARROW}\s/][:](?=\s|$)|[ \N{{NO-BREAK SPACE}}][:;!?»](?=\s|$|[.,)])"
)
WRONG_QUOTE = re.compile(rf"«(?!{NARROW})|(?<!{NARROW})»|[“”']")
PERCENT_STYLE = re.compile(r"%\((\w+)\)([sd])|%%")
TAGS = re.compile(r"</?\w+[^>]*>")
CALL = re.compile(
    r"""(?<![\w.])(n?gettext)\(\s*'((?:[^'\\]|\\.)*)'(?:\s*,\s*'((?:[^'\\]|\\.)*)')?""",
)


def catalogue(domain: str, folder: Path = CATALOGUES) -> polib.POFile:
    return polib.pofile(str(folder / f"{domain}.po"))


def texts(po: polib.POFile) -> set[tuple[str, str, str]]:
    return {(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "") for entry in po if not entry.obsolete}


def translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def every_entry() -> Iterator[tuple[str, polib.POEntry]]:
    for domain in DOMAINS:
        for entry in catalogue(domain):
            yield domain, entry


def placeholders(text: str) -> list[str]:
    named = [match.group(0) for match in PERCENT_STYLE.finditer(text)]
    braced = [name for _, name, _, _ in Formatter().parse(re.sub(r"\\d\{\d+\}", "", text)) if name is not None]
    return sorted(named) + sorted(braced)


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogues as the program asks for them now, beside the tree and not in it."""
    folder = tmp_path_factory.mktemp("locale")
    done = subprocess.run(
        ["sh", str(ROOT / "scripts" / "make_messages.sh"), str(folder)],
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "fr" / "LC_MESSAGES"


@pytest.mark.parametrize("domain", DOMAINS)
def test_catalogue_has_what_the_program_says_and_nothing_else(domain: str, regenerated: Path) -> None:
    wanted, kept = texts(catalogue(domain, regenerated)), texts(catalogue(domain))
    assert sorted(wanted - kept) == [], "run `make messages`, then translate these"
    assert sorted(kept - wanted) == [], "nobody says these any more: run `make messages`"


def test_every_text_is_translated() -> None:
    unfinished = [
        f"{domain}: {entry.msgid}"
        for domain, entry in every_entry()
        if entry.obsolete or entry.fuzzy or not entry.translated()
    ]
    assert unfinished == []


def test_every_plural_has_both_forms_of_french() -> None:
    for domain in DOMAINS:
        assert catalogue(domain).metadata["Plural-Forms"] == "nplurals=2; plural=(n > 1);"
    wrong = [entry.msgid for _, entry in every_entry() if entry.msgid_plural and set(entry.msgstr_plural) != {0, 1}]
    assert wrong == []


def test_translations_keep_every_placeholder_and_tag() -> None:
    wrong = []
    for _, entry in every_entry():
        sources = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
        for source, french in zip(sources, translations(entry), strict=True):
            if placeholders(source) != placeholders(french) or sorted(TAGS.findall(source)) != sorted(
                TAGS.findall(french)
            ):
                wrong.append((source, french))
    assert wrong == []


def test_high_marks_follow_a_narrow_space_that_never_breaks() -> None:
    wrong = [
        french
        for _, entry in every_entry()
        for french in translations(entry)
        if HIGH_MARK_ALONE.search(TAGS.sub("", french)) or WRONG_QUOTE.search(TAGS.sub("", french))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "text", ["Vraiment?", "Vraiment ?", "Note: lire", "Note : lire", "« mot »", "“mot”", "l'auteur", "%(name)s: lire"]
)
def test_plain_spaces_and_quotes_are_found(text: str) -> None:
    assert HIGH_MARK_ALONE.search(text) or WRONG_QUOTE.search(text)


def test_scripts_say_what_their_catalogue_has() -> None:
    """Reading TypeScript as JavaScript loses texts silently; so the calls are also read for themselves."""
    source = (ROOT / "frontend" / "src" / "strings.ts").read_text(encoding="utf-8")
    said = {("", one.replace("\\'", "'"), many.replace("\\'", "'")) for _, one, many in CALL.findall(source)}
    assert said == texts(catalogue("djangojs"))


def test_scripts_keep_their_texts_in_one_file() -> None:
    others = (path for path in (ROOT / "frontend" / "src").rglob("*.ts") if path.name != "strings.ts")
    assert [path.name for path in others if CALL.search(path.read_text(encoding="utf-8"))] == []


def test_quotes_outside_the_catalogues_are_french_as_well() -> None:
    """The engine is pure and speaks both languages by itself."""
    wrong = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / "corpblog" / "policy").rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search("« | »", line)
    ]
    assert wrong == []
