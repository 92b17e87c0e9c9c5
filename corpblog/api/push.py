"""Pushes to a phone client: the addresses that it asks when somebody turns its notices on."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, JsonResponse
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from corpblog.api.bearer import bearer, refusal
from corpblog.kernel.errors import Invalid, NotFound
from corpblog.notifications import devices
from corpblog.notifications.models import PushDevice
from corpblog.notifications.push import public_key
from corpblog.people.models import AccessToken, Scope

ALERTS: Final = (
    "mention",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "admin.report",
)


@csrf_exempt
@bearer(Scope.PUSH)
def subscription(request: HttpRequest, token: AccessToken) -> JsonResponse:
    """The one subscription of this token: GET it, POST or PUT another, DELETE it."""
    if not devices.push_is_set_up():
        raise NotFound(_("Your company has set up no pushes."))
    if request.method == "POST":
        return JsonResponse(_answer(_subscribe(token, _fields(request))))
    if request.method == "PUT":
        return JsonResponse(
            _answer(_or_not_found(devices.choose_alerts(token=token, alerts=_alerts(_fields(request)))))
        )
    if request.method == "DELETE":
        devices.drop_program(token=token)
        return JsonResponse({})
    if request.method == "GET":
        return JsonResponse(_answer(_or_not_found(devices.device_of_token(token))))
    return refusal(_("This address takes no such request."), 405)


def _subscribe(token: AccessToken, fields: Mapping[str, str]) -> PushDevice:
    given = [fields.get(f"subscription[{name}]", "") for name in ("endpoint", "keys][p256dh", "keys][auth")]
    return devices.add_program(token=token, endpoint=given[0], p256dh=given[1], auth=given[2], alerts=_alerts(fields))


def _alerts(fields: Mapping[str, str]) -> list[str]:
    on = {"true", "1", "on"}
    return [name for name in ALERTS if fields.get(f"data[alerts][{name}]", "").lower() in on]


def _answer(device: PushDevice) -> dict[str, Any]:
    return {
        "id": device.pk,
        "endpoint": device.endpoint,
        "alerts": {name: name in device.alerts for name in ALERTS},
        "policy": "all",
        "server_key": public_key(),
        "standard": True,
    }


def _or_not_found(device: PushDevice | None) -> PushDevice:
    if device is None:
        raise NotFound(_("This token has no push subscription."))
    return device


def _fields(request: HttpRequest) -> dict[str, str]:
    """Return what was sent by Rails' names, whether it came as a form or as JSON: clients do either."""
    if request.content_type == "application/json":
        try:
            sent = json.loads(request.body or b"{}")
        except (ValueError, RecursionError) as error:
            raise Invalid(_("This is not JSON.")) from error
        return dict(_flat(sent)) if isinstance(sent, dict) else {}
    if request.method == "POST":
        return {name: str(value) for name, value in request.POST.items()}
    request.method, method = "POST", request.method
    try:
        # Django reads the forms of POST requests only.
        return {name: str(value) for name, value in request.POST.items()}
    except MultiValueDictKeyError:
        return {}
    finally:
        request.method = method


def _flat(sent: Mapping[str, Any], into: str = "") -> list[tuple[str, str]]:
    """`{"data": {"alerts": {"poll": true}}}` as `data[alerts][poll]`, four levels deep at most."""
    found: list[tuple[str, str]] = []
    for name, value in sent.items():
        path = f"{into}[{name}]" if into else str(name)
        if isinstance(value, dict):
            if path.count("[") < 4:
                found += _flat(value, path)
        else:
            found.append((path, str(value).lower() if isinstance(value, bool) else str(value)))
    return found
