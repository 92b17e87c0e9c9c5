"""Put a released share into the outbox. What is stopped afterwards stays there: sealing looks at the share's state."""

from django.conf import settings

from corpblog.kernel import clock
from corpblog.sharing.models import Job, Share


def put_on_its_way(share: Share) -> None:
    """Enqueue the share's revision, in the transaction that released it, after the time in which it can be undone."""
    assert share.revision is not None
    earliest = clock.database_now() + settings.SHARE_DELAY
    due = max(earliest, share.send_at) if share.send_at else earliest
    Job.objects.update_or_create(
        share=share,
        defaults={
            "revision": share.revision,
            "state": Job.State.WAITING,
            "due_at": due,
            "tries": 0,
            "trouble": "",
            "told": "",
        },
    )
