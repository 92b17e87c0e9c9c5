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
    shown = "application/octet-stream" if kind in _PAGES else kind
    headers = {**HEADERS, "Content-Disposition": content_disposition_header(kind not in INLINE, name) or ""}
    if settings.FILES_BY_NGINX:
        # nginx sets the headers again: of ours it keeps these two.
        headers["X-Accel-Redirect"] = f"/_files/{blobs.name_of(digest)}"
        return HttpResponse(content_type=shown, headers=headers)
    try:
        return HttpResponse(blobs.read(digest), content_type=shown, headers=headers)
    except blobs.BlobError as error:
        raise FileGone(digest) from error
