"""Emoji to choose from, for reactions and for what is written."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from corpblog.posts import custom_emoji, marks
from corpblog.web.views.asking import person_of

# Unicode's groups by their numbers in frontend/public/emoji-*.json; 2 are parts of others.
GROUPS: Final = (
    (0, _("Faces and feelings")),
    (1, _("People")),
    (3, _("Animals and nature")),
    (4, _("Food and drink")),
    (5, _("Travel and places")),
    (6, _("Activities")),
    (7, _("Objects")),
    (8, _("Symbols")),
    (9, _("Flags")),
)
TONES: Final = (
    ("👋", _("No skin tone")),
    ("👋🏻", _("Light skin tone")),
    ("👋🏼", _("Medium-light skin tone")),
    ("👋🏽", _("Medium skin tone")),
    ("👋🏾", _("Medium-dark skin tone")),
    ("👋🏿", _("Dark skin tone")),
)


@never_cache
@require_GET
def picker(request: HttpRequest) -> HttpResponse:
    """What to choose from, with what one gave last; the names come from a file of their own."""
    company = custom_emoji.offered()
    usable = {one.code for one in company}
    # A retired one stays where it stands, and is not given anew.
    recent = [one for one in marks.recent_emoji(person_of(request)) if not one.startswith(":") or one in usable]
    context = {"recent": recent, "company": company, "groups": GROUPS, "tones": TONES}
    return render(request, "posts/_emoji.html", context)
