"""My shares: asking for one, seeing where it is, stopping it, settling what is unclear."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import View

from corpblog.desk import selectors as desk
from corpblog.desk import services as officers
from corpblog.kernel.errors import Conflict, CorpblogError, Invalid, NotFound
from corpblog.people.models import Person
from corpblog.posts import selectors as posts
from corpblog.posts.models import Post
from corpblog.sharing import access, advocacy, selectors, services
from corpblog.sharing.errors import JustificationNeeded, ShareBlocked
from corpblog.sharing.models import Share
from corpblog.sharing.outward import outward
from corpblog.sharing.wishes import AS_POSTED
from corpblog.web import desk_words, outside, share_words
from corpblog.web.outgoing_forms import WishForm
from corpblog.web.verdicts import present_outside
from corpblog.web.views.asking import number, person_of
from corpblog.web.views.browser import is_htmx


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Everything that I wrote or asked to have published, newest first."""
    page = selectors.shares_of(person_of(request), cursor=number(request.GET.get("before")) or None)
    rows = [share_words.row(share) for share in page.items]
    template = "shares/_rows.html" if is_htmx(request) else "shares/mine.html"
    return render(request, template, {"rows": rows, "next": page.next_cursor})


@require_GET
def share(request: HttpRequest, share_id: int) -> HttpResponse:
    """One share: what would leave, where it is and why, and everything that happened to it."""
    return _page(request, selectors.share_for(person_of(request), share_id))


def _page(request: HttpRequest, found: Share, status: int = 200, **more: str) -> HttpResponse:
    template = "shares/_share.html" if is_htmx(request) else "shares/share.html"
    person = person_of(request)
    proposal = desk.proposal_for(person, found)
    told = {
        "messages_of_officers": desk.messages_to(person, found),
        "proposal": proposal,
        "proposed": desk_words.proposed(proposal),
        "may_appeal": desk.may_appeal(person, found),
        "appeal": desk.appeal_of(person, found),
    }
    shown = share_words.page(found, person, desk.names(person, found))
    return render(request, template, shown | told | more, status=status)


class Ask(View):
    """Ask for a post that is there already."""

    def get(self, request: HttpRequest) -> HttpResponse:
        person = person_of(request)
        post = posts.post_for(person, number(request.GET.get("post")))
        return self._form(request, person, post)

    def post(self, request: HttpRequest) -> HttpResponse:
        person = person_of(request)
        post = posts.post_for(person, number(request.POST.get("post")))
        try:
            destination = selectors.destination_by_slug(request.POST.get("destination", ""))
            form = WishForm(request.POST)
            if not form.is_valid():
                raise Invalid(_("Correct the fields that are marked."))
            reason = request.POST.get("reason", "")
            made = services.request_share(
                by=person, post=post, destination=destination, justification=reason, wish=form.wish
            )
        except CorpblogError as error:
            return self._form(request, person, post, error)
        messages.success(request, share_words.asked(made))
        return HttpResponseRedirect(reverse("web:share", args=[made.pk]))

    def _form(
        self, request: HttpRequest, person: Person, post: Post, error: CorpblogError | None = None
    ) -> HttpResponse:
        choices = outside.choices_for(person)
        context: dict[str, Any] = {
            "post": post,
            "wish_form": WishForm(request.POST) if error else WishForm.of(post.text, AS_POSTED),
            "choices": choices,
            "chosen": request.POST.get("destination") or (choices[0].key if choices else ""),
            "reason": request.POST.get("reason", ""),
            "failure": error.message if error else "",
            "why_not": selectors.why_not_share(person, post),
            "earlier": [share_words.row(earlier) for earlier in selectors.shares_of_post(person, post)],
            "needs_reason": isinstance(error, JustificationNeeded),
        }
        if isinstance(error, ShareBlocked | JustificationNeeded):
            words = context["wish_form"].wish.words or post.text
            kind = selectors.destination_by_slug(context["chosen"]).kind
            context["verdict_html"] = present_outside(outward(words, kind).text, error.verdict).html
        return render(request, "shares/ask.html", context, status=error.status if error else 200)


@require_POST
def withdraw(request: HttpRequest, share_id: int) -> HttpResponse:
    """Stop a share that has not left."""
    person = person_of(request)
    services.withdraw(by=person, share=selectors.share_for(person, share_id))
    messages.success(request, _("The share is withdrawn. Nothing of it leaves."))
    return HttpResponseRedirect(reverse("web:share", args=[share_id]))


