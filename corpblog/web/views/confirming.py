"""Asking for the password again, with the form that waits for it."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from corpblog.kernel.errors import CorpblogError
from corpblog.sharing.errors import ReauthenticationNeeded


def confirming(
    request: HttpRequest, error: CorpblogError, *, action: str, kept: Sequence[tuple[str, str]], cancel: str
) -> HttpResponse:
    """Return the page that asks for the password, and then sends what was filled in to `action`.

    kept: the fields of the form that waits, by name and value. cancel: the way back.
    """
    context = {
        "action": action,
        "kept": kept,
        "note": request.POST.get("note", ""),
        "why": error.message,
        "is_first": isinstance(error, ReauthenticationNeeded),
        "cancel": cancel,
    }
    return render(request, "web/confirm.html", context, status=error.status)
