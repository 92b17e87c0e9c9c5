"""What a live page asks over HTTP: what it missed in a channel, and what on it is the reader's own."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from corpblog.kernel import epoch
from corpblog.kernel.errors import Invalid
from corpblog.posts import selectors as posts
from corpblog.posts.live import messages_after
from corpblog.teams.selectors import channel_by_id

# More is quicker to load than to catch up on.
MOST_EVENTS = 500
MOST_IDS = 200
_LARGEST = 2**63 - 1


@require_GET
@never_cache
def since(request: HttpRequest) -> JsonResponse:
    """The messages that the socket would have sent since a number, or the advice to load the page afresh."""
    channel = channel_by_id(request.user, _number(request.GET.get("c", "")))
    after = _number(request.GET.get("after", ""))
    head = posts.heads([channel.pk]).get(channel.pk, 0)
    # A number from the future is one from before a restore; so is one under another epoch, whatever it says.
    is_of_another_life = request.GET.get("epoch", "") not in ("", epoch.current())
    if is_of_another_life or not 0 <= head - after <= MOST_EVENTS:
        return JsonResponse({"posts": [], "head": head, "resync": True})
    language = get_language() or "en"
    found = messages_after(channel.pk, after, [language], limit=MOST_EVENTS)[language]
    head = max(head, found[-1].seq if found else 0)
    return JsonResponse({"posts": [each.message for each in found], "head": head, "resync": False})


@require_GET
@never_cache
def mine(request: HttpRequest) -> JsonResponse:
    """Which of these posts the reader reacted to and keeps: cards are drawn once for everybody, the browser marks them."""
    ids = [_number(part) for part in request.GET.get("ids", "").split(",") if part]
    if len(ids) > MOST_IDS:
        raise Invalid(_("Ask for at most %(limit)s posts at a time.") % {"limit": MOST_IDS})
    reacted, bookmarked = posts.mine(request.user, ids)
    # Text: numbers of 63 bits do not fit into a script's numbers.
    return JsonResponse(
        {
            "reacted": {str(number): emoji for number, emoji in reacted.items()},
            "bookmarked": [str(number) for number in sorted(bookmarked)],
        }
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= _LARGEST):
        raise Invalid(_("The page asked for something that does not exist. Load it again."))
    return int(text)
