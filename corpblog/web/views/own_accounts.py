"""My own accounts outside: connecting, letting go; and on which networks admins allow that."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from corpblog.kernel.errors import CorpblogError
from corpblog.sharing import access, advocacy, services
from corpblog.sharing.connectors import CONNECTORS
from corpblog.sharing.models import Destination
from corpblog.web.advocacy_forms import OwnAccountForm
from corpblog.web.views.asking import person_of


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """My accounts, and the networks on which I can connect one."""
    person = person_of(request)
    usable = {account.pk for account in advocacy.own_accounts(person)}
    context = {
        "accounts": [(each, CONNECTORS[each.kind].title, each.pk in usable) for each in _mine(request)],
        "networks": advocacy.own_networks(),
    }
    return render(request, "advocates/accounts.html", context)


def _mine(request: HttpRequest) -> list[Destination]:
    return [each for each in advocacy.every_own_account(person_of(request)) if each.kind in CONNECTORS]


@never_cache
@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, kind: str) -> HttpResponse:
    """Connect an account of mine: with a token, or by signing in there."""
    person = person_of(request)
    if kind not in services.OWN_KINDS or not access.can_connect_own(person, kind):
        raise Http404
    # Some networks ask nothing here, so what is sent may be empty.
    form = OwnAccountForm(CONNECTORS[kind], request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _connect(request, form, kind)
    return _form(request, form, kind, 422 if form.errors else 200)


def _connect(request: HttpRequest, form: OwnAccountForm, kind: str) -> HttpResponse:
    person, title = person_of(request), CONNECTORS[kind].title
    try:
        if services.signs_in_there(kind, form.answers):
            way_back = request.build_absolute_uri(reverse("web:own_account_back"))
            page = services.begin_sign_in(
                by=person, wish=services.own_wish(kind), answers=form.answers, redirect=way_back
            )
            context = {"page": page, "host": urlsplit(page).netloc, "title": title, "is_own": True}
            return render(request, "web/destinations/leave.html", context)
        made = services.connect_own(by=person, kind=kind, answers=form.answers)
    except CorpblogError as error:
        form.blame(str(error.facts.get("field", "")), error.message)
        return _form(request, form, kind, error.status)
    return _connected(request, made)


def _form(request: HttpRequest, form: OwnAccountForm, kind: str, status: int) -> HttpResponse:
    context = {"form": form, "title": CONNECTORS[kind].title, "signs_in": services.signs_in_there(kind, {})}
    return render(request, "advocates/connect.html", context, status=status)


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """The way back from the network's own page."""
    state, code = request.GET.get("state", "")[:200], request.GET.get("code", "")[:2000]
    try:
        made = services.complete_sign_in(by=person_of(request), state=state, code=code)
    except CorpblogError as error:
        messages.error(request, error.message)
        return redirect("web:own_accounts")
    return _connected(request, made)


def _connected(request: HttpRequest, made: Destination) -> HttpResponse:
    words = _("%(name)s is connected as %(account)s.")
    messages.success(request, words % {"name": made.name, "account": made.remote_account})
    return redirect("web:own_accounts")


@require_POST
def disconnect(request: HttpRequest, slug: str) -> HttpResponse:
    """Let go of an account of mine."""
    person = person_of(request)
    services.disconnect_own(by=person, destination=access.own_destination_for(person, slug))
    messages.success(request, _("The account is disconnected, and its token forgotten. What is out there stays."))
    return redirect("web:own_accounts")


@require_POST
def networks(request: HttpRequest) -> HttpResponse:
    """Open or close a network for own accounts, as a connector admin."""
    kind, is_open = request.POST.get("kind", ""), request.POST.get("act") == "open"
    services.let_own(by=person_of(request), kind=kind, is_open=is_open)
    words = _("Employees may connect their own accounts.") if is_open else _("Own accounts are switched off there.")
    messages.success(request, words)
    return redirect("web:destinations")
