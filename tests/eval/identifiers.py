"""Numbers and addresses that faker makes up in many locales, written into benign posts: how many are seen.

faker knows nothing of python-stdnum or of our forms: what both agree on is right. What it makes wrongly is left out:
British prefixes that are never given out, no Danish numbers, cards of issuers that stopped long ago.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Final

from faker import Faker

from corpblog.policy.engine import Scanner, compile_policy, load_policy

Make = Callable[[Faker], str]

_CARDS: Final = ("amex", "diners", "discover", "jcb15", "mastercard", "visa13", "visa16", "visa19")

# Kind, faker's locale, what makes one, and the word that names it where a bare number could be anything.
SAMPLES: Final[tuple[tuple[str, str, Make, str], ...]] = (
    ("payment-card", "en_US", lambda fake: fake.credit_card_number(card_type=fake.random_element(_CARDS)), "card"),
    ("iban", "fr_FR", lambda fake: fake.iban(), ""),
    ("iban", "de_DE", lambda fake: fake.iban(), ""),
    ("bic", "de_DE", lambda fake: fake.swift(), "BIC"),
    ("email", "fr_FR", lambda fake: fake.email(), ""),
    ("email", "ja_JP", lambda fake: fake.ascii_email(), ""),
    ("fr-nir", "fr_FR", lambda fake: fake.ssn(), ""),
    ("be-nn", "nl_BE", lambda fake: fake.ssn(), ""),
    ("es-dni", "es_ES", lambda fake: fake.random_element((fake.nif(), fake.nie())), ""),
    ("it-cf", "it_IT", lambda fake: fake.ssn(), ""),
    ("nl-bsn", "nl_NL", lambda fake: fake.ssn(), "BSN"),
    ("us-ssn", "en_US", lambda fake: fake.ssn(), ""),
    ("us-itin", "en_US", lambda fake: fake.itin(), ""),
    ("ch-ahv", "fr_CH", lambda fake: fake.ssn(), ""),
    ("ca-sin", "en_CA", lambda fake: fake.ssn(), "SIN"),
    ("pl-pesel", "pl_PL", lambda fake: fake.pesel(), "PESEL"),
    ("se-pnr", "sv_SE", lambda fake: fake.ssn(), ""),
    ("fi-hetu", "fi_FI", lambda fake: fake.ssn(), ""),
    ("no-fnr", "no_NO", lambda fake: fake.ssn(), ""),
    ("cz-rc", "cs_CZ", lambda fake: fake.birth_number(), ""),
    ("ro-cnp", "ro_RO", lambda fake: fake.ssn(), ""),
    ("ee-ik", "et_EE", lambda fake: fake.ssn(), "isikukood"),
    ("hr-oib", "hr_HR", lambda fake: fake.ssn(), "OIB"),
    ("tr-tckn", "tr_TR", lambda fake: fake.ssn(), "TC kimlik"),
    ("br-cpf", "pt_BR", lambda fake: fake.cpf(), ""),
    ("cn-ric", "zh_CN", lambda fake: fake.ssn(), ""),
    ("mx-curp", "es_MX", lambda fake: fake.curp(), ""),
)


def _scanner(detector: str) -> Scanner:
    return compile_policy(
        load_policy(f"policy: 1\nname: Eval\nrules:\n  - {{id: a, detect: [{detector}], outcome: block}}\n")
    )


def recall(posts: list[str], seed: int, each: int) -> dict[str, float]:
    """The share of made-up numbers that are found as what they are, by kind and locale."""
    scanner = _scanner("{identifier: {kinds: [any]}}")
    chance = Random(seed)
    shares: dict[str, float] = {}
    for kind, locale, make, word in SAMPLES:
        fake = Faker(locale)
        fake.seed_instance(seed)
        seen = 0
        for number in range(each):
            written = make(fake)
            words = posts[number % len(posts)].split()
            place = chance.randint(0, len(words))
            before = " ".join([*words[:place], *([word] if word else []), ""])
            text = f"{before}{written} {' '.join(words[place:])}"
            found = scanner.scan(text, audience="external").findings
            seen += any(f.term == kind and f.start <= len(before) < f.end for f in found)
        shares[f"{kind}, {locale}"] = seen / each
    return shares


def false_alarms(posts: list[str]) -> dict[str, int]:
    """How many benign posts each group of detectors objects to."""
    # E-mail addresses, phone numbers and links stand in such texts rightly.
    detectors = {
        "personal numbers, VAT, BIC": "{identifier: {kinds: [national-id, eu-vat, bic]}}",
        "cards and accounts": "{identifier: {kinds: [payment-card, iban]}}",
        "secrets": "{secret: {}}",
        "markings": "{marking: {}}",
    }
    return {
        name: sum(bool(scanner.scan(post, audience="external").findings) for post in posts)
        for name, scanner in ((name, _scanner(detector)) for name, detector in detectors.items())
    }


# How people write numbers that are nobody's: orders, invoices, dates, amounts, rooms, phones of no country, versions.
_EVERYDAY: Final = (
    "Order {8} has shipped", "Commande n° {10}, livraison le {2}/{2}/20{2}", "Invoice 20{2}-{6} over {3},{2} €",
    "Ticket #{5}, build {11}, run {12}", "Room {3}-{2}, from {2}:{2} to {2}:{2}", "Version {1}.{2}.{4}, commit {7}",
    "Tracking {2} {4} {4} {4}", "Batch {13}", "Article {14}, stock {4}", "Contract {3} {3} {3}", "Sample {4} {4} {4}",
    "Measured {3}.{10}, {9} times", "Coordinates {2}.{8}, {1}.{8}", "Log {10}{3} id={9}", "Part {2}-{6}-{4}",
)  # fmt: skip


def everyday_numbers(count: int, seed: int) -> list[str]:
    """Posts with random numbers that mean nothing."""
    chance = Random(seed)

    def digits(found: re.Match[str]) -> str:
        return "".join(chance.choices("0123456789", k=int(found[1])))

    return [re.sub(r"\{(\d+)\}", digits, chance.choice(_EVERYDAY)) for _ in range(count)]
