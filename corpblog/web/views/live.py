"""What the page's scripts ask for beside the socket."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from corpblog.kernel import epoch
from corpblog.kernel.errors import CorpblogError
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome, Verdict
from corpblog.policy.engine.suggesting import suggest
from corpblog.posts import parts, services
from corpblog.posts import selectors as posts
from corpblog.posts.draft_fields import draft_of
from corpblog.posts.live import messages_after
from corpblog.posts.models import Post
from corpblog.posts.services import verdict_inside
from corpblog.posts.writing import write
from corpblog.teams import selectors as teams
from corpblog.teams.services import mark_read
from corpblog.web import outside
from corpblog.web.feeds import mine_among
from corpblog.web.templatetags.ui import count_of
from corpblog.web.verdicts import present
from corpblog.web.views.asking import channel_of, number, person_of, quoted_of, wishes_of
from corpblog.web.views.browser import back

# More than this is faster loaded afresh than caught up.
MOST_EVENTS = 500
MOST_MARKS = 50
# What is longer cannot be posted whatever the policy says; judging a megabyte at every key would stop everybody else.
LONGEST_PREVIEW = 10


@never_cache
@require_GET
def since(request: HttpRequest) -> HttpResponse:
    """A channel's changes after a number, as the frames that the socket would have sent."""
    channel = teams.channel_by_id(person_of(request), number(request.GET.get("c")))
    after = number(request.GET.get("after"))
    head = posts.heads([channel.pk]).get(channel.pk, 0)
    # A number under another epoch is one from before a restore, whatever it says.
    is_of_another_life = request.GET.get("epoch", "") not in {"", epoch.current()}
    if is_of_another_life or head - after > MOST_EVENTS or after > head:
        return JsonResponse({"posts": [], "head": head, "resync": True})
    language = get_language() or "en"
    frames = [each.message for each in messages_after(channel.pk, after, [language], limit=MOST_EVENTS)[language]]
    # What was read may have grown past the head that was asked before it.
    newest = max([head, *(frame["s"] for frame in frames)])
    return JsonResponse({"posts": frames, "head": newest, "resync": False})


@never_cache
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Which of these posts one reacted to, keeps, and reposted."""
    ids = [number(given) for given in request.GET.get("ids", "").split(",")[:100]]
    return JsonResponse(mine_among(person_of(request), ids))


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Move read marks: `read=<channel>:<number>`, several times. Answers how much is unread there now.

    A form without a script names the page to go on with in `next`.
    """
    person, unread = person_of(request), {}
    for given in request.POST.getlist("read")[:MOST_MARKS]:
        channel_id, _colon, upto = given.partition(":")
        channel = teams.channel_by_id(person, number(channel_id))
        count = mark_read(by=person, channel=channel, number=number(upto))
        unread[str(channel.pk)] = count_of(count) if count else ""
    return back(request) if "next" in request.POST else JsonResponse({"unread": unread})


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Keep what is typed. Answers what another device wrote meanwhile into the draft that this one had `seen`."""
    person, form = person_of(request), request.POST
    place, text = form.get("place", ""), form.get("text", "")
    fields = draft_of(form)
    kept, other = services.save_draft(by=person, place=place, text=text, fields=fields, seen=form.get("seen"))
    answer = {"stamp": services.stamp_of(kept), "other": other.text if other else ""}
    return JsonResponse(answer | {"beside": bool(other and other.beside)})


@require_POST
def swap_draft(request: HttpRequest) -> HttpResponse:
    """Show the other version of a draft; the page loads itself anew, with the fields of its kind."""
    services.swap_draft(by=person_of(request), place=request.POST.get("place", ""))
    return JsonResponse({})


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What a text will look like once it is posted, beside the composer."""
    person = person_of(request)
    text = request.POST.get("text", "")[: settings.POST_LIMIT * LONGEST_PREVIEW]
    return render(request, "posts/_preview.html", {"drawn": write(text, person)})


@require_POST
def verdict(request: HttpRequest) -> HttpResponse:
    """What the policy says about a text while it is typed. A preview: posting asks again."""
    person = person_of(request)
    # A form sends CRLF where the text field counts one sign.
    text = request.POST.get("text", "")[: settings.POST_LIMIT * LONGEST_PREVIEW].replace("\r\n", "\n")
    channel = channel_of(request, person)
    carried, quotes = services.carried(person, wishes_of(request)), _quoted(request, person)
    beside = parts.typed(parts.fields_of(request.POST))

    def ask(words: str) -> tuple[Verdict, dict[str, Verdict]]:
        beyond = outside.verdicts(request, person, words, channel, carried, quotes=quotes)
        return verdict_inside(words, person, channel, carried, beside, quotes=quotes), beyond

    inside, beyond = ask(text)
    shown = present(
        text,
        inside=inside,
        outside=beyond,
        always_reviewed=outside.is_always_reviewed(request, person),
        suggestion=_suggestion(text, [inside, *beyond.values()], ask),
        carried=carried,
    )
    return JsonResponse(shown.as_json())


def _suggestion(text: str, verdicts: list[Verdict], ask: Callable[[str], tuple[Verdict, dict[str, Verdict]]]) -> str:
    """A wording that passes everywhere, where the text does not and there is one."""
    objected = [finding for verdict in verdicts for finding in verdict.findings if finding.outcome > Outcome.WARN]
    # No wording of the text changes what is in a file, or an answer of a poll.
    if not objected or any(finding.field.startswith(("attachments.", "poll.")) for finding in objected):
        return ""

    def everywhere(words: str) -> list[Verdict]:
        inside, beyond = ask(words)
        return [inside, *beyond.values()]

    return suggest(text, everywhere) or ""


def _quoted(request: HttpRequest, person: Person) -> Post | None:
    """Return the post that the composer quotes; None where it may not be seen any more, which posting will say."""
    try:
        return quoted_of(request, person)
    except CorpblogError:
        return None
