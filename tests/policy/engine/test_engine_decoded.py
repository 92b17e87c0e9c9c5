"""View C: words that stand in the text in another form, marked where they stand."""

from __future__ import annotations

import base64
import codecs
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpblog.policy.engine import Outcome, SeenAs
from tests.policy.engine.engine_policies import marks, only, rule, scan, scanner_for, scanner_of

TERM = "Projet Mistral"
SCANNER = scanner_for(TERM, "Falcon", "Müller")


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def in_hex(text: str) -> str:
    return text.encode().hex()


def percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def quoted_printable(text: str) -> str:
    return "".join(f"={byte:02X}" for byte in text.encode())


def references(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


def hex_references(text: str) -> str:
    return "".join(f"&#x{ord(char):x};" for char in text)


def backslashes(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


def backslash_bytes(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def rot13(text: str) -> str:
    return codecs.encode(text, "rot13")


def backwards(text: str) -> str:
    return text[::-1]


def turned(text: str) -> str:
    return f"\u202e{text[::-1]}\u202c"


WAYS = [
    (in_base64, SeenAs.BASE64),
    (in_hex, SeenAs.HEX),
    (percent, SeenAs.PERCENT),
    (quoted_printable, SeenAs.QUOTED_PRINTABLE),
    (references, SeenAs.ENTITY),
    (hex_references, SeenAs.ENTITY),
    (backslashes, SeenAs.ESCAPED),
    (backslash_bytes, SeenAs.ESCAPED),
    (rot13, SeenAs.ROT13),
    (backwards, SeenAs.BACKWARDS),
]
each_way = pytest.mark.parametrize(("encode", "seen_as"), WAYS, ids=lambda way: getattr(way, "__name__", None))


@pytest.mark.gate("G22")
@each_way
def test_an_encoded_term_is_held_and_never_blocked(encode, seen_as):
    verdict = scan(SCANNER, f"Look at this: {encode(TERM)}, it starts soon.")
    assert verdict.outcome is Outcome.HOLD
    (finding,) = verdict.findings
    assert (finding.term, finding.view, finding.seen_as) == (TERM, "C", seen_as)


@each_way
def test_the_mark_covers_the_encoded_term_and_nothing_else(encode, seen_as):
    written = encode(TERM)
    assert marks(SCANNER, f"See {written} now") == [written]


@pytest.mark.parametrize("encode", [percent, references, backslashes, quoted_printable, backslash_bytes])
def test_one_encoded_letter_in_a_term_is_enough(encode):
    text = f"the Projet Mis{encode('t')}ral starts"
    finding = only(SCANNER, text)
    assert text[finding.start : finding.end] == f"Projet Mis{encode('t')}ral"


def test_letters_inside_longer_encoded_text_are_marked_to_the_letter():
    written = in_base64("we call it Projet Mistral for now")
    (mark,) = marks(SCANNER, f"read {written}!")
    # Six bits a digit: the first and last digit may carry bits of a neighbour.
    start = written.index(mark)
    assert start == 11 * 8 // 6
    assert len(mark) == (25 * 8 - 1) // 6 + 1 - 11 * 8 // 6
    assert mark != written


@pytest.mark.parametrize("outer", [in_base64, percent, in_hex, references])
@pytest.mark.parametrize("inner", [in_base64, percent, in_hex, references, rot13, backwards])
def test_an_encoding_in_an_encoding_is_seen(outer, inner):
    text = f"so {outer(f'this {inner(TERM)} here')} it is"
    assert scan(SCANNER, text).outcome is Outcome.HOLD


def test_a_third_layer_is_not_read():
    assert scan(SCANNER, in_base64(in_base64(in_base64(TERM)))).outcome is Outcome.ALLOW


@pytest.mark.parametrize(
    "text",
    [
        base64.urlsafe_b64encode("Projet Mistral ?? ÿÿ".encode()).decode(),
        base64.b64encode(TERM.encode()).decode().rstrip("="),
        base64.encodebytes(
            f"{'x' * 60} {TERM} is what this long mail speaks of, in lines of seventy-six".encode()
        ).decode(),
        base64.b64encode(TERM.encode("utf-16-le")).decode(),
        f"https://acme.example/go/{base64.b64encode(TERM.encode()).decode()}",
        f"https://acme.example/?q={quote(TERM)}",
        "50 72 6f 6a 65 74 20 4d 69 73 74 72 61 6c",
        "50:72:6F:6A:65:74:20:4D:69:73:74:72:61:6C",
        "0x50 0x72 0x6f 0x6a 0x65 0x74 0x20 0x4d 0x69 0x73 0x74 0x72 0x61 0x6c",
        "Projet&nbsp;Mistral",
        "Projet=20Mis=\ntral",
        turned(TERM),
        f"Projet {turned('Mistral')} starts",
        r"\u{50}rojet Mistral",
    ],
)
def test_other_spellings_of_the_same_encodings(text):
    assert scan(SCANNER, f"well {text} then").outcome is Outcome.HOLD


def test_an_accented_name_in_a_domain_is_read():
    label = "xn--" + "müller".encode("punycode").decode()
    assert only(SCANNER, f"see {label}.example").seen_as is SeenAs.PUNYCODE


def test_accents_survive_every_encoding_of_bytes():
    scanner = scanner_for("Café Müller")
    for encode in (in_base64, in_hex, percent, quoted_printable, backslash_bytes):
        assert marks(scanner, f"x {encode('Café Müller')} y") == [encode("Café Müller")], encode.__name__


def test_a_secret_or_a_card_in_an_encoding_is_found():
    scanner = scanner_of(rule(detect=[{"identifier": {"kinds": ["payment-card"]}}]))
    assert only(scanner, f"pay {in_base64('card 4111 1111 1111 1111 please')} soon").view == "C"


def test_what_is_plainly_there_is_found_once_and_as_written():
    for text in (f"{TERM} costs 50%25 more", f"R&amp;D on {TERM}", f"{TERM} = {in_base64('nothing here')}"):
        finding = only(SCANNER, text)
        assert (finding.view, text[finding.start : finding.end]) == ("A", TERM)


def test_an_exception_counts_in_an_encoding_too():
    scanner = scanner_of(
        rule(detect=[{"keywords": {"terms": ["mistral"]}}], **{"except": [{"keywords": {"terms": ["mistral wind"]}}]})
    )
    assert scan(scanner, percent("the mistral wind blows")).findings == ()
    assert len(scan(scanner, percent("the mistral plan")).findings) == 1


def test_near_counts_words_in_the_decoded_text():
    scanner = scanner_of(
        rule(
            detect=[
                {
                    "near": {
                        "words": 3,
                        "all": [{"keywords": {"terms": ["merger"]}}, {"keywords": {"terms": ["Contoso"]}}],
                    }
                }
            ]
        )
    )
    assert scan(scanner, f"{percent('merger')} with Contoso").outcome is Outcome.HOLD


def test_short_words_are_not_looked_for_backwards():
    assert scan(scanner_for("ant"), "nag tna").findings == ()


def test_a_word_that_reads_the_same_backwards_is_found_once():
    assert only(scanner_for("kayak"), "a kayak trip").view == "A"


def test_more_encoded_text_than_is_looked_at_is_held():
    verdict = scan(SCANNER, in_base64("harmless words " * 20_000))
    assert verdict.outcome is Outcome.HOLD
    assert "encoded" in verdict.findings[0].term


@pytest.mark.parametrize(
    "text",
    [
        "Order 50726f6a65 of 2026-11-25 shipped to Mistral's Café, tracking 1Z999AA10123456784",
        "commit 4b7e66ad19433f73695d708cd9b2221019508cd9b222 fixes iPhone's HTTPServer, see RFC2616",
        "https://acme.example/watch?v=dQw4w9WgXcQ&list=PLx0sYbCqOb8TBPRdmBHs5Iftvv9TPboYG%20",
        "AT&T; R&D; a & b; 100% of =50% \\users \\x \\uzz xn-- xn--a ==== %%%% &#99999999; &#xD800; \\ud800",
    ],
)
def test_what_only_looks_encoded_is_let_pass(text):
    assert scan(SCANNER, text).findings == ()


WORDS = st.lists(
    st.sampled_from(["we", "met", "the", "team", "café", "on", "Monday,", "50%", "R&D", "fine.", "\n", "🎉"])
)


@given(before=WORDS, after=WORDS, way=st.sampled_from(WAYS))
def test_wherever_it_stands_the_mark_is_the_encoded_term(before, after, way):
    encode, _ = way
    written = encode(TERM)
    text = " ".join([*before, written, *after])
    found = [finding for finding in scan(SCANNER, text).findings if finding.term == TERM]
    assert [text[finding.start : finding.end] for finding in found] == [written]


@given(st.text(alphabet=st.sampled_from("%&=\\ux4120#;xn--aZ9+/=\u202e\u202c\n é"), max_size=300))
def test_nothing_that_looks_encoded_breaks_the_engine(text):
    verdict = scan(SCANNER, text)
    assert all(finding.rule != "fail-closed" for finding in verdict.findings)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in verdict.findings)
