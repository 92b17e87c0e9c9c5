"""RTF: every word of it, in properties, comments and hidden passages too."""

from __future__ import annotations

import re
from typing import Final

from corpblog.policy.extraction.reading import Reading

_TOKEN: Final = re.compile(
    r"\\u(?P<code>-?\d{1,6}) ?"
    r"|\\'(?P<hex>[0-9a-fA-F]{2})"
    r"|\\bin(?P<bin>\d{1,9}) ?"
    r"|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    r"|\\(?P<sign>[^a-zA-Z\n\r])"
    r"|(?P<brace>[{}])"
    r"|[\r\n]+"
    r"|(?P<text>[^\\{}\r\n]+)|\\"
)
_BREAKS: Final = frozenset(
    {"par", "line", "cell", "row", "tab", "page", "sect", "title", "subject", "author", "annotation"}
)
_SIGNS: Final = {"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"}
# Their groups hold bytes in hexadecimal: pictures, documents, fonts.
_BINARY: Final = frozenset({"pict", "objdata", "fontemb", "datastore", "themedata", "colorschememapping"})
# Tables of the format, with no words that people write.
_SKIPPED: Final = frozenset({"fonttbl", "colortbl", "stylesheet", "latentstyles", "listtable", "rsidtbl"})
_HIDING: Final = frozenset({"pict", "objdata", "fontemb"})


def read_rtf(reading: Reading, data: bytes) -> None:
    """Read the text; what is embedded is noted as unread."""
    # Every byte is a character of its own here; signs above 127 are written as escapes.
    source = data.decode("latin-1")
    page = re.search(r"\\ansicpg(\d{3,5})", source[:4096])
    reading.add("".join(_texts(reading, source, _codec(page[1] if page else "1252"))))


def _texts(reading: Reading, source: str, codec: str) -> list[str]:
    found: list[str] = []
    depth, silent_from, place = 0, 0, 0
    to_skip, replaces = 0, 1
    while place < len(source):
        token = _TOKEN.match(source, place)
        assert token is not None
        place = token.end()
        if token["brace"]:
            depth += 1 if token["brace"] == "{" else -1
            silent_from = 0 if depth < silent_from else silent_from
            to_skip = 0
        elif token["bin"]:
            reading.cannot("unread_part")
            place += int(token["bin"])
        elif token["word"]:
            word, number = token["word"], token["number"]
            if word == "uc" and number:
                replaces = max(0, int(number))
            elif word in _BINARY | _SKIPPED and not silent_from:
                silent_from = depth
            if word in _HIDING:
                reading.cannot("unread_part")
            found.append("" if silent_from else "\n" if word in _BREAKS else _SIGNS.get(word, ""))
        elif not silent_from:
            text = _letters(token, codec)
            # After \uN come as many characters for readers that do not know it.
            if token["code"]:
                to_skip = replaces
            elif to_skip and text:
                text, to_skip = text[to_skip:], max(0, to_skip - len(text))
            found.append(text)
    return found


def _letters(token: re.Match[str], codec: str) -> str:
    if token["code"]:
        return chr(int(token["code"]) % 65_536)
    if token["hex"]:
        return bytes.fromhex(token["hex"]).decode(codec, "replace")
    if token["sign"]:
        return {"~": " ", "_": "-", "-": "", "*": ""}.get(token["sign"], token["sign"])
    return token["text"] or ""


def _codec(page: str) -> str:
    try:
        "".encode(f"cp{page}")
    except LookupError:
        return "cp1252"
    return f"cp{page}"
