"""Choose how much one hears of a thread."""

from django.utils.translation import gettext as _

from corpblog.kernel.errors import Invalid
from corpblog.people.models import Person
from corpblog.posts.models import ThreadChoice
from corpblog.posts.selectors import post_for


def choose_for_thread(*, by: Person, post_id: int, choice: str) -> None:
    """Follow the thread that a post is in, mute it, or (an empty choice) neither."""
    post = post_for(by, post_id)
    if not choice:
        ThreadChoice.objects.filter(person=by, root=post.thread_id).delete()
        return
    if choice not in ThreadChoice.Choice.values:
        raise Invalid(_("This choice does not exist."))
    ThreadChoice.objects.update_or_create(person=by, root_id=post.thread_id, defaults={"choice": choice})
