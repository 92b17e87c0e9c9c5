"""Offering what the company says to colleagues, and what they made of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import View

from corpblog.kernel.errors import CorpblogError, Invalid
from corpblog.sharing import access, advocacy, selectors, services
from corpblog.sharing.models import Share
from corpblog.web import share_words
from corpblog.web.advocacy_forms import OfferForm
from corpblog.web.views.asking import person_of


class Offering(View):
    """Offer a share, or see what colleagues made of it."""

    def get(self, request: HttpRequest, share_id: int) -> HttpResponse:
        person = person_of(request)
        found = selectors.share_for(person, share_id)
        return self._page(request, found, OfferForm(advocacy.audiences(person)))

    def post(self, request: HttpRequest, share_id: int) -> HttpResponse:
        person = person_of(request)
        found = selectors.share_for(person, share_id)
        form = OfferForm(advocacy.audiences(person), request.POST)
        try:
            if not form.is_valid():
                raise Invalid(_("Correct the fields that are marked."))
            services.offer(by=person, share=found, audience=form.audience, note=form.cleaned_data["note"])
        except CorpblogError as error:
            return self._page(request, found, form, error)
        messages.success(request, _("It is offered. Your colleagues find it under Advocates."))
        return HttpResponseRedirect(reverse("web:share_offer", args=[share_id]))

    def _page(
        self, request: HttpRequest, found: Share, form: OfferForm, error: CorpblogError | None = None
    ) -> HttpResponse:
        person = person_of(request)
        offer = advocacy.offer_of(person, found)
        copies = advocacy.copies_of(person, found)
        context = {
            "share": found,
            "row": share_words.row(found),
            "offer": offer,
            "channels": [channel.name for channel in offer.channels.all()] if offer else [],
            "form": form if access.can_offer(person, found) and (offer is None or offer.ended_at) else None,
            "can_end": offer is not None and offer.ended_at is None and access.can_end_offer(person, offer),
            "copies": [(copy.author, share_words.row(copy)) for copy in copies],
            "said": sum(copy.state == Share.State.SENT for copy in copies),
            "failure": error.message if error else "",
        }
        return render(request, "advocates/offer.html", context, status=error.status if error else 200)


@require_POST
def end(request: HttpRequest, share_id: int) -> HttpResponse:
    """Offer it no longer."""
    person = person_of(request)
    offer = advocacy.offer_of(person, selectors.share_for(person, share_id))
    if offer is None:
        raise access.no_such_offer()
    services.end_offer(by=person, offer=offer)
    messages.success(request, _("It is offered no longer. What is out stays there."))
    return HttpResponseRedirect(reverse("web:share_offer", args=[share_id]))
