"""Say of a post of the past whether a rule is right about it; the mark counts in the rule's precision."""

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.desk.precision import MARKED
from corpblog.kernel.errors import NotFound
from corpblog.people.models import Person
from corpblog.policy.services.drafts import require_editor
from corpblog.posts.past import texts_of


@transaction.atomic
def mark_past_post(*, by: Person, number: int, rule: str, post_id: int, is_right: bool) -> str:
    """Note that a rule of the version is right or wrong about the post, and return the post's text.

    The last mark of a rule and post counts, whoever made it. Policy admins only, and only what they may read: whoever
    reads the policy reads its examples. Raises NotFound for any other post.
    """
    require_editor(by)
    post = texts_of([post_id], by).get(post_id)
    if post is None:
        raise NotFound(_("This post is gone, or you may not read it."))
    record(action=MARKED, actor_id=by.pk, subject=f"policy:{number}", rule=rule, post=post_id, right=is_right)
    return post.text
