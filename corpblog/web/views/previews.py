"""Previews of the pages that posts link to: their picture, and taking one off."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from corpblog.posts import selectors as posts
from corpblog.posts import services
from corpblog.web import file_answers
from corpblog.web.views.asking import person_of
from corpblog.web.views.browser import is_htmx


@require_safe
def picture(request: HttpRequest, post_id: int) -> HttpResponse:
    """The picture that a preview shows, as we encoded it, to whoever may see the post."""
    digest = posts.preview_picture(person_of(request), post_id)
    return file_answers.answer(digest=digest, kind="image/webp", name=f"{post_id}.webp")


@require_POST
def remove(request: HttpRequest, post_id: int) -> HttpResponse:
    """Take the preview off one's own post."""
    services.remove_preview(by=person_of(request), post_id=post_id)
    if is_htmx(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("web:thread", args=[post_id]))
