"""Correct what is out, at every place where its author wants it: with what will happen at each, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from corpblog.kernel.errors import CorpblogError, Invalid
from corpblog.people.models import Person
from corpblog.sharing import access, selectors, services
from corpblog.sharing.errors import ShareBlocked
from corpblog.sharing.models import Share
from corpblog.sharing.outward import outward
from corpblog.sharing.selectors import Correctable
from corpblog.web.verdicts import present_outside
from corpblog.web.views.asking import person_of


@dataclass(frozen=True)
class Wording:
    """The same words at one place or several: corrected together. `typed` is what a person wrote instead."""

    words: str
    typed: str
    places: tuple[Correctable, ...]
    trouble: tuple[str, ...] = ()
    verdict_html: str = ""

    @property
    def key(self) -> str:
        """The places by their shares, as the form sends them back."""
        return ",".join(str(place.share.pk) for place in self.places)


class Correct(View):
    """The words that are out, to be written anew. Only what one changes is corrected."""

    def get(self, request: HttpRequest, share_id: int) -> HttpResponse:
        person = person_of(request)
        found = selectors.share_for(person, share_id)
        return _form(request, found, _wordings(selectors.correctable(person, found), {}))

    def post(self, request: HttpRequest, share_id: int) -> HttpResponse:
        person = person_of(request)
        found = selectors.share_for(person, share_id)
        access.check_may_correct(person, found)
        typed = dict(zip(request.POST.getlist("shares"), request.POST.getlist("words"), strict=False))
        wordings = _wordings(selectors.correctable(person, found), typed)
        try:
            failed = _correct(person, wordings, request.POST.get("reason", ""))
        except Invalid as error:
            return _form(request, found, wordings, error)
        if failed:
            return _form(request, found, failed, Invalid(_("Not everything was taken. See below what is left.")))
        messages.success(request, _("The correction is asked for. This page says when it is there."))
        return HttpResponseRedirect(reverse("web:share", args=[share_id]))


def _wordings(places: list[Correctable], typed: Mapping[str, str]) -> list[Wording]:
    """Group the places by the words that stand there; what was typed finds its group by its shares."""
    groups: dict[str, list[Correctable]] = {}
    for place in places:
        if not place.obstacle and place.on_its_way is None:
            groups.setdefault(place.words, []).append(place)
    made = [Wording(words, words, tuple(group)) for words, group in groups.items()]
    return [Wording(one.words, typed.get(one.key, one.words), one.places) for one in made]


def _correct(person: Person, wordings: list[Wording], reason: str) -> list[Wording]:
    """Ask for every correction; return what is left to be mended, with what is wrong with it."""
    changed = [one for one in wordings if one.typed.replace("\r\n", "\n").strip() != one.words]
    if not changed:
        raise Invalid(_("These are the words that stand there. Change them first."))
    return [left for one in changed if (left := _corrected(person, one, reason)) is not None]


def _corrected(person: Person, one: Wording, reason: str) -> Wording | None:
    wanted: dict[Share, str] = {place.share: one.typed for place in one.places}
    answers = services.correct_everywhere(by=person, words=wanted, reason=reason)
    refused = {share: answer.refused for share, answer in answers.items() if answer.refused is not None}
    if not refused:
        return None
    left = tuple(place for place in one.places if place.share in refused)
    trouble = tuple(f"{share.destination.name}: {error.message}" for share, error in refused.items())
    blocked = next((error for error in refused.values() if isinstance(error, ShareBlocked)), None)
    words = outward(one.typed, left[0].share.destination.kind).text
    html = present_outside(words, blocked.verdict).html if blocked else ""
    return Wording(one.words, one.typed, left, trouble, html)


def _form(
    request: HttpRequest, found: Share, wordings: list[Wording], error: CorpblogError | None = None
) -> HttpResponse:
    person = person_of(request)
    access.check_may_correct(person, found)
    places = selectors.correctable(person, found)
    count = sum(len(one.places) for one in wordings)
    context = {
        "share": found,
        "wordings": wordings,
        "lede": ngettext(
            "Only what you change is corrected. It is checked like everything that leaves.",
            "Only what you change is corrected, place by place. It is checked like everything that leaves.",
            count,
        ),
        "stuck": [place for place in places if place.obstacle or place.on_its_way],
        "reason": request.POST.get("reason", ""),
        "failure": error.message if error else "",
    }
    return render(request, "shares/correct.html", context, status=error.status if error else 200)
