"""Who may do what with a post. Seeing it comes first: what cannot be seen is not found."""

from django.utils.translation import gettext as _

from corpblog.kernel.errors import NotAllowed
from corpblog.people.access import can_administer, has_role, is_compliance
from corpblog.people.models import Person, Role
from corpblog.posts.models import Attachment, Post
from corpblog.teams.access import can_manage, can_read, can_reply, can_write
from corpblog.teams.models import Channel


def can_see(person: Person, post: Post) -> bool:
    return can_read(person, post.channel)


def can_edit(person: Person, post: Post) -> bool:
    """Only who wrote it, where writing goes on. A repost has no words to change."""
    return post.author_id == person.pk and not (post.is_deleted or post.is_repost) and can_reply(person, post.channel)


def can_delete(person: Person, post: Post) -> bool:
    """Who wrote it, and who looks after the channel."""
    if post.is_deleted or not can_see(person, post):
        return False
    return post.author_id == person.pk or can_manage(person, post.channel)


def can_react(person: Person, post: Post) -> bool:
    return not post.is_deleted and can_reply(person, post.channel)


def can_vote(person: Person, post: Post) -> bool:
    """Whoever may answer, where the post is a poll. That they voted, or that it is over, is another question."""
    return post.kind == Post.Kind.POLL and not post.is_deleted and can_reply(person, post.channel)


def can_quote(person: Person, post: Post) -> bool:
    """Whoever sees it; what readers of the quote may not see of it stays hidden from them."""
    return not post.is_deleted and can_see(person, post)


def shows_to_all(post: Post, channel: Channel) -> bool:
    """Whether everybody who reads the channel may see the post: only then are its words part of a page for all."""
    return post.channel_id == channel.pk or not post.channel.is_private


def can_choose_best(person: Person, question: Post) -> bool:
    """Who asked, and who looks after the channel."""
    if question.kind != Post.Kind.QUESTION or question.is_deleted or not can_reply(person, question.channel):
        return False
    return question.author_id == person.pk or can_manage(person, question.channel)


def can_announce(person: Person, channel: Channel) -> bool:
    """Who looks after a channel, and everybody on their own storyline; nobody in a conversation."""
    if not can_write(person, channel) or channel.is_direct:
        return False
    return channel.person_id == person.pk or can_manage(person, channel)


def can_acknowledge(person: Person, post: Post) -> bool:
    """Whoever reads an announcement of somebody else; who is not asked may say so as well, and is not counted."""
    is_others = post.kind == Post.Kind.ANNOUNCEMENT and post.author_id != person.pk
    return is_others and not post.is_deleted and can_reply(person, post.channel)


def can_follow_up(person: Person, post: Post) -> bool:
    """Who made an announcement, and who looks after its channel: they see who has not, and remind them."""
    if post.kind != Post.Kind.ANNOUNCEMENT or post.is_deleted or not can_see(person, post):
        return False
    return post.author_id == person.pk or can_manage(person, post.channel)


def can_see_file(person: Person, file: Attachment) -> bool:
    """Whoever may see the post; before it is posted, only who added it."""
    if not person.is_active:
        return False
    if file.post is None:
        return file.owner_id == person.pk
    return not file.post.is_deleted and can_see(person, file.post)


def can_change_file(person: Person, file: Attachment) -> bool:
    """Who added it, as long as it is not posted."""
    return file.post_id is None and file.owner_id == person.pk


def can_describe_file(person: Person, file: Attachment) -> bool:
    """Who added it: before it is posted, and after as long as they may edit the post."""
    if file.post is None:
        return can_change_file(person, file)
    return file.owner_id == person.pk and can_edit(person, file.post)


def can_pin(person: Person, post: Post) -> bool:
    """Who looks after the place: a channel's owners, a storyline's person, everybody in a conversation."""
    channel = post.channel
    if post.is_deleted or not can_reply(person, channel):
        return False
    return channel.is_direct or channel.person_id == person.pk or can_manage(person, channel)


def can_report(person: Person, post: Post) -> bool:
    """Whoever sees a post of somebody else."""
    return not post.is_deleted and post.author_id != person.pk and can_see(person, post)


def can_read_reports(person: Person) -> bool:
    """Officers, and auditors, who read all of the desk and change nothing."""
    return can_judge_reports(person) or has_role(person, Role.AUDITOR)


def can_judge_reports(person: Person) -> bool:
    """Officers; what they read of a closed channel is what its reader handed to them."""
    return is_compliance(person)


def must_administer_emoji(person: Person) -> None:
    """Raise for everybody but who administers the installation: the company's emoji are everybody's."""
    if not can_administer(person):
        raise NotAllowed(_("Only system administrators change the emoji of the company."))
