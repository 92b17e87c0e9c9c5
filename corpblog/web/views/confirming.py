"""Asking for the password again, with the form that waits for it."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from corpblog.kernel.errors import CorpblogError
from corpblog.people.errors import ReauthenticationNeeded


def confirming(
    request: HttpRequest,
    error: CorpblogError,
    *,
    action: str,
    kept: Sequence[tuple[str, str]],
    cancel: str,
    words: str = "",
) -> HttpResponse:
    """Return the page that asks for the password, and then sends what was filled in to `action`.

    kept: the fields of the form that waits, by name and value. cancel: the way back. words: why it is
    asked for, where that is not a decision.
    """
    context = {
        "action": action,
        "kept": kept,
        "note": request.POST.get("note", ""),
        "why": error.message,
        "is_first": isinstance(error, ReauthenticationNeeded),
        "cancel": cancel,
        "words": words,
    }
    return render(request, "web/confirm.html", context, status=error.status)
