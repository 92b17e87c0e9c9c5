"""The company's own emoji: administrators add and retire them, everybody sees them."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from corpblog.kernel.errors import CorpblogError
from corpblog.posts import custom_emoji, services
from corpblog.web import file_answers
from corpblog.web.views.admin_console import for_administrators
from corpblog.web.views.asking import person_of

# A name is never given to another picture, so browsers may keep what they have.
KEPT: Final = 7 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def emoji(request: HttpRequest) -> HttpResponse:
    """All emoji of the company, and the form for another; an error leaves the name in the field."""
    name, failure = request.POST.get("name", ""), None
    if request.method == "POST":
        sent = request.FILES.get("picture")
        data = sent.read(custom_emoji.LARGEST + 1) if sent is not None else b""
        try:
            made = services.add_emoji(by=person_of(request), name=name, data=data)
        except CorpblogError as error:
            failure = error
        else:
            messages.success(request, _("%(code)s is there for everybody.") % {"code": made.code})
            return redirect("web:admin_emoji")
    context = {"emoji": custom_emoji.all_of_them(), "name": name, "failure": failure, "most": custom_emoji.MOST}
    return render(request, "web/admin_emoji.html", context, status=failure.status if failure else 200)


@require_POST
@for_administrators
def retire(request: HttpRequest, name: str) -> HttpResponse:
    """Offer an emoji no longer."""
    row = services.retire_emoji(by=person_of(request), name=name)
    messages.success(request, _("%(code)s is retired. It stays where it stands.") % {"code": row.code})
    return redirect("web:admin_emoji")


@require_safe
@cache_control(private=True, max_age=KEPT)
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """An emoji's picture, as we encoded it, to everybody who is signed in."""
    person_of(request)
    return file_answers.answer(digest=custom_emoji.picture_of(name), kind="image/webp", name=f"{name}.webp")


@never_cache
@require_GET
def names(request: HttpRequest) -> HttpResponse:
    """The names of those that may be used, for what is suggested while one writes."""
    person_of(request)
    return JsonResponse({"names": [row.name for row in custom_emoji.offered()]})
