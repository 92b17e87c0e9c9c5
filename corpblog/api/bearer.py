"""Who asks, by the token that the request carries; cookies count for nothing here, so no page can act through it."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from corpblog.kernel.errors import CorpblogError
from corpblog.kernel.limits import Limit
from corpblog.people.models import AccessToken, Scope
from corpblog.people.services import use_token

# Mastodon's own limit for a signed-in client.
PER_TOKEN = Limit("api_token", 300, timedelta(minutes=5))
GUESSES = Limit("api_guess", 60, timedelta(minutes=5))

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, AccessToken, Rest], JsonResponse]


def bearer(*scopes: Scope) -> Callable[[View[Rest]], Callable[..., JsonResponse]]:
    """Let in who shows a live token that is good for one of the scopes; the view gets the token.

    Answers 401 without a token, 403 for a token of other scopes, and the product's errors as `{"error": …}`.
    """

    def decorate(view: View[Rest]) -> Callable[..., JsonResponse]:
        @csrf_exempt
        @login_not_required
        @wraps(view)
        def door(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> JsonResponse:
            try:
                token = _token_of(request)
                if token is None:
                    return refusal(_("The access token is invalid."), 401)
                if not set(scopes) & set(token.scopes):
                    return refusal(_("This action is outside the authorized scopes."), 403)
                PER_TOKEN.hit(str(token.pk))
                language = token.person.language or translation.get_language()
                with translation.override(language), timezone.override(token.person.zone):
                    return view(request, token, *args, **kwargs)
            except CorpblogError as error:
                answer = refusal(error.message, error.status)
                if retry_after := getattr(error, "retry_after", None):
                    answer["Retry-After"] = str(retry_after)
                return answer

        return door

    return decorate


def refusal(words: str, status: int) -> JsonResponse:
    """Return an error as clients of Mastodon read it."""
    return JsonResponse({"error": words}, status=status)


def _token_of(request: HttpRequest) -> AccessToken | None:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        return None
    address = request.META.get("REMOTE_ADDR", "")
    GUESSES.check(address)
    token = use_token(secret.strip())
    if token is None:
        GUESSES.record(address)
    return token
