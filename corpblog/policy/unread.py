"""Why a file, or a part of it, was not read, in words; and the finding that holds it for that reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from corpblog.policy.engine import Finding, Outcome, Verdict
from corpblog.policy.engine.verdict import SeenAs
from corpblog.policy.engine.wording import Wording

UNREAD_RULE: Final = "unread-file"
_TITLE: Final = Wording(en="A file could not be read whole", fr="Un fichier n’a pas pu être lu en entier")
# Reading them again may help: the child was ended, or had no place.
PASSING: Final = frozenset({"busy", "time", "crashed"})
WHY: Final[dict[str, Wording]] = {
    "busy": Wording(en="Too many files were being read at once.", fr="Trop de fichiers étaient lus en même temps."),
    "crashed": Wording(en="Reading it broke off.", fr="Sa lecture s’est interrompue."),
    "damaged": Wording(en="It is damaged or incomplete.", fr="Il est endommagé ou incomplet."),
    "encoding": Wording(
        en="Its letters are in an encoding that cannot be told.",
        fr="Ses lettres sont dans un codage impossible à déterminer.",
    ),
    "encrypted": Wording(en="It is protected by a password.", fr="Il est protégé par un mot de passe."),
    "hidden_bytes": Wording(
        en="It has bytes that belong to none of its entries.",
        fr="Il contient des octets qui n’appartiennent à aucune de ses entrées.",
    ),
    "many_pictures": Wording(en="It has more than 20 pictures.", fr="Il contient plus de 20 images."),
    "name_lies": Wording(
        en="Its name promises another kind of file than it is.",
        fr="Son nom annonce un autre type de fichier que le sien.",
    ),
    "nested": Wording(
        en="It has an archive in it, or files too deep in files.",
        fr="Il contient une archive, ou des fichiers trop imbriqués.",
    ),
    "no_ocr": Wording(
        en="The words in a picture could not be read here.",
        fr="Les mots d’une image n’ont pas pu être lus ici.",
    ),
    "no_text": Wording(
        en="It shows something, and no words could be read in it.",
        fr="Il montre quelque chose, mais aucun mot n’a pu y être lu.",
    ),
    "not_read": Wording(en="It has not been read yet.", fr="Il n’a pas encore été lu."),
    "odd_entry": Wording(
        en="It has an entry that would be unpacked elsewhere.",
        fr="Il contient une entrée qui serait extraite ailleurs.",
    ),
    "time": Wording(en="Reading it took too long.", fr="Sa lecture a pris trop de temps."),
    "too_large": Wording(
        en="It is too large, or made to grow when it is opened.",
        fr="Il est trop volumineux, ou fait pour enfler à l’ouverture.",
    ),
    "too_long": Wording(
        en="It has more than 500,000 characters.", fr="Il compte plus de 500\u202f000 caractères."
    ),
    "unknown": Wording(
        en="It is, or has in it, a kind of file that cannot be read.",
        fr="C’est un type de fichier illisible, ou il en contient un.",
    ),
    "unread_part": Wording(en="A part of it cannot be read.", fr="Une partie n’est pas lisible."),
}  # fmt: skip


def held_for(verdict: Verdict, unread: Mapping[str, Sequence[str]]) -> Verdict:
    """Return the verdict with a finding for each reason: what was not read is never clean.

    unread: reasons by the field that the file's text would have filled.
    """
    findings = tuple(_finding(field, code) for field, codes in unread.items() for code in codes)
    if not findings:
        return verdict
    return dataclasses.replace(
        verdict,
        outcome=max(verdict.outcome, Outcome.HOLD),
        findings=(*verdict.findings, *findings),
        reviewers=max(1, verdict.reviewers),
    )


def why(code: str) -> Wording:
    """Return the reason in words; for a code of a later version, that it cannot be read."""
    return WHY.get(code, WHY["unread_part"])


def _finding(field: str, code: str) -> Finding:
    return Finding(
        rule=UNREAD_RULE,
        term=code,
        field=field,
        start=0,
        end=0,
        view="",
        confidence=1.0,
        outcome=Outcome.HOLD,
        seen_as=SeenAs.NOTHING,
        score=Outcome.HOLD.usual_score,
        title=_TITLE,
        why=why(code),
    )
