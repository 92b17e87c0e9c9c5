"""Words that classify a text are found as markings, and left alone in sentences."""

import pytest

from corpblog.policy.engine.folding import fold
from corpblog.policy.engine.markings import KINDS
from tests.policy.engine.engine_policies import detecting, marks, scan

ANY = detecting("marking")

MARKED = [
    ("CONFIDENTIEL", "confidential", "CONFIDENTIEL"),
    ("Plan de fusion\nCONFIDENTIEL\nPage 1", "confidential", "CONFIDENTIEL"),
    ("*** CONFIDENTIAL ***", "confidential", "CONFIDENTIAL"),
    ("CONFIDENTIAL: merger talks", "confidential", "CONFIDENTIAL"),
    ("CONFIDENTIAL - merger talks", "confidential", "CONFIDENTIAL"),
    ("Merger talks | CONFIDENTIAL", "confidential", "CONFIDENTIAL"),
    ("[Confidential] merger talks", "confidential", "Confidential"),
    ("Merger talks (confidentiel)", "confidential", "confidentiel"),
    ("Classification: Confidential", "confidential", "Confidential"),
    ("Niveau de confidentialité : confidentiel", "confidential", "confidentiel"),
    ("This is STRICTLY CONFIDENTIAL until May", "confidential", "STRICTLY CONFIDENTIAL"),
    ("STRENG VERTRAULICH", "confidential", "STRENG VERTRAULICH"),
    ("INTERNAL ONLY", "internal", "INTERNAL ONLY"),
    ("the deck is FOR INTERNAL USE ONLY please", "internal", "FOR INTERNAL USE ONLY"),
    ("Document à USAGE INTERNE uniquement", "internal", "USAGE INTERNE"),
    ("A USAGE INTERNE", "internal", "A USAGE INTERNE"),
    ("RÉSERVÉ À L’USAGE INTERNE", "internal", "RÉSERVÉ À L’USAGE INTERNE"),
    ("Sensitivity: internal", "internal", "internal"),
    ("DIFFUSION RESTREINTE", "restricted", "DIFFUSION RESTREINTE"),
    ("Note : DIFFUSION RESTREINTE, merci", "restricted", "DIFFUSION RESTREINTE"),
    ("DO NOT DISTRIBUTE", "restricted", "DO NOT DISTRIBUTE"),
    ("[RESTRICTED]", "restricted", "RESTRICTED"),
    ("SECRET", "secret", "SECRET"),
    ("TOP SECRET", "secret", "TOP SECRET"),
    ("TRES SECRET", "secret", "TRES SECRET"),
    ("SECRET DÉFENSE", "secret", "SECRET DÉFENSE"),
    ("TLP:RED", "tlp-red", "TLP:RED"),
    ("this is tlp: red stuff", "tlp-red", "tlp: red"),
    ("TLP:AMBER", "tlp-amber", "TLP:AMBER"),
    ("TLP:AMBER+STRICT", "tlp-amber-strict", "TLP:AMBER+STRICT"),
    ("SECRET//NOFORN", "handling", "NOFORN"),
    ("REL TO USA, FVEY", "handling", "REL TO USA, FVEY"),
    ("SPÉCIAL FRANCE", "handling", "SPÉCIAL FRANCE"),
    ("CONFIDENTIEL\u200b", "confidential", "CONFIDENTIEL"),
]

PROSE = [
    "This is confidential, keep it to yourself.",
    "Le dossier est confidentiel.",
    "Confidential computing is a talk on Monday",
    "The secret of good coffee is patience. SECRET Santa is coming!",
    "Our internal tools, the internal audit and internal communication",
    "Réunion interne demain à 10 h, usage interne du parking",
    "Internet et international, internes et externes",
    "He restricted the access; restricted parking area",
    "KEEP IT SECRET AND KEEP IT SAFE",
    "WE KEEP THIS CONFIDENTIAL FOR NOW",
    "TLP:CLEAR, TLP:WHITE and TLP:GREEN",
    "TLP is the traffic light protocol: red, amber, green",
    "The diffusion of heat, do not distribute flyers in the lobby",
    "Secret\nInternal\nRestricted",
]


@pytest.mark.parametrize(("text", "kind", "marked"), MARKED)
def test_a_marking_is_found_with_its_level(text, kind, marked):
    found = {(finding.term, text[finding.start : finding.end].rstrip("\u200b")) for finding in scan(ANY, text).findings}
    assert (kind, marked) in found


@pytest.mark.parametrize("text", PROSE)
def test_the_same_words_in_a_sentence_are_none(text):
    assert marks(ANY, text) == []


def test_strict_amber_is_not_amber_as_well():
    assert [finding.term for finding in scan(ANY, "TLP:AMBER+STRICT").findings] == ["tlp-amber-strict"]


def test_green_is_found_by_a_rule_that_names_it_and_clear_by_none():
    assert marks(detecting("marking", kinds=["tlp-green"]), "TLP:GREEN, TLP:CLEAR, TLP:WHITE") == ["TLP:GREEN"]
    assert marks(detecting("marking", kinds=["any", "tlp-green"]), "TLP:GREEN TLP:RED") == ["TLP:GREEN", "TLP:RED"]


def test_every_level_is_tested_has_both_languages_and_a_trigger_in_every_sample():
    assert {kind for _, kind, _ in MARKED} | {"tlp-green"} == set(KINDS)
    assert all(kind.title.en and kind.title.fr for kind in KINDS.values())
    for text, kind, _ in MARKED:
        assert any(fold(trigger) in fold(text) for trigger in KINDS[kind].triggers), text
