"""What cannot work is said at the start, not when the first message should go."""

from typing import Any

from django.core.checks import Error, register

from corpblog.notifications.mail import server


@register()
def mail_server_can_be_read(**_facts: Any) -> list[Error]:
    try:
        server()
    except ValueError as error:
        return [Error(str(error), id="notifications.E001")]
    return []
