"""Where content may go: how each destination stands, connecting, the second person, the switch for one and for all."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from corpblog.kernel.errors import CorpblogError
from corpblog.people import services as people
from corpblog.sharing import access, advocacy, selectors, services, standing
from corpblog.sharing.connectors import CONNECTORS
from corpblog.sharing.errors import ReauthenticationNeeded
from corpblog.sharing.models import Destination, Share
from corpblog.web.destination_form import ConnectForm, SwitchForm
from corpblog.web.views.asking import number, person_of
from corpblog.web.views.confirming import confirming


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Every destination, and whether anything may leave at all."""
    return _overview(request, SwitchForm())


def _overview(request: HttpRequest, switch: SwitchForm, status: int = 200) -> HttpResponse:
    person = person_of(request)
    context = {
        "standings": standing.standings(person),
        "gate": selectors.gate(),
        "switch": switch,
        "can_connect": access.can_connect(person),
        "networks": advocacy.networks_to_open() if access.can_connect(person) else [],
        "can_close": access.can_switch_gate(person, closing=True),
        "can_open": access.can_switch_gate(person, closing=False),
    }
    return render(request, "web/destinations/overview.html", context, status=status)


@require_POST
def switch_gate(request: HttpRequest) -> HttpResponse:
    """The kill switch, with its reason; on any problem the page comes back with what was typed."""
    closes, form = request.POST.get("act") == "close", SwitchForm(request.POST)
    standing.standings(person_of(request))
    if not form.is_valid():
        return _overview(request, form, 422)
    act = services.close_gate if closes else services.open_gate
    try:
        act(by=person_of(request), reason=form.cleaned_data["reason"])
    except CorpblogError as error:
        form.add_error(None, error.message)
        return _overview(request, form, error.status)
    words = _("The gate is closed: nothing leaves.") if closes else _("The gate is open again.")
    messages.success(request, words)
    return redirect("web:destinations")


@require_GET
def destination(request: HttpRequest, slug: str) -> HttpResponse:
    """One destination."""
    person = person_of(request)
    found = standing.standing(person, slug)
    context = {
        "standing": found,
        "can_connect": access.can_connect(person),
        "dead": standing.dead_letters(person, found.destination),
    }
    return render(request, "web/destinations/destination.html", context)


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """What can be connected."""
    _check_may_connect(request)
    return render(request, "web/destinations/choose.html", {"connectors": standing.connectors()})


@never_cache
@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, kind: str) -> HttpResponse:
    """Connect an account of this kind."""
    _check_may_connect(request)
    connector = CONNECTORS.get(kind)
    if connector is None or not connector.questions:
        raise Http404
    form = ConnectForm(connector, request.POST or None)
    if request.method == "POST" and form.is_valid():
        slug = services.free_slug(form.cleaned_data["name"], kind)
        return _connect(request, form, _wish(form, slug, kind))
    return _form(request, form, kind)


