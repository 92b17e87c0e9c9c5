"""What an employee says of an offered share on their own account, and the clearance that those words may ride on."""

from collections.abc import Collection
from typing import Final

from django.conf import settings

from corpblog.people.selectors import everybodys_names
from corpblog.policy.engine import Finding, Outcome
from corpblog.policy.engine.folding import WORD, fold
from corpblog.policy.engine.wording import Wording
from corpblog.sharing import budget, canonical, marks
from corpblog.sharing.budget import Kind
from corpblog.sharing.models import Receipt, Share, ShareRevision

RULE: Final = "edit-budget"
_TITLE: Final = Wording(en="Beyond the edit budget", fr="Au-delà de la marge de reformulation")
_WHY: Final = {
    Kind.NAME: Wording(
        en="This may be a name, and the cleared words do not have it. Leave it out, or a reviewer looks at it.",
        fr="C’est peut-être un nom, absent du texte validé. Retirez-le, sinon on le relira.",
    ),
    Kind.NUMBER: Wording(
        en="This number, date or quantity is not in the cleared words, or not there. Use theirs, or a reviewer looks.",
        fr="Ce nombre, cette date ou cette quantité diffère du texte validé. Reprenez-le tel quel, sinon on le relira.",
    ),
    Kind.LINK: Wording(
        en="This address is not in the cleared words. Leave it out, or a reviewer looks at it.",
        fr="Cette adresse n’est pas dans le texte validé. Retirez-la, sinon on la relira.",
    ),
    Kind.MENTION: Wording(
        en="This calls somebody whom the cleared words do not call. Leave it out, or a reviewer looks at it.",
        fr="Ceci interpelle quelqu’un que le texte validé ne nomme pas. Retirez-le, sinon on le relira.",
    ),
    Kind.TAG: Wording(
        en="This hashtag is not in the cleared words. Leave it out, or a reviewer looks at it.",
        fr="Ce mot-dièse n’est pas dans le texte validé. Retirez-le, sinon on le relira.",
    ),
    Kind.NEGATION: Wording(
        en="It says no where the cleared words do not, or the other way round. A reviewer looks at it.",
        fr="Une négation s’ajoute ou manque par rapport au texte validé. On le relira.",
    ),
    Kind.ORDER: Wording(
        en="Names are repeated or changed places, and so perhaps their parts. Keep their order, or a reviewer looks.",
        fr="Des noms sont répétés ou ont changé de place. Gardez leur ordre, sinon on le relira.",
    ),
    Kind.HIDDEN: Wording(
        en="There is a character here that shows nothing. Type the word anew, or a reviewer looks at it.",
        fr="Il y a ici un caractère invisible. Retapez le mot, sinon on le relira.",
    ),
    Kind.LONG: Wording(
        en="This word is very long. Leave it out, or a reviewer looks at it.",
        fr="Ce mot est très long. Retirez-le, sinon on le relira.",
    ),
}


def cleared(original_id: int) -> ShareRevision:
    """Return the words that an offered share stands for now: what is out, or else what leaves."""
    receipt = Receipt.objects.filter(job__share=original_id)
    arrived = receipt.select_related("job__revision__share", "shows__revision__share").first()
    if arrived is not None:
        return arrived.standing.revision
    revision = Share.objects.select_related("revision__share").get(pk=original_id).revision
    assert revision is not None
    return revision


def disclosed(text: str, language: str) -> str:
    """Return the text with the words by which employees say that they are, where it has not got them."""
    if _disclosures() & {tag.casefold() for tag in text.split()}:
        return text
    return text + _BEFORE + disclosure(language)


def disclosure(language: str) -> str:
    """Return how employees say that they are, in that language."""
    said: dict[str, str] = settings.DISCLOSURES
    return said.get(language, said["en"])


_BEFORE: Final = "\n\n"


def _disclosures() -> frozenset[str]:
    return frozenset(tag.casefold() for tag in settings.DISCLOSURES.values())


def reckoned(form: str, cleared_form: str) -> budget.Reckoning:
    """Return how far a copy's words are from the cleared ones. What we put under them ourselves does not count."""
    said = canonical.read(form)
    words = str(said["text"]).removesuffix(_BEFORE + disclosure(said["language"]))
    tags = [tag.removeprefix("#") for tag in _disclosures()]
    # With the addresses that stand behind names: they were cleared as well.
    of_company = marks.of_form(canonical.read(cleared_form)).flat().text
    return budget.reckon(of_company, words, names=_in_directory, tags=tags)


def objections(form: str, cleared_form: str) -> tuple[Finding, ...]:
    """Return what a copy says beyond its budget, each with its place, as the policy's findings are: they hold it."""
    found, text = reckoned(form, cleared_form), canonical.read(form)["text"]
    return tuple(_finding(each, text, found) for each in found.objections)


def _finding(objection: budget.Objection, text: str, found: budget.Reckoning) -> Finding:
    return Finding(
        rule=RULE,
        term=text[objection.start : objection.end],
        field="text" if objection.end else "",
        start=objection.start,
        end=objection.end,
        view="A",
        confidence=1.0,
        outcome=Outcome.HOLD,
        score=Outcome.HOLD.usual_score,
        title=_TITLE,
        why=_WHY.get(objection.kind) or _too_many(found),
    )


def _too_many(found: budget.Reckoning) -> Wording:
    changed, allowed = found.changed, found.allowed
    return Wording(
        en=f"{changed} words were changed, and {allowed} may be. Keep more of the text, or a reviewer looks at it.",
        fr=f"{changed} mots changés, {allowed} autorisés. Gardez davantage du texte, sinon on le relira.",
    )


def _in_directory(words: Collection[str]) -> set[str]:
    """Return which of these folded words are part of the name of somebody who works here, or did."""
    return set(words) & set(WORD.findall(fold("\n".join(everybodys_names()))))
