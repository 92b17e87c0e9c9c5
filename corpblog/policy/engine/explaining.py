"""Findings in words: what was found, why it matters, how it was seen and what to do next, in English and French."""

from __future__ import annotations

from typing import Final, TypedDict

from corpblog.policy.engine.verdict import Finding, Outcome, SeenAs
from corpblog.policy.engine.wording import Wording


class Explanation(TypedDict):
    """Four short texts for a person. `seen_as` is empty when the words stand there as in the policy."""

    title: str
    reason: str
    seen_as: str
    next_step: str


_SEEN_AS: Final = {
    SeenAs.WRITTEN: Wording(),
    SeenAs.ACCENTS: Wording(en="written with other accents", fr="écrit avec d’autres accents"),
    SeenAs.HIDDEN: Wording(en="hidden characters", fr="caractères invisibles"),
    SeenAs.LOOKALIKE: Wording(en="look-alike letters", fr="lettres ressemblantes"),
    SeenAs.SPACED: Wording(en="spaced out or run together", fr="lettres espacées ou collées"),
    SeenAs.LEET: Wording(en="digits or symbols for letters", fr="chiffres ou symboles à la place de lettres"),
    SeenAs.REPEATED: Wording(en="repeated letters", fr="lettres répétées"),
    SeenAs.INFLECTED: Wording(en="another form of the word", fr="une autre forme du mot"),
    SeenAs.PERCENT: Wording(en="encoded as in a web address (%41)", fr="codé comme dans une adresse web (%41)"),
    SeenAs.QUOTED_PRINTABLE: Wording(en="encoded as in an e-mail (=41)", fr="codé comme dans un courriel (=41)"),
    SeenAs.ESCAPED: Wording(en="encoded with backslashes", fr="codé avec des barres obliques inverses"),
    SeenAs.ENTITY: Wording(en="encoded as in a web page (&#65;)", fr="codé comme dans une page web (&#65;)"),
    SeenAs.PUNYCODE: Wording(en="encoded as a domain name (xn--)", fr="codé comme un nom de domaine (xn--)"),
    SeenAs.HEX: Wording(en="encoded in hexadecimal", fr="codé en hexadécimal"),
    SeenAs.BASE64: Wording(en="encoded in base64", fr="codé en base64"),
    SeenAs.ROT13: Wording(en="every letter replaced (ROT13)", fr="chaque lettre remplacée (ROT13)"),
    SeenAs.BACKWARDS: Wording(en="written backwards", fr="écrit à l’envers"),
    SeenAs.TURNED: Wording(en="turned around by an invisible character", fr="retourné par un caractère invisible"),
    SeenAs.SPLIT: Wording(en="spread over several posts or fields", fr="réparti sur plusieurs messages ou champs"),
    SeenAs.EXCERPT: Wording(en="an excerpt of a document", fr="un extrait d’un document"),
    SeenAs.CHANNEL: Wording(en="words of a closed channel", fr="des mots d’un canal fermé"),
    SeenAs.RECORD: Wording(en="values of one record", fr="valeurs d’un même enregistrement"),
    SeenAs.NOTHING: Wording(en="not scanned", fr="non vérifié"),
}

_NEXT_STEPS: Final = {
    Outcome.ALLOW: Wording(en="Nothing to do.", fr="Rien à faire."),
    Outcome.WARN: Wording(
        en="Check before you post: change the words, or post as it is.",
        fr="Vérifiez avant de publier\u202f: changez les mots, ou publiez ainsi.",
    ),
    Outcome.JUSTIFY: Wording(
        en="Say why this may be shared, or change the words.",
        fr="Dites pourquoi cela peut être partagé, ou changez les mots.",
    ),
    Outcome.HOLD: Wording(
        en="A reviewer will look at this first. To post at once, change the words.",
        fr="Une personne va d’abord relire ce texte. Pour publier tout de suite, changez les mots.",
    ),
    Outcome.BLOCK: Wording(
        en="This cannot be posted. Remove the words, or ask the compliance desk.",
        fr="Ceci ne peut pas être publié. Retirez les mots, ou adressez-vous à la conformité.",
    ),
}
_NO_REASON: Final = Wording(
    en="Your company’s policy has a rule about this.", fr="La politique de votre entreprise a une règle à ce sujet."
)


def explain(finding: Finding, language: str) -> Explanation:
    """The finding in the reader's language; English where we have no other."""
    return {
        "title": finding.title.in_language(language) or finding.rule,
        "reason": (finding.why or _NO_REASON).in_language(language),
        "seen_as": _SEEN_AS[finding.seen_as].in_language(language),
        "next_step": _NEXT_STEPS[finding.outcome].in_language(language),
    }
