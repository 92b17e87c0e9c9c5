"""How a share leaves: its words there, what it will look like, and when."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import get_default_timezone_name
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from corpblog.desk import selectors as desk
from corpblog.kernel.errors import CorpblogError, Invalid, NotAllowed
from corpblog.people.models import Person
from corpblog.posts import selectors as posts
from corpblog.posts import services as written
from corpblog.posts.models import Post
from corpblog.sharing import access, queues, selectors, services
from corpblog.sharing.marks import Marked
from corpblog.sharing.models import Destination
from corpblog.sharing.outward import outward
from corpblog.sharing.splitting import split_for
from corpblog.sharing.wishes import moved_to
from corpblog.web import outside, share_words
from corpblog.web.errors import answer
from corpblog.web.network_preview import NOTHING, Beside, NetworkPreview, preview_of
from corpblog.web.outgoing_forms import QuietForm, TimesForm, WishForm
from corpblog.web.verdicts import present_outside
from corpblog.web.views.asking import channel_of, number, person_of, quoted_of, wishes_of
from corpblog.web.views.browser import wants_json


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The words as the chosen network would show them, with what the gate says of them now."""
    person = person_of(request)
    # A composer has none yet.
    post = posts.post_for(person, number(request.POST.get("post"))) if "post" in request.POST else None
    channel = post.channel if post else channel_of(request, person)
    # A form for several places names them in its address, or has boxes to tick.
    slugs = request.GET.getlist("destination") or request.POST.getlist("destination")
    destinations = [selectors.destination_by_slug(slug) for slug in slugs]
    beside = _beside(request, person, post)
    quotes = _quoted(request, person, post)
    said = _plain(request, "words") or (post.text if post else _plain(request, "text"))
    shown: list[tuple[NetworkPreview | None, str]] = []
    for destination in destinations:
        words = outside.words_for(request.POST, destination) or said
        try:
            parts = _parts_there(request, words, destination)
        except Invalid as error:
            shown.append((None, format_html('<p class="field-error" role="status">{}</p>', error.message)))
            continue
        for place, leaving in enumerate(parts):
            # Files and what is quoted belong to the first post of a thread.
            also = beside if not place else NOTHING
            verdict = services.preview(
                text=leaving.text,
                beside=leaving.marks,
                channel=channel,
                destination=destination,
                by=person,
                carried=also.carried,
                quotes=quotes if not place else None,
            )
            html = present_outside(leaving.text, verdict, also.carried).html
            shown.append((preview_of(leaving, destination, also), html))
    undescribed = outside.undescribed(destinations, beside.carried)
    return render(request, "shares/_preview.html", {"previews": shown, "undescribed": undescribed})


@require_POST
def wishes(request: HttpRequest) -> HttpResponse:
    """How a post shall leave, beside the composer that holds it: fields for the places that are ticked."""
    return render(request, "shares/_wishes.html", {"wishes": outside.wishes_typed(request.POST, person_of(request))})


def _beside(request: HttpRequest, person: Person, post: Post | None) -> Beside:
    """Return what the post has beside its words, or what the composer holds."""
    carried = post.files if post else written.carried(person, wishes_of(request))
    return Beside(
        carried=carried,
        urls=[reverse("web:file_small", args=[file["id"]]) if file["width"] else "" for file in carried],
        is_quoting=_quoted(request, person, post) is not None,
        has_part=bool(post.kind if post else request.POST.get("kind")),
    )


def _quoted(request: HttpRequest, person: Person, post: Post | None) -> Post | None:
    """Return what is quoted; None where the composer quotes what may not be seen any more, which posting will say."""
    if post is not None:
        return post.quotes
    try:
        return quoted_of(request, person)
    except CorpblogError:
        return None


def _plain(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\r\n", "\n").strip()


def _parts_there(request: HttpRequest, words: str, destination: Destination) -> list[Marked]:
    """Return the posts that it would be there, the first comment last."""
    comment = outward(_plain(request, "comment"), destination.kind)
    leaving = outward(words, destination.kind)
    whole = split_for(leaving, destination) if request.POST.get("as_thread") else [leaving]
    parts = [*whole, *([comment] if comment.text else [])]
    services.check_takes_parts(len(parts), destination)
    return parts


@require_POST
def plan(request: HttpRequest, share_id: int) -> HttpResponse:
    """Change the words and the time of a share that has not left."""
    person = person_of(request)
    share = selectors.share_for(person, share_id)
    form = WishForm(request.POST)
    try:
        if not form.is_valid():
            raise Invalid(_("Correct the fields that are marked."))
        planned = services.plan(by=person, share=share, wish=form.wish)
    except CorpblogError as error:
        if wants_json(request):
            return answer(request, error)
        context = share_words.page(share, person, desk.names(person, share)) | {
            "wish_form": form,
            "plan_failure": error.message,
        }
        return render(request, "shares/share.html", context, status=error.status)
    messages.success(request, share_words.asked(planned))
    return HttpResponseRedirect(reverse("web:share", args=[share_id]))


@require_POST
def move(request: HttpRequest, share_id: int) -> HttpResponse:
    """Move a share to another day of the calendar, at the same time of that day."""
    person = person_of(request)
    share = selectors.share_for(person, share_id)
    try:
        planned = services.plan(by=person, share=share, wish=moved_to(share.wish, request.POST.get("day", "")))
    except CorpblogError as error:
        return answer(request, error)
    return JsonResponse({"message": share_words.moved(planned)})


@require_http_methods(["GET", "POST"])
def times(request: HttpRequest, slug: str) -> HttpResponse:
    """When a destination is quiet, and its slots."""
    person = person_of(request)
    destination = selectors.destination_by_slug(slug)
    if not access.can_set_times(person):
        raise NotAllowed(_("Communications and connector admins set sending times."))
    if request.method == "GET":
        return times_page(request, destination, TimesForm.of(selectors.timetable_of(destination)))
    form = TimesForm(request.POST)
    if not form.is_valid():
        return times_page(request, destination, form, 422)
    try:
        services.set_times(by=person, destination=destination, times=form.times())
    except CorpblogError as error:
        return times_page(request, destination, form, error.status, failure=error.message)
    messages.success(request, _("Saved. What waits minds it from now on."))
    return HttpResponseRedirect(reverse("web:calendar"))


def times_page(
    request: HttpRequest,
    destination: Destination,
    form: TimesForm,
    status: int = 200,
    *,
    failure: str = "",
    quiet_form: QuietForm | None = None,
) -> HttpResponse:
    """Return the page with a destination's times: those of the week, and the periods in which it is quiet."""
    context = {
        "destination": destination,
        "form": form,
        "failure": failure,
        "quiet_form": quiet_form or QuietForm(prefix="quiet", initial={"zone": get_default_timezone_name()}),
        "periods": queues.coming_quiet(destination),
    }
    return render(request, "shares/times.html", context, status=status)
