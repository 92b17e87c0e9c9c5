"""What every page's shell needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from corpblog.web.shell import shell_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the names that the base template uses; nothing is read before the template asks."""
    return {"company": settings.COMPANY, "shell": shell_of(request)}
