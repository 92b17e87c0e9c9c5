"""Publish, edit, delete. Whatever goes wrong, what was typed comes back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import View

from corpblog.kernel.errors import CorpblogError, NotAllowed
from corpblog.people.models import Person
from corpblog.posts import access as post_access
from corpblog.posts import parts, quoting, services
from corpblog.posts import selectors as posts
from corpblog.posts.errors import StaleEdit
from corpblog.posts.models import Post
from corpblog.posts.rendering import render_card
from corpblog.teams import selectors as teams
from corpblog.web import composers, outside
from corpblog.web.composers import Composer
from corpblog.web.errors import answer
from corpblog.web.views.asking import number, person_of, quoted_of, wishes_of
from corpblog.web.views.browser import back, wants_json
from corpblog.web.views.scheduled import said_of, wanted_of


@require_http_methods(["GET", "POST"])
def compose(request: HttpRequest) -> HttpResponse:
    """A page with nothing but the composer; with `quote`, for words about another post.

    Without a script a kind is chosen by posting here what was typed, and it comes back with the fields of the kind.
    """
    person, quoted = person_of(request), number(request.GET.get("quote"))
    if request.method == "POST":
        composer = composers.again(_composer_again(person, request, 0), request)
    elif quoted:
        composer = composers.for_quote(person, quoting.quotable(person, quoted), composers.writable_for(person))
    else:
        composer = composers.for_new(person, channels=composers.writable_for(person), feed="")
    return render(request, "web/compose.html", {"composer": composer, "title": _("Write a post")})


@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Post; a script gets the card, everybody else the page with the post on it."""
    person = person_of(request)
    answered = number(request.POST.get("answers"))
    try:
        if request.POST.get("at", "").strip() and not answered:
            return _scheduled(request, person)
        wished = outside.checked_wishes(request, person)
        post = _publish(request, person, answered)
    except CorpblogError as error:
        return _refused(request, person, answered, error)
    services.discard_draft(by=person, place=_place(post, request))
    said = outside.request_shares(request, person, post, wished)
    if wants_json(request):
        card = render_card(post, get_language() or "en")
        return JsonResponse({"id": str(post.pk), "html": card, "message": said}, status=201)
    if said:
        messages.info(request, said)
    return HttpResponseRedirect(reverse("web:thread", args=[post.pk]))


def _scheduled(request: HttpRequest, person: Person) -> HttpResponse:
    """Keep the post for its time; a script is told when that is."""
    row = services.schedule(by=person, wanted=wanted_of(request, person))
    services.discard_draft(by=person, place=request.POST.get("place", "")[:100] or "new")
    said = said_of(row)
    if wants_json(request):
        return JsonResponse({"id": "", "html": "", "message": said}, status=201)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("web:scheduled"))


def _publish(request: HttpRequest, person: Person, answered: int) -> Post:
    answers = posts.post_for(person, answered) if answered else None
    channel = answers.channel if answers else teams.channel_by_id(person, number(request.POST.get("channel")))
    key = request.POST.get("client_key", "")
    return services.publish(
        by=person,
        channel=channel,
        text=request.POST.get("text", ""),
        answers=answers,
        quotes=quoted_of(request, person),
        idempotency_key=key,
        client_key=key,
        reason=request.POST.get("reason", ""),
        files=wishes_of(request),
        part=parts.read(parts.fields_of(request.POST), person),
    )


def _place(post: Post, request: HttpRequest) -> str:
    """The draft that this post came from, as the composer named it."""
    if post.quotes_id:
        return f"quote:{post.quotes_id}"
    return f"reply:{post.answers_id}" if post.answers_id else request.POST.get("place", "")[:100] or "new"


def _refused(request: HttpRequest, person: Person, answered: int, error: CorpblogError) -> HttpResponse:
    if wants_json(request):
        return answer(request, error)
    composer = _composer_again(person, request, answered)
    title = composer.label
    context = {"composer": composers.again(composer, request, error), "title": title}
    return render(request, "web/compose.html", context, status=error.status)


def _composer_again(person: Person, request: HttpRequest, answered: int) -> Composer:
    if answered:
        try:
            return composers.for_reply(person, posts.post_for(person, answered), "")
        except CorpblogError:
            pass  # What was answered is gone: the text is shown in a composer for a new post instead.
    channels = composers.writable_for(person)
    composer = composers.for_new(person, channels=channels, feed="")
    try:
        if source := quoted_of(request, person):
            composer = composers.for_quote(person, source, channels)
    except CorpblogError:
        pass  # Likewise: what was quoted is gone, the words are kept.
    return composer


class Edit(View):
    """Change what one's post says."""

    def get(self, request: HttpRequest, post_id: int) -> HttpResponse:
        return self._page(request, composers.for_edit(person_of(request), self._mine(request, post_id)))

    def post(self, request: HttpRequest, post_id: int) -> HttpResponse:
        person = person_of(request)
        form = request.POST
        try:
            post = services.edit(
                by=person,
                post_id=post_id,
                text=form.get("text", ""),
                version=number(form.get("version")),
                reason=form.get("reason", ""),
                descriptions=wishes_of(request),
            )
        except CorpblogError as error:
            if error.status in {403, 404}:
                raise
            return self._again(request, post_id, error)
        services.discard_draft(by=person, place=f"edit:{post.pk}")
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("web:thread", args=[post.pk]))

    def _again(self, request: HttpRequest, post_id: int, error: CorpblogError) -> HttpResponse:
        post = self._mine(request, post_id)
        composer = composers.again(composers.for_edit(person_of(request), post), request, error)
        # The page shows both texts, so the next press of Save is a choice and may win.
        stale = post if isinstance(error, StaleEdit) else None
        return self._page(request, composer, stale, error.status)

    def _mine(self, request: HttpRequest, post_id: int) -> Post:
        person = person_of(request)
        post = posts.post_for(person, post_id)
        if not post_access.can_edit(person, post):
            raise NotAllowed(_("Only its author can edit a post."), post=post.pk)
        return post

    def _page(
        self, request: HttpRequest, composer: Composer, stale: Post | None = None, status: int = 200
    ) -> HttpResponse:
        context = {"composer": composer, "title": _("Edit your post"), "stale": stale}
        return render(request, "web/compose.html", context, status=status)


@require_POST
def delete(request: HttpRequest, post_id: int) -> HttpResponse:
    """Delete a post; its replies stay."""
    services.delete(by=person_of(request), post_id=post_id)
    if wants_json(request):
        return HttpResponse(status=204)
    messages.success(request, _("Post deleted."))
    return back(request)
