"""What cannot work is said at the start, not when the first message should go."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from corpblog.kernel.mail_egress import company_server
from corpblog.notifications.push import read_key


@register()
def mail_server_can_be_read(**_facts: Any) -> list[Error]:
    try:
        company_server()
    except ValueError as error:
        return [Error(str(error), id="notifications.E001")]
    return []


@register()
def push_key_can_be_read(**_facts: Any) -> list[Error]:
    try:
        if settings.VAPID_KEY:
            read_key(settings.VAPID_KEY)
    except ValueError:
        message = "CORPBLOG_VAPID_KEY is no key for web push; `manage.py push_key` prints one"
        return [Error(message, id="notifications.E002")]
    return []
