"""What one wishes to be told: kinds of notices, keywords, digest and quiet hours, and each channel's level."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import View

from corpblog.kernel.errors import CorpblogError
from corpblog.notifications import devices, wishes
from corpblog.notifications.models import Notice, PushDevice, Rhythm
from corpblog.notifications.push import public_key
from corpblog.teams import selectors as teams
from corpblog.web.browsers import browser_name
from corpblog.web.templatetags.ui import channel_address
from corpblog.web.views.asking import person_of
from corpblog.web.views.browser import back

HOURS = range(24)


class NoticeSettings(View):
    """Kinds of notices, keywords, digest and quiet hours on one page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        person, form = person_of(request), request.POST
        try:
            wishes.set_reach(by=person, wishes={kind: form[kind] for kind in Notice.Kind.values if kind in form})
            if "pushes" in form:
                wishes.set_pushed(by=person, kinds=form.getlist("push"))
            if "digest" in form:
                quiet = [_hour(form.get(name, "")) for name in ("quiet_from", "quiet_to")]
                wishes.set_rhythm(by=person, digest=form["digest"], quiet_from=quiet[0], quiet_to=quiet[1])
        except CorpblogError as error:
            return _page(request, error)
        messages.success(request, _("Your settings are saved."))
        return redirect("web:notice_settings")


def _hour(given: str) -> int | None:
    """An hour of the day; -1, which is none, for what cannot be read."""
    if not given:
        return None
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 3 else -1


@require_POST
def add_keyword(request: HttpRequest) -> HttpResponse:
    """Hear of posts with a word."""
    try:
        wishes.add_keyword(by=person_of(request), phrase=request.POST.get("phrase", ""))
    except CorpblogError as error:
        return _page(request, error)
    return redirect("web:notice_settings")


@require_POST
def drop_keyword(request: HttpRequest, keyword_id: int) -> HttpResponse:
    """Hear of a word no longer."""
    wishes.drop_keyword(by=person_of(request), keyword_id=keyword_id)
    return redirect("web:notice_settings")


@require_POST
def level(request: HttpRequest, slug: str) -> HttpResponse:
    """Hear more or less of a channel."""
    person = person_of(request)
    channel = teams.channel_by_slug(person, slug)
    wishes.set_level(by=person, channel=channel, level=request.POST.get("level", ""))
    return back(request, channel_address(channel))


def _page(request: HttpRequest, error: CorpblogError | None = None) -> HttpResponse:
    person = person_of(request)
    reach = wishes.reach_of(person) | {kind: request.POST[kind] for kind in Notice.Kind.values if kind in request.POST}
    pushed = request.POST.getlist("push") if "pushes" in request.POST else wishes.pushed_kinds(person)
    kinds = [
        (kind, name, reach[kind], list(wishes.choices_for(kind, with_mail=wishes.mail_is_set_up())), kind in pushed)
        for kind, name in wishes.kinds_for(person)
    ]
    context = {
        "kinds": kinds,
        "levels": wishes.levels_of(person),
        "zone": person.zone.key,
        "keywords": wishes.keywords_of(person),
        "phrase": request.POST.get("phrase", ""),
        "rhythm": wishes.rhythm_of(person),
        "digests": Rhythm.Digest.choices,
        "hours": HOURS,
        "with_mail": wishes.mail_is_set_up(),
        "push_key": public_key() if devices.push_is_set_up() else "",
        "devices": _devices(request),
        "failure": error.message if error else "",
    }
    return render(request, "web/notice_settings.html", context, status=error.status if error else 200)


def _devices(request: HttpRequest) -> list[tuple[PushDevice, str, bool]]:
    """The devices that are told at once, with their names, and whether it is this one."""
    return [
        (
            device,
            device.token.name if device.token else browser_name(device.user_agent),
            device.session_id is not None and device.session_id == request.session.session_key,
        )
        for device in devices.devices_of(person_of(request))
    ]
