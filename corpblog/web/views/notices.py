"""What one should know, and how much of it is new."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from corpblog.kernel.errors import NotFound
from corpblog.notifications import selectors as notifications
from corpblog.notifications import services
from corpblog.notifications.models import Notice
from corpblog.web.feeds import cursor_of
from corpblog.web.shell import shell_of
from corpblog.web.templatetags.ui import channel_address, count_of
from corpblog.web.views.asking import number, person_of
from corpblog.web.views.browser import is_htmx, wants_json


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """The newest notices; to a page that shows them already, the list alone."""
    page = notifications.recent(person_of(request), cursor_of(request))
    newest = page.items[0].pk if page.items else 0
    template = "web/_notices.html" if is_htmx(request) else "web/notices.html"
    return render(request, template, {"page": page, "newest": newest})


@require_GET
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Go where a notice leads, and note that it was seen."""
    person = person_of(request)
    found = notifications.notice_for(person, notice_id)
    if found is None:
        raise NotFound(_("This notice is gone: what it was about is no longer there, or no longer yours to read."))
    services.mark_read(by=person, notice_ids=[found.pk])
    return HttpResponseRedirect(_address(found))


def _address(found: Notice) -> str:
    if found.url:
        return found.url
    if found.post:
        return f"{reverse('web:thread', args=[found.post.pk])}#p{found.post.pk}"
    if found.channel:
        return channel_address(found.channel)
    return reverse("web:person", args=[found.actor.username]) if found.actor else reverse("web:notices")


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Note that everything up to a notice was seen; what came while the page was open stays new."""
    services.mark_read(by=person_of(request), upto=number(request.POST.get("upto")))
    return HttpResponse(status=204) if wants_json(request) else HttpResponseRedirect(reverse("web:notices"))


@never_cache
@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """The numbers of the navigation, as words for its badges."""
    shell = shell_of(request)
    found = {"desk": shell.cases, "notices": shell.unread_notices}
    return JsonResponse({key: count_of(count) if count else "" for key, count in found.items()})


@never_cache
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """The reader's shares that wait for somebody."""
    return render(request, "web/_waiting.html")
