"""Files as answers: a browser runs nothing in them, guesses nothing, and shows only pictures that we encoded."""

from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from corpblog.kernel import blobs
from corpblog.posts.errors import FileGone
from corpblog.posts.files import INLINE

# A file that is a page must not become one of ours, whatever a browser does with the other headers.
_PAGES: Final = frozenset({"text/html", "text/xml", "image/svg+xml", "application/xml", "application/xhtml+xml"})
HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def answer(*, digest: str, kind: str, name: str) -> HttpResponse:
    """Return the bytes with that digest; raise FileGone where they are missing or were changed.

    Whoever calls has asked whether the reader may see them.
    """
    if settings.FILES_BY_NGINX:
        # Of our headers nginx keeps type, disposition and caching; its configuration sets the others again.
        sent = HttpResponse(headers=_headers(kind, name), content_type=_shown_as(kind))
        sent["X-Accel-Redirect"] = f"/_files/{blobs.name_of(digest)}"
        return sent
    return _whole(digest, kind, name)


def public_answer(*, digest: str, kind: str, name: str) -> HttpResponse:
    """Return released bytes, for pages and feed readers anywhere. Compared with their digest at each reading."""
    sent = _whole(digest, kind, name)
    sent["Cross-Origin-Resource-Policy"] = "cross-origin"
    return sent


def _whole(digest: str, kind: str, name: str) -> HttpResponse:
    try:
        return HttpResponse(blobs.read(digest), headers=_headers(kind, name), content_type=_shown_as(kind))
    except blobs.BlobError as error:
        raise FileGone(digest) from error


def _headers(kind: str, name: str) -> dict[str, str]:
    return {**HEADERS, "Content-Disposition": content_disposition_header(kind not in INLINE, name) or ""}


def _shown_as(kind: str) -> str:
    return "application/octet-stream" if kind in _PAGES else kind