@require_POST
def appeal(request: HttpRequest, share_id: int) -> HttpResponse:
    """Contest a rejection; what was typed stays where it cannot be taken."""
    person = person_of(request)
    found, reason = selectors.share_for(person, share_id), request.POST.get("reason", "")
    try:
        officers.appeal(by=person, share_id=share_id, reason=reason)
    except (Conflict, Invalid) as error:
        return _page(request, found, status=error.status, appeal_failure=error.message, appeal_reason=reason)
    messages.success(request, _("Another reviewer will look at it. You are told what they say."))
    return HttpResponseRedirect(reverse("web:share", args=[share_id]))


@require_POST
def answer_proposal(request: HttpRequest, share_id: int, proposal_id: int) -> HttpResponse:
    """Take the wording that a reviewer proposes as an edit of one's own, or leave it."""
    person, answer = person_of(request), request.POST.get("answer")
    selectors.share_for(person, share_id)
    if answer not in {"take", "leave"}:
        raise NotFound(_("There is nothing at this address."))
    try:
        officers.answer_proposal(by=person, share_id=share_id, proposal_id=proposal_id, take=answer == "take")
    except (Conflict, Invalid) as error:
        messages.error(request, error.message)
    else:
        told = _("You took the wording. It is judged from the start.") if answer == "take" else _("Left as it is.")
        messages.success(request, told)
    return HttpResponseRedirect(reverse("web:share", args=[share_id]))


@require_POST
def settle(request: HttpRequest, share_id: int) -> HttpResponse:
    """Say whether an unclear share arrived, having looked."""
    person = person_of(request)
    answer = request.POST.get("arrived")
    if answer not in {"yes", "no"}:
        raise NotFound(_("There is nothing at this address."))
    services.settle_unknown(by=person, share=selectors.share_for(person, share_id), sent=answer == "yes")
    messages.success(request, _("Thank you, noted."))
    return HttpResponseRedirect(reverse("web:share", args=[share_id]))


class TakeBack(View):
    """Take back what is out: why, and whether everywhere. A page of its own: news must not eat what is being typed."""

    def get(self, request: HttpRequest, share_id: int) -> HttpResponse:
        return self._form(request, selectors.share_for(person_of(request), share_id))

    def post(self, request: HttpRequest, share_id: int) -> HttpResponse:
        person = person_of(request)
        found = selectors.share_for(person, share_id)
        wish: dict[str, Any] = {"by": person, "reason": request.POST.get("reason", "")}
        try:
            if request.POST.get("everywhere"):
                services.recall_everywhere(post=found.post, **wish)
            else:
                services.recall(share=found, with_copies=bool(request.POST.get("copies")), **wish)
        except CorpblogError as error:
            return self._form(request, found, error)
        messages.success(request, _("It is being taken back. This page says when it is gone."))
        return HttpResponseRedirect(reverse("web:share", args=[share_id]))

    def _form(self, request: HttpRequest, found: Share, error: CorpblogError | None = None) -> HttpResponse:
        person = person_of(request)
        access.check_may_recall(person, found)
        context = {
            "row": share_words.row(found),
            "share": found,
            "places": [share_words.row(share) for share in selectors.recallable(person, found)],
            "reason": request.POST.get("reason", ""),
            "everywhere": bool(request.POST.get("everywhere")),
            "copies": advocacy.copies_out(found),
            "with_copies": request.method == "GET" or bool(request.POST.get("copies")),
            "failure": error.message if error else "",
        }
        return render(request, "shares/recall.html", context, status=error.status if error else 200)


@require_POST
def settle_recall(request: HttpRequest, share_id: int) -> HttpResponse:
    """Say that it was taken away by hand, or have it tried again."""
    person = person_of(request)
    answer = request.POST.get("answer")
    if answer not in {"gone", "again"}:
        raise NotFound(_("There is nothing at this address."))
    services.settle_recall(by=person, share=selectors.share_for(person, share_id), gone=answer == "gone")
    messages.success(request, _("Thank you, noted.") if answer == "gone" else _("It is tried again."))
    return HttpResponseRedirect(reverse("web:share", args=[share_id]))