@never_cache
@require_http_methods(["GET", "POST"])
def connect_anew(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a destination, or connect another account behind it."""
    _check_may_connect(request)
    there = standing.standing(person_of(request), slug).destination
    connector = CONNECTORS.get(there.kind)
    if connector is None or not connector.questions:
        raise Http404
    form = ConnectForm(connector, request.POST or None, there)
    if request.method == "POST" and form.is_valid():
        return _connect(request, form, _wish(form, slug, there.kind), there)
    return _form(request, form, there.kind, there)


def _wish(form: ConnectForm, slug: str, kind: str) -> services.Wish:
    said = form.cleaned_data
    return services.Wish(slug, said["name"], kind, said["review"], said["cap"], said["needs_alt"])


def _connect(
    request: HttpRequest, form: ConnectForm, wish: services.Wish, there: Destination | None = None
) -> HttpResponse:
    """Connect at once, or show the way to the network's own page: an address of theirs is followed, never posted to."""
    answers, person = form.answers, person_of(request)
    try:
        if services.signs_in_there(wish.kind, answers) and (there is None or "sign_in" in request.POST):
            back = request.build_absolute_uri(reverse("web:destination_back"))
            page = services.begin_sign_in(by=person, wish=wish, answers=answers, redirect=back)
            context = {"page": page, "host": urlsplit(page).netloc, "title": CONNECTORS[wish.kind].title}
            return render(request, "web/destinations/leave.html", context)
        made = services.connect(by=person, answers=answers, **wish.record())
    except CorpblogError as error:
        form.blame(str(error.facts.get("field", "")), error.message)
        return _form(request, form, wish.kind, there, status=error.status)
    return _connected(request, made)


def _form(
    request: HttpRequest, form: ConnectForm, kind: str, there: Destination | None = None, status: int = 0
) -> HttpResponse:
    context = {
        "form": form,
        "title": CONNECTORS[kind].title,
        "there": there,
        "signs_in": services.signs_in_there(kind, {}),
        "back": request.build_absolute_uri(reverse("web:destination_back")),
    }
    return render(request, "web/destinations/connect.html", context, status=status or (422 if form.errors else 200))


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """The way back from a network's own page."""
    _check_may_connect(request)
    state, code = request.GET.get("state", "")[:200], request.GET.get("code", "")[:2000]
    try:
        made = services.complete_sign_in(by=person_of(request), state=state, code=code)
    except CorpblogError as error:
        messages.error(request, error.message)
        return redirect("web:destinations")
    return _connected(request, made)


def _connected(request: HttpRequest, made: Destination) -> HttpResponse:
    if standing.standing(person_of(request), made.slug).change is not None:
        messages.warning(request, _("This waits for a second person: an officer or another connector admin."))
    else:
        words = _("%(name)s is connected as %(account)s.")
        messages.success(request, words % {"name": made.name, "account": made.remote_account})
    return redirect("web:destination", made.slug)


@sensitive_post_parameters("password")
@require_POST
def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """The second person's word on the change of target that they saw; confirming asks for a fresh password."""
    person, confirm = person_of(request), request.POST.get("act") == "confirm"
    change = standing.standing(person, slug).change
    if change is None or change.pk != number(request.POST.get("change")):
        messages.error(request, _("This change was decided already."))
        return redirect("web:destination", slug)
    try:
        if "password" in request.POST:
            people.confirm(request=request, person=person, password=request.POST["password"])
    except CorpblogError as error:
        return _ask_password(request, slug, error)
    try:
        services.decide_change(
            by=person, change_id=change.pk, confirm=confirm, authenticated_at=people.last_confirmed(request)
        )
    except ReauthenticationNeeded as error:
        return _ask_password(request, slug, error)
    except CorpblogError as error:
        messages.error(request, error.message)
        return redirect("web:destination", slug)
    if confirm:
        people.acted(request)
    messages.success(request, _("The change is made.") if confirm else _("The change is dropped."))
    return redirect("web:destination", slug)


def _ask_password(request: HttpRequest, slug: str, error: CorpblogError) -> HttpResponse:
    kept = [(name, request.POST.get(name, "")) for name in ("act", "change")]
    action, cancel = reverse("web:destination_decide", args=[slug]), reverse("web:destination", args=[slug])
    return confirming(request, error, action=action, kept=kept, cancel=cancel)


@require_POST
def switch(request: HttpRequest, slug: str) -> HttpResponse:
    """Open or close one destination."""
    person, opens = person_of(request), request.POST.get("act") == "open"
    found = standing.standing(person, slug).destination
    act = services.open_destination if opens else services.close_destination
    words = _("It takes shares again.") if opens else _("It is closed: what waits for it waits on.")
    return _after(request, slug, lambda: act(by=person, destination=found), words)


@require_POST
def test(request: HttpRequest, slug: str) -> HttpResponse:
    """Send a sentence of our own, through the gate."""
    person = person_of(request)
    found = standing.standing(person, slug).destination
    try:
        share = services.send_test(by=person, destination=found)
    except CorpblogError as error:
        messages.error(request, error.message)
        return redirect("web:destination", slug)
    return redirect("web:share", share.pk)


@require_POST
def again(request: HttpRequest, slug: str) -> HttpResponse:
    """Send a dead letter again."""
    person = person_of(request)
    found = standing.standing(person, slug).destination
    share = Share(pk=number(request.POST.get("share")), destination=found)
    return _after(request, slug, lambda: services.send_again(by=person, share=share), _("It is on its way again."))


def _after(request: HttpRequest, slug: str, act: Callable[[], Any], words: str) -> HttpResponse:
    """Do it and say so, or say why not; then show the destination."""
    try:
        act()
        messages.success(request, words)
    except CorpblogError as error:
        messages.error(request, error.message)
    return redirect("web:destination", slug)


def _check_may_connect(request: HttpRequest) -> None:
    if not access.can_connect(person_of(request)):
        raise Http404
