"""The queue of a destination, and the periods in which it is quiet."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from corpblog.kernel.errors import CorpblogError
from corpblog.sharing import access, queues, selectors, services
from corpblog.web import share_words
from corpblog.web.outgoing_forms import QuietForm, TimesForm
from corpblog.web.views.asking import number, person_of
from corpblog.web.views.browser import is_htmx
from corpblog.web.views.share_planning import times_page


@dataclass(frozen=True)
class Shown:
    """A place of the queue with the words of its share, where this person may read them."""

    place: queues.Place
    row: share_words.Row | None


@require_GET
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for its time at one destination, in order, and the next free slots."""
    person, destination = person_of(request), selectors.destination_by_slug(slug)
    places = [
        Shown(place, share_words.row(place.share) if place.share else None)
        for place in queues.queue_of(person, destination)
    ]
    context = {
        "destination": destination,
        "places": places,
        "can_set_times": access.can_set_times(person),
        "quiet": queues.coming_quiet(destination),
    }
    return render(request, "shares/_queue.html" if is_htmx(request) else "shares/queue.html", context)


@require_POST
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """Let a share change places with its neighbour, or take it out."""
    person, destination = person_of(request), selectors.destination_by_slug(slug)
    act = request.POST.get("act", "")
    share = selectors.waiting_at(person, destination, number(request.POST.get("share")))
    try:
        if act == "out":
            services.withdraw(by=person, share=share)
            messages.success(request, _("It was taken out. Nothing of it leaves."))
        else:
            moved = services.move_in_queue(by=person, share=share, earlier=act == "earlier")
            messages.success(request, share_words.moved(moved))
    except CorpblogError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("web:share_queue", args=[slug]))


@require_POST
def be_quiet(request: HttpRequest, slug: str) -> HttpResponse:
    """Let nothing leave for a destination from one instant to another."""
    person, destination = person_of(request), selectors.destination_by_slug(slug)
    form, status = QuietForm(request.POST, prefix="quiet"), 422
    if form.is_valid():
        try:
            waiting = services.be_quiet(by=person, destination=destination, **form.period())
        except CorpblogError as error:
            form.blame(error)
            status = error.status
        else:
            said = ngettext(
                "It is quiet then. %(n)s planned share waits until it ends.",
                "It is quiet then. %(n)s planned shares wait until it ends.",
                waiting,
            )
            messages.success(request, said % {"n": waiting} if waiting else _("It is quiet then."))
            return HttpResponseRedirect(reverse("web:share_times", args=[slug]))
    times = TimesForm.of(selectors.timetable_of(destination))
    return times_page(request, destination, times, status, quiet_form=form)


@require_POST
def end_quiet(request: HttpRequest, slug: str, period_id: int) -> HttpResponse:
    """Take a quiet period away."""
    destination = selectors.destination_by_slug(slug)
    services.end_quiet(by=person_of(request), destination=destination, period_id=period_id)
    messages.success(request, _("The quiet period is gone. What waited for its end leaves at its time."))
    return HttpResponseRedirect(reverse("web:share_times", args=[slug]))
