"""One's access tokens: what programs may do in one's name."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from corpblog.kernel import clock
from corpblog.kernel.errors import CorpblogError
from corpblog.people import services
from corpblog.people.errors import ReauthenticationNeeded
from corpblog.people.selectors import tokens_of
from corpblog.people.services.tokens import MadeToken
from corpblog.web.account_forms import TokenForm
from corpblog.web.views.asking import person_of
from corpblog.web.views.confirming import confirming


@require_GET
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens one has, and the form for another."""
    return _page(request, TokenForm())


@sensitive_post_parameters("password")
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make a token and show its secret, this once: the answer is the page itself and is stored nowhere."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    person = person_of(request)
    try:
        if "password" in request.POST:
            services.confirm(request=request, person=person, password=request.POST["password"])
    except CorpblogError as error:
        return _ask_password(request, form, error)
    try:
        made = services.make_token(by=person, authenticated_at=services.last_confirmed(request), **form.cleaned_data)
    except ReauthenticationNeeded as error:
        return _ask_password(request, form, error)
    except CorpblogError as error:
        form.add_error(None, error.message)
        return _page(request, form, status=error.status)
    return _page(request, TokenForm(), made=made)


@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """End one token at once."""
    if services.revoke_token(by=person_of(request), token_id=token_id):
        messages.success(request, _("The token is revoked."))
    else:
        messages.info(request, _("That token was revoked already."))
    return redirect("web:tokens")


def _ask_password(request: HttpRequest, form: TokenForm, error: CorpblogError) -> HttpResponse:
    chosen = form.cleaned_data
    kept = [("name", chosen["name"]), ("days", str(chosen["days"])), *(("scopes", name) for name in chosen["scopes"])]
    words = _("A token lets a program act in your name, so your password is asked for. What you filled in is kept.")
    page = reverse("web:tokens")
    return confirming(request, error, action=reverse("web:token_make"), kept=kept, cancel=page, words=words)


def _page(request: HttpRequest, form: TokenForm, made: MadeToken | None = None, status: int = 200) -> HttpResponse:
    context = {"form": form, "tokens": tokens_of(person_of(request)), "made": made, "now": clock.now()}
    return render(request, "web/tokens.html", context, status=status)
