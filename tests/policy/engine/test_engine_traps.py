"""Every trap that was met while the engine was designed, each with its test."""

import time
import unicodedata

import pytest

from corpblog.policy.engine import Outcome, SeenAs
from tests.policy.engine.engine_policies import detecting, marks, only, scan, scanner_for


def test_a_longer_term_is_found_behind_a_shorter_one():
    scanner = scanner_for("projet", "projet mistral", "mistral demain")
    assert marks(scanner, "le projet mistral demain") == ["projet mistral", "projet", "mistral demain"]


def test_a_word_that_is_cut_at_its_accent_is_not_found():
    assert marks(scanner_for("caf"), "un café, un cafe\u0301, un CAFÉ") == []


@pytest.mark.parametrize(
    ("term", "text", "marked"),
    [
        ("Straße", "DIE STRASSE", "STRASSE"),
        ("strasse", "die Straße", "Straße"),
        ("Istanbul", "bureau d'İSTANBUL", "İSTANBUL"),
        ("İstanbul", "istanbul", "istanbul"),
        ("Ísland", "ISLAND", "ISLAND"),
        ("œuvre", "chef d'OEUVRE", "OEUVRE"),
        ("Łódź", "lodz", "lodz"),
    ],
)
def test_case_is_folded_where_lower_case_is_not_enough(term, text, marked):
    assert marks(scanner_for(term), text) == [marked]


def test_decomposed_text_is_found_and_marked_with_its_accents():
    text = "le " + unicodedata.normalize("NFD", "congé été") + " !"
    assert marks(scanner_for("congé été"), text) == [unicodedata.normalize("NFD", "congé été")]


@pytest.mark.parametrize("gap", ["\u00a0", "  ", "\u202f", "\t", "\n", "-", " - ", "\u2011", "_", "\u3000 \u2003"])
def test_any_gap_between_two_words_is_a_blank(gap):
    assert marks(scanner_for("Projet Mistral"), f"Le projet{gap}Mistral part.") == [f"projet{gap}Mistral"]


def test_an_underscore_or_a_figure_hides_no_word():
    scanner = scanner_for("Mistral")
    assert marks(scanner, "mistral_2") == ["mistral"]
    assert marks(scanner, "Mistral2") == ["Mistral"]


def test_a_figure_beside_a_short_term_is_another_word():
    assert marks(scanner_for("CO"), "CO2 is not CO") == ["CO"]


def test_lone_surrogates_and_nul_neither_raise_nor_split_words():
    assert marks(scanner_for("Mistral"), "\ud800Mis\udfff\x00tral\ud83d") == ["Mis\udfff\x00tral"]


@pytest.mark.gate("G26")
def test_an_evil_pattern_costs_milliseconds():
    scanner = detecting("regex", pattern="(a+)+$|(x*)*y")
    before = time.process_time()
    assert scan(scanner, "a" * 20_000 + "!").outcome is Outcome.ALLOW
    # Python's re needs longer than the age of the universe for this; the bound is generous, not a benchmark.
    assert time.process_time() - before < 5


def test_a_long_text_with_many_words_that_only_prompt_a_look_is_searched_to_its_end():
    scanner = detecting("secret")
    text = "the key, a token: secret words " * 10_000
    assert scan(scanner, text).findings == ()
    assert marks(scanner, text + "password: Tr0ub4dor&3x") == ["Tr0ub4dor&3x"]


def test_disney_world_does_not_collide():
    scanner = scanner_for("snewyorkwor", "therapist report")
    assert marks(scanner, "we fly to Disney World for work") == []
    assert marks(scanner, "other rapist reported") == []


def test_short_terms_do_not_hit_across_innocent_words():
    scanner = scanner_for("Falcon", "Alpine", "Kestrel")
    assert marks(scanner, "if al con artists call, al pine trees fall, take strelitzias") == []


def test_scripts_without_spaces_have_no_word_edges():
    assert marks(scanner_for("秘密計画"), "これは秘密計画です") == ["秘密計画"]
    assert marks(scanner_for("โครงการลับ"), "นี่คือโครงการลับของเรา") == ["โครงการลับ"]
    assert marks(scanner_for("비밀계획"), "비밀계획은 월요일") == ["비밀계획"]


def test_greek_is_found_in_any_case():
    scanner = scanner_for("Νέα Πύλη")
    for text in ("ΝΕΑ ΠΥΛΗ", "νέα πύλη", "Νέα Πύλη"):
        assert marks(scanner, text) == [text]


