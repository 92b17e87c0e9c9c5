"""What IT administrators see and do: the directory's health, its syncs, and everybody's account."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import ldap
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from corpblog.kernel.errors import Conflict
from corpblog.people import services
from corpblog.people.access import can_administer
from corpblog.people.directory.health import ask_directory
from corpblog.people.directory.settings import DirectoryNotReadyError
from corpblog.people.directory.sync import MassChangeError, sync_directory
from corpblog.people.models import Person
from corpblog.people.selectors import last_syncs, people_for_administrators, person_by_username

PAGE = 50
View = Callable[..., HttpResponse]


def for_administrators(view: View) -> View:
    """To everybody else the page does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (isinstance(request.user, Person) and can_administer(request.user)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_GET
@for_administrators
def directory(request: HttpRequest) -> HttpResponse:
    """How the directory is, and what its last syncs did."""
    return render(request, "web/admin_directory.html", {"health": ask_directory(), "syncs": last_syncs()})


@require_POST
@for_administrators
def sync(request: HttpRequest) -> HttpResponse:
    """Show what a sync would change, or do it; `force` only after the brake has said what it stopped."""
    action = request.POST.get("action", "")
    report: tuple[str, ...] = ()
    brake = failure = ""
    try:
        if settings.DIRECTORY is None:
            raise DirectoryNotReadyError
        plan = sync_directory(dry_run=action == "preview", force=action == "force", by=_me(request))
        report = plan.report
    except MassChangeError as error:
        brake = str(error)
    except (ldap.LDAPError, DirectoryNotReadyError):
        failure = _("The directory could not be read; nothing was changed.")
    if action != "preview" and not (brake or failure):
        messages.success(request, _("The sync is done."))
        return redirect("web:admin_console")
    context = {"health": ask_directory(), "syncs": last_syncs(), "brake": brake, "failure": failure}
    status = 503 if failure else 409 if brake else 200
    return render(
        request, "web/admin_directory.html", context | {"preview": report, "previewed": not failure}, status=status
    )


@require_GET
@for_administrators
def people(request: HttpRequest) -> HttpResponse:
    """Everybody's account."""
    query = request.GET.get("q", "")[:100]
    page = Paginator(people_for_administrators(query=query), PAGE).get_page(request.GET.get("page"))
    return render(request, "web/admin_people.html", {"page": page, "people_query": query})


@require_POST
@for_administrators
def cut_off(request: HttpRequest, username: str) -> HttpResponse:
    """Out at once, everywhere, until an administrator lets them in again."""
    return _change(request, username, services.cut_off_by_hand, _("%(name)s is signed out everywhere and stays out."))


@require_POST
@for_administrators
def let_in(request: HttpRequest, username: str) -> HttpResponse:
    """In again, as far as the directory agrees."""
    return _change(request, username, services.let_in, _("%(name)s may sign in again."))


def _change(request: HttpRequest, username: str, service: Callable[..., None], words: str) -> HttpResponse:
    person = person_by_username(username)
    try:
        service(person=person, by=_me(request))
        messages.success(request, words % {"name": person.display_name})
    except Conflict as error:
        messages.error(request, error.message)
    return redirect("web:admin_people")


def _me(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # `for_administrators` has looked
    return request.user
