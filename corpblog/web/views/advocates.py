"""What is offered to me, and saying it in my own words on my own account."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import View

from corpblog.kernel.errors import CorpblogError, Invalid
from corpblog.people.models import Person
from corpblog.sharing import access, advocacy, canonical, services
from corpblog.sharing.advocacy import Offered
from corpblog.sharing.errors import JustificationNeeded
from corpblog.sharing.marks import Marked
from corpblog.sharing.models import Destination, Share
from corpblog.sharing.wishes import Wish
from corpblog.web import share_words
from corpblog.web.advocacy_forms import RevoiceForm
from corpblog.web.network_preview import preview_of
from corpblog.web.verdicts import present_outside
from corpblog.web.views.asking import person_of


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What is offered to me and what I made of it; what I offered, and what others made of that."""
    person = person_of(request)
    context = {
        "offers": [_row(found) for found in advocacy.offered_to(person)],
        "made": advocacy.made_by(person),
        "figures": advocacy.figures_of(person),
        "accounts": advocacy.own_accounts(person),
        "networks": advocacy.own_networks(),
    }
    return render(request, "advocates/page.html", context)


def _row(found: Offered) -> dict[str, Any]:
    return {"offered": found, "copies": [_brief(copy) for copy in found.copies]}


def _brief(copy: Share) -> dict[str, Any]:
    """A copy in a list of many: where it is and how it stands, without a question to the database."""
    receipt = getattr(getattr(copy, "job", None), "receipt", None)
    url = receipt.url if receipt is not None and copy.state == Share.State.SENT else ""
    return {"share": copy, "state": copy.get_state_display(), "remote_url": url if url.startswith("https://") else ""}


class Say(View):
    """Say it: now or later, on one of my accounts. What waits there already gets the new words."""

    def get(self, request: HttpRequest, offer_id: int) -> HttpResponse:
        person = person_of(request)
        found = advocacy.offered(person, offer_id)
        accounts = advocacy.own_accounts(person)
        waiting = _waiting(found, accounts[0]) if accounts else None
        return self._form(request, found, RevoiceForm(accounts, waiting.words if waiting else found.words))

    def post(self, request: HttpRequest, offer_id: int) -> HttpResponse:
        person = person_of(request)
        found = advocacy.offered(person, offer_id)
        form = RevoiceForm(advocacy.own_accounts(person), found.words, request.POST)
        try:
            if not form.is_valid():
                raise Invalid(_("Correct the fields that are marked."))
            made = self._said(person, found, form)
        except CorpblogError as error:
            return self._form(request, found, form, error)
        messages.success(request, share_words.asked(made))
        return HttpResponseRedirect(reverse("web:share", args=[made.pk]))

    def _said(self, person: Person, found: Offered, form: RevoiceForm) -> Share:
        account = access.own_destination_for(person, form.cleaned_data["account"])
        waiting = _waiting(found, account)
        if waiting is not None:
            return services.plan(by=person, share=waiting, wish=form.wish)
        return services.revoice(
            by=person,
            offer=found.offer,
            destination=account,
            words=form.wish.words,
            send_at=form.wish.send_at,
            zone=form.wish.zone,
            justification=form.cleaned_data["reason"],
        )

    def _form(
        self, request: HttpRequest, found: Offered, form: RevoiceForm, error: CorpblogError | None = None
    ) -> HttpResponse:
        context = {
            "found": found,
            "form": form,
            "accounts": advocacy.own_accounts(person_of(request)),
            "networks": advocacy.own_networks(),
            "copies": [share_words.row(copy) for copy in found.copies],
            "tag": advocacy.disclosure_in(found.language),
            "needs_reason": isinstance(error, JustificationNeeded) or bool(form.data.get("reason")),
            "failure": error.message if error else "",
        }
        return render(request, "advocates/say.html", context, status=error.status if error else 200)


def _waiting(found: Offered, account: Destination) -> Share | None:
    """Return the copy that waits for this account, if there is one."""
    there = (copy for copy in found.copies if copy.destination_id == account.pk)
    return next((copy for copy in there if copy.state in Share.STOPPABLE), None)


@require_POST
def check(request: HttpRequest, offer_id: int) -> HttpResponse:
    """What would become of these words: within the budget or by the queue, and why; and how they look there."""
    person = person_of(request)
    found = advocacy.offered(person, offer_id)
    account = access.own_destination_for(person, request.POST.get("account", ""))
    words = request.POST.get("words", "").replace("\r\n", "\n").strip()
    wish = Wish(words=words or found.words, revoices=found.offer.share_id)
    judged = services.preview_copy(post=found.offer.share.post, destination=account, by=person, wish=wish)
    text = canonical.read(judged.canonical)["text"]
    context = {
        "rides": services.rides(judged=judged, destination=account, by=person),
        "reckoning": services.reckoned(judged),
        "verdict_html": present_outside(text, judged.verdict).html,
        "previews": [(preview_of(Marked(text), account), "")],
    }
    return render(request, "advocates/_check.html", context)
