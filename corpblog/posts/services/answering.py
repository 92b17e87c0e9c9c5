"""Say which answer to a question is the best."""

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel.errors import Invalid, NotAllowed
from corpblog.people.models import Person
from corpblog.posts import access
from corpblog.posts.errors import Archived, no_such_post
from corpblog.posts.events import BestChosen, best_chosen
from corpblog.posts.models import ChannelEvent, Post
from corpblog.posts.selectors import post_for
from corpblog.posts.services.log import log


@transaction.atomic
def choose_best(*, by: Person, post_id: int, on: bool = True) -> Post:
    """Make a reply the best answer of its thread's question, or (`on` false) take that back; return the question."""
    reply = post_for(by, post_id)
    if not reply.channel.is_open:
        raise Archived
    if reply.root_id is None:
        raise Invalid(_("Choose a reply: a question is not its own answer."))
    # The question first, then the reply: the order that deleting uses.
    question: Post = Post.objects.for_cards().select_for_update(of=("self",), no_key=True).get(pk=reply.root_id)
    if question.kind != Post.Kind.QUESTION:
        raise Invalid(_("This thread is no question."))
    if not access.can_choose_best(by, question):
        raise NotAllowed(_("Who asked chooses the best answer, or who looks after the channel."), post=question.pk)
    if not Post.objects.alive().select_for_update(no_key=True).filter(pk=reply.pk).exists():
        raise no_such_post()
    chosen = reply if on else None
    if (question.best_id == reply.pk) == on:
        return question
    question.best = chosen
    question.save(update_fields=["best"])
    if chosen:
        best_chosen.publish(BestChosen(chosen.pk, by.pk))
    log((ChannelEvent.Kind.CHANGED, question), by=by)
    return question
