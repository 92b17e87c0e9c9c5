"""Tell the pages and the people concerned, after the commit. Nothing that is held is ever quoted in a notice."""

from corpblog.notifications.models import Notice
from corpblog.notifications.services import notify
from corpblog.people.models import Person
from corpblog.sharing.events import ShareChanged, share_changed
from corpblog.sharing.models import Share


def noted(share: Share, code: str) -> None:
    """Keep why the share waits, and have the pages that show it say so."""
    share.note = code
    share.save(update_fields=["note", "changed_at"])
    told(share, was_silent=True)


def told(share: Share, *, by: Person | None = None, was_silent: bool = False) -> None:
    """Publish that the share moved, and leave a notice for its author and requester unless they did it themselves."""
    share_changed.publish(
        ShareChanged(share_id=share.pk, state=share.state, author_id=share.author_id, requester_id=share.requester_id)
    )
    if was_silent or share.state in {Share.State.SENDING, Share.State.CLEARED}:
        return
    for person in {share.author_id: share.author, share.requester_id: share.requester}.values():
        if by is None or person.pk != by.pk:
            notify(
                person=person,
                kind=Notice.Kind.SHARE,
                actor=None,
                post=share.post,
                facts={"share": str(share.pk), "state": share.state, "destination": share.destination.name},
                url=f"/shares/{share.pk}/",
            )
