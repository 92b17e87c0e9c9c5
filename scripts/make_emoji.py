"""Writes the emoji that reactions may be, and their names in both languages, from one version of Unicode's own data.

    npm pack emojibase-data@17.0.0 && tar xzf emojibase-data-17.0.0.tgz
    python scripts/make_emoji.py package

The package is Unicode's `emoji-test.txt` and the names and keywords of CLDR, as JSON (MIT; Unicode licence). What is
written is committed, so that server and browsers agree, a build needs no download, and the package is no dependency:
`corpblog/posts/emoji.txt` for the server, `frontend/public/emoji-en.json` and `emoji-fr.json` for the picker.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TONES = "🏻🏼🏽🏾🏿"
COMPONENTS = 2  # the group of tones and hair, which are no emoji by themselves


def main(package: Path) -> None:
    version = json.loads((package / "package.json").read_text())["version"].removesuffix(".0")
    tables = {language: emoji_of(package / language / "data.json") for language in ("en", "fr")}
    lines = [f"# Unicode {version}, written by scripts/make_emoji.py: an emoji, its name, and it in each tone of skin."]
    lines += ["\t".join([qualified(row), named(row), *map(qualified, row.get("skins", []))]) for row in tables["en"]]
    (ROOT / "corpblog/posts/emoji.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    known = {qualified(one) for row in tables["en"] for one in (row, *row.get("skins", []))}
    for language, rows in tables.items():
        named = [as_named(row, english, known) for row, english in zip(rows, tables["en"], strict=True)]
        path = ROOT / f"frontend/public/emoji-{language}.json"
        path.write_text(json.dumps(named, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
        print(f"{path.name}: {len(named)} emoji of Unicode {version}, {path.stat().st_size} bytes")


def emoji_of(path: Path) -> list[dict[str, Any]]:
    rows = [row for row in json.loads(path.read_text(encoding="utf-8")) if row.get("group", COMPONENTS) != COMPONENTS]
    return sorted(rows, key=lambda row: row["order"])


def qualified(row: dict[str, Any]) -> str:
    """The emoji as Unicode writes it in full: with the sign that asks for colour where it would be text without."""
    signs = "".join(chr(int(code, 16)) for code in row["hexcode"].split("-"))
    return signs + "\ufe0f" if row["type"] == 0 and len(signs) == 1 else signs


def as_named(row: dict[str, Any], english: dict[str, Any], known: set[str]) -> list[Any]:
    """The emoji, its name, what else it is found by, its group, and whether it takes a tone."""
    emoji, name = qualified(row), row["label"]
    # Names that everybody types, whatever their language: the English ones are found in French, too.
    found_by = [*row.get("tags", []), *([english["label"]] if english is not row else [])]
    said = set(words(name))
    more = list(dict.fromkeys(word for text in found_by for word in words(text) if word not in said))
    return [emoji, name, " ".join(more), row["group"], int(all(toned(emoji, tone) in known for tone in TONES))]


def named(row: dict[str, Any]) -> str:
    """The name as people would write it between colons."""
    return "_".join(words(row["label"]))


def words(text: str) -> Iterator[str]:
    """The words of a name as they are searched: without accents and capitals."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(sign))
    return iter(re.findall(r"[^\W_]+", bare.replace("œ", "oe")))


def toned(emoji: str, tone: str) -> str:
    """The emoji with a tone behind its first sign: what the picker does, too (frontend/src/emoji-names.ts)."""
    return emoji[0] + tone + emoji[1:].removeprefix("\ufe0f")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
