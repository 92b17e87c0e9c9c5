"""What a request may say about how its text is encoded."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class TextOnly:
    """Read forms as text, whatever codec they name: with those that give no text, such as `hex`, Django fails."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.encoding and not _is_text(request.encoding):
            request.encoding = "utf-8"
        return self.get_response(request)


def _is_text(name: str) -> bool:
    try:
        "".encode(name)
        b"".decode(name)
    except (LookupError, UnicodeError):
        return False
    return True
