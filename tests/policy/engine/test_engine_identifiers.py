"""Personal numbers, VAT numbers, bank codes and e-mail addresses: found however they are written, and nothing else.

The numbers are those that authorities and python-stdnum print as examples; no real person has them.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpblog.policy.engine.identifiers import GROUPS, KINDS, NATIONAL_ID
from tests.policy.engine.engine_policies import detecting, marks, rule, scan, scanner_of

# A kind, a number in two spellings, the same with a wrong digit, and a word that names it where one must.
NUMBERS = [
    ("fr-nir", "2 95 10 99 126 111 93", "295109912611193", "295109912611194", ""),
    ("fr-nif", "30 23 217 600 053", "3023217600053", "3023217600054", "numéro fiscal"),
    ("be-nn", "85.07.30-033.28", "85073003328", "85.07.30-033.29", ""),
    ("de-idnr", "36 574 261 809", "36574261809", "36574261808", "Steuer-ID"),
    ("de-steuernummer", "181/815/08155", "2893081508152", "181/815/081555", "Steuernummer"),
    ("es-dni", "54362315-K", "54362315K", "54362315L", ""),
    ("es-dni", "X2482300W", "X-2482300-W", "X2482300A", ""),
    ("it-cf", "RCCMNL83S18D969H", "RCCMNL83S18D969H", "RCCMNL83S18D969G", ""),
    ("it-cf", "rcc mnl 83s18 d969h", "RCC MNL 83S18 D969H", "RCC MNL 83S18 D969G", "codice fiscale"),
    ("nl-bsn", "1112.22.333", "111222333", "111222334", "BSN"),
    ("gb-nino", "AB 12 34 56 C", "AB123456C", "AB123456E", ""),
    ("gb-nhs", "943-476-5870", "943 476 5870", "943 476 5871", "NHS"),
    ("gb-utr", "1955839661", "19558 39661", "2955839661", "UTR"),
    ("ie-pps", "6433435F", "6433435 F", "6433435E", "PPSN"),
    ("ch-ahv", "756.9217.0769.85", "7569217076985", "756.9217.0769.84", ""),
    ("at-svnr", "1237 010180", "1237010180", "2237 010180", "SVNR"),
    ("pl-pesel", "44051401359", "44051401359", "44051401358", "PESEL"),
    ("pt-nif", "501 964 843", "501964843", "501964842", "contribuinte"),
    ("se-pnr", "880320-0016", "19880320-0016", "880320-0018", ""),
    ("fi-hetu", "131052-308T", "131052A308T", "131052-308U", ""),
    ("dk-cpr", "211062-5629", "2110625629", "511062-5629", "CPR"),
    ("no-fnr", "151086 95088", "15108695088", "15108695077", ""),
    ("cz-rc", "710319/2745", "710319/2745", "710319/2746", ""),
    ("cz-rc", "7103192745", "710319 2745", "7103192746", "rodné číslo"),
    ("ro-cnp", "1630615123457", "1630615123457", "1630615123458", ""),
    ("bg-egn", "7523169263", "7523169263", "7552010004", "ЕГН"),
    ("gr-amka", "01013099997", "01013099997", "01013099999", "AMKA"),
    ("ee-ik", "36805280109", "36805280109", "36805280108", "isikukood"),
    ("lt-ak", "33309240064", "33309240064", "33309240164", "asmens kodas"),
    ("hr-oib", "33392005961", "33392005961", "33392005962", "OIB"),
    ("tr-tckn", "17291716060", "17291716060", "17291716050", "TC kimlik"),
    ("us-ssn", "536-90-4399", "536-90-4399", "666-90-4399", ""),
    ("us-ssn", "536 90 4399", "536904399", "000904399", "SSN"),
    ("us-itin", "912-90-3456", "912-90-3456", "912-93-3456", ""),
    ("ca-sin", "123-456-782", "123 456 782", "999-999-999", "NAS"),
    ("mx-curp", "BOXW310820HNERXN09", "BOXW310820HNERXN09", "BOXW310820HNERXN08", ""),
    ("br-cpf", "390.533.447-05", "390.533.447-05", "390.533.447-06", ""),
    ("br-cpf", "39053344705", "390533447-05", "39053344706", "CPF"),
    ("za-id", "7503305044089", "750330 5044 089", "8503305044089", "ID number"),
    ("in-aadhaar", "2341 2341 2346", "234123412346", "234123412347", "Aadhaar"),
    ("in-pan", "AAPPV8261K", "aappv8261k", "AA1PV8261K", "PAN"),
    ("au-tfn", "123 456 782", "123456782", "999 999 999", "TFN"),
    ("cn-ric", "360426199101010071", "360426199101010071", "360426199101010072", ""),
    ("kr-rrn", "971013-9019902", "971013-9019902", "971013-9019903", ""),
    ("jp-my-number", "6214 9832 0257", "621498320257", "6214 9832 0258", "マイナンバー"),
    ("eu-vat", "FR 83 404 833 048", "FR83404833048", "FR84404833048", ""),
    ("eu-vat", "BE 0428.759.497", "BE0428759497", "BE0431150351", ""),
    ("bic", "AGRIFRPP882", "AGRIFRPP", "AGRIF2PP", "BIC"),
]


def sentence(number: str, word: str) -> str:
    return f"Voilà : {word} {number}, merci" if word else f"Voilà : {number}, merci"


@pytest.mark.parametrize(("kind", "written", "other", "wrong", "word"), NUMBERS)
def test_a_number_is_found_however_it_is_written(kind, written, other, wrong, word):
    scanner = detecting("identifier", kinds=[kind])
    assert marks(scanner, sentence(written, word)) == [written]
    assert marks(scanner, sentence(other, word)) == [other]


@pytest.mark.parametrize(("kind", "written", "other", "wrong", "word"), NUMBERS)
def test_a_wrong_digit_makes_it_none(kind, written, other, wrong, word):
    assert marks(detecting("identifier", kinds=[kind]), sentence(wrong, word)) == []


@pytest.mark.parametrize(("kind", "written", "word"), [(row[0], row[1], row[4]) for row in NUMBERS if row[4]])
def test_what_could_be_any_number_needs_its_word_near_it(kind, written, word):
    scanner = detecting("identifier", kinds=[kind])
    assert marks(scanner, sentence(written, "")) == []
    assert marks(scanner, f"{written} ({word})") == [written]
    assert marks(scanner, f"{word}: {'x ' * 200}{written}") == []


def test_a_word_that_names_a_number_stands_by_itself():
    scanner = detecting("identifier", kinds=["ca-sin"])
    assert marks(scanner, "our business 123-456-782") == []
    assert marks(scanner, "sin: 123-456-782") == ["123-456-782"]


def test_every_personal_number_is_tested_and_has_both_languages():
    assert {row[0] for row in NUMBERS} == {*GROUPS[NATIONAL_ID], "eu-vat", "bic"}
    assert all(kind.title.en and kind.title.fr for kind in KINDS.values())


BENIGN = [
    "Order 4500123456 and invoice 2026-000123 were paid on 2026-11-23 at 10:45:30.",
    "Commande n° 12345678901, livraison le 23/11/2026 entre 14 h 30 et 16 h.",
    "Call +33 1 42 68 53 00, 06 12 34 56 78, +49 151 12345678 or +1 212 555 0123.",
    "Tracking 1Z999AA10123456784, RB123456785DE, 00340434161094022115",
    "Price 1.234.567,89 €, 12 345 678,90 €, 1,234,567.89 USD, 0.12345678901",
    "IPs 192.168.100.200 and 10.20.30.40, version 12.0.345.6789, build 20261123.1",
    "EAN 4006381333931, ISBN 978-3-16-148410-0, SKU AB12345, part XK-98765-ZZ",
    "Epoch 1732558000 and 1732558000123, commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
    "Meeting 151126-1000 in room 123-45-67, bus 12345678 and flight AF1234",
    "UUID 123e4567-e89b-12d3-a456-426614174000, MAC 00:1A:2B:3C:4D:5E",
    "DOCUMENT SECURITE FRANCAIS DE LA DIRECTION BUREAU 12345678",
    "Coordinates 48.85661400, 2.35222190; 123456 / 7890; 2026/11/23",
]


@pytest.mark.parametrize("text", BENIGN)
def test_everyday_numbers_are_nobodys(text):
    assert marks(detecting("identifier", kinds=[NATIONAL_ID, "eu-vat", "bic"]), text) == []


def test_numbers_side_by_side_are_all_found():
    scanner = detecting("identifier", kinds=["be-nn"])
    assert marks(scanner, "85073003328 85073003328,85073003328;85073003328") == ["85073003328"] * 4
    assert marks(scanner, "985073003328 850730033289 x85073003328 0.85073003328") == []


def test_a_look_alike_letter_hides_no_number():
    assert marks(detecting("identifier", kinds=["es-dni"]), "NIE Х2482300W") == ["Х2482300W"]


def test_the_group_of_personal_numbers_has_no_card_and_no_address():
    scanner = detecting("identifier", kinds=[NATIONAL_ID])
    assert marks(scanner, "4111 1111 1111 1111, a@b.fr, 06 12 34 56 78, 85.07.30-033.28") == ["85.07.30-033.28"]


def test_a_vat_number_ends_before_the_next_word_in_capitals():
    assert marks(detecting("identifier", kinds=["eu-vat"]), "TVA FR83404833048 MERCI") == ["FR83404833048"]


# E-mail inside and outside ----------------------------------------------------------------------------------------

ACME = {"domains": ["acme.example", "Umbra.fr"]}
ADDRESSES = "a@acme.example, b@mail.acme.example, c@UMBRA.FR, d@notacme.example, e@acme.example.org"


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("email-internal", ["a@acme.example", "b@mail.acme.example", "c@UMBRA.FR"]),
        ("email-external", ["d@notacme.example", "e@acme.example.org"]),
    ],
)
def test_addresses_are_told_apart_by_the_companys_domains(kind, found):
    scanner = scanner_of(rule(detect=[{"identifier": {"kinds": [kind]}}]), company=ACME)
    assert marks(scanner, ADDRESSES) == found


def test_any_has_every_address_once():
    scanner = scanner_of(rule(detect=[{"identifier": {"kinds": ["any"]}}]), company=ACME)
    assert [finding.term for finding in scan(scanner, ADDRESSES).findings] == ["email"] * 5


@given(st.text(alphabet="0123456789 -.+()/@abFRXK", max_size=120))
def test_no_kind_raises_and_every_span_lies_inside(text):
    for kind in KINDS.values():
        finders = [kind.find, kind.find_named, *([kind.of_company(("b.fr",))] if kind.of_company else [])]
        for find in finders:
            for start, end in find(text):
                assert 0 <= start < end <= len(text)