def test_cyrillic_is_found_in_any_case():
    for text in ("ПРОЕКТ ГОРИЗОНТ", "проект горизонт", "Проект Горизонт"):
        assert marks(scanner_for("Проект Горизонт"), text) == [text]


def test_modem_is_not_modern():
    assert marks(scanner_for("modem", "Allen"), "a modern alien") == []


def test_what_only_view_b_sees_never_blocks():
    verdict = scan(scanner_for("Projet Mistral"), "p.r.o.j.e.t m-i-s-t-r-a-l")
    assert verdict.outcome is Outcome.HOLD
    assert verdict.findings[0].view == "B"


def test_a_hashtag_shows_its_words():
    assert marks(scanner_for("Falcon"), "#ProjectFalconNews") == ["Falcon"]
    assert marks(scanner_for("Donald"), "McDonald") == []


@pytest.mark.gate("G22")
@pytest.mark.parametrize(
    ("text", "seen_as", "view"),
    [
        ("Projet Mistral", SeenAs.WRITTEN, "A"),
        ("PROJET MISTRAL", SeenAs.WRITTEN, "A"),
        ("Projét Mïstral", SeenAs.ACCENTS, "A"),
        ("Pro\u200bjet Mis\u00adtral", SeenAs.HIDDEN, "A"),
        ("Prоjеt Mistrаl", SeenAs.LOOKALIKE, "A"),
        ("Ⓟⓡⓞⓙⓔⓣ 𝓜𝓲𝓼𝓽𝓻𝓪𝓵", SeenAs.LOOKALIKE, "A"),
        ("P r o j e t M i s t r a l", SeenAs.SPACED, "B"),
        ("Projet.Mistral", SeenAs.SPACED, "B"),
        ("ProjetMistral", SeenAs.SPACED, "B"),
        ("Pr0jetM1str4l", SeenAs.LEET, "B"),
        ("Proooojet Mistraaaaal", SeenAs.SPACED, "B"),
    ],
)
def test_each_disguise_is_seen_through_named_and_marked_exactly(text, seen_as, view):
    finding = only(scanner_for("Projet Mistral"), f"Oui, {text} !")
    assert (finding.seen_as, finding.view) == (seen_as, view)
    assert f"Oui, {text} !"[finding.start : finding.end] == text


@pytest.mark.parametrize(
    "text", ["F4lc0n", "F@lcon", "f a l c o n", "F-A-L-C-O-N", "f_a_l_c_o_n", "Faaaalcon", "FaIcon", "Fa|con"]
)
def test_short_terms_are_found_in_a_disguise_that_nobody_wears_by_accident(text):
    assert marks(scanner_for("Falcon"), f"our {text} flies") == [text]


@pytest.mark.gate("G22")
@pytest.mark.parametrize(
    "text",
    ["Fal-con", "fal_con", "F*alco*n", "**Fal**con", "Fal**con**", "F.alcon", "FAL\u2011CON", "Fál-cön"],
)
def test_a_short_term_with_signs_between_its_letters_is_found(text):
    found = only(scanner_for("Falcon"), f"our {text} flies")
    assert (found.seen_as, found.view) == (SeenAs.SPACED, "B")


@pytest.mark.parametrize(
    "text",
    [
        "and/or Fal/con",
        "fal con",
        "fal. con",
        "fal - con",
        "the fal-cons",
        "a-fal-conde",
        "rehearsals: fal, con",
        "Fal\u200bcon-air",
    ],
)
def test_words_that_only_meet_are_no_term(text):
    assert [finding.view for finding in scan(scanner_for("Falcon"), text).findings] in ([], ["A"])


def test_a_disguise_is_marked_without_its_neighbours():
    scanner = scanner_for("Taurus Launch", "Mistral")
    assert marks(scanner, "projet T a u r u s launch here") == ["T a u r u s launch"]
    assert marks(scanner, "M1stral lapin, total m1stral!") == ["M1stral", "m1stral"]


def test_plain_and_disguised_are_both_kept():
    assert marks(scanner_for("Projet Mistral"), "Projet Mistral et Pr0jet Mistral") == [
        "Projet Mistral",
        "Pr0jet Mistral",
    ]


def test_three_lone_letters_are_no_name():
    scanner = scanner_for("Anna")
    assert marks(scanner, "options x a n a b") == []
    assert marks(scanner, "hello a n n a bell") == ["a n n a"]
