"""What only shows in a state that the matrix's world is not in: bring it about, past all services, and name the pages.

For tests of what pages draw; nothing of it could be decided upon. The database's rules have to be off.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from corpblog.audit.models import KeptAnchor, PlaceTrouble
from corpblog.desk.models import Hold, Proposal, Unmasking
from corpblog.notifications.models import PushDevice
from corpblog.people.models import Person, SyncRun
from corpblog.policy.models import PolicyVersion
from corpblog.posts.models import PostRevision, ScheduledPost
from corpblog.sharing.models import (
    Destination,
    GateState,
    Incident,
    Job,
    Recall,
    Receipt,
    Share,
    ShareRevision,
    TargetChange,
    ThreadPart,
    Watch,
)

# Somebody's page: who looks, and where.
Places = list[tuple[str, str]]


def bring_about(world: Mapping[str, Any], share: Share, said: Callable[[str], str]) -> Places:
    """Bring every rare state about, and return where it shows.

    share: one of alice's, of a post with a revision. said: the payloads of a field, by `Model.field`.
    """
    now, omar = timezone.now(), Person.objects.get(username="omar")
    there = Destination.objects.get(slug="there")
    lena = Person.objects.get(username="lena")
    GateState.objects.filter(pk=1).update(is_closed=True, reason=said("GateState.reason"))
    _one(TargetChange).update(destination=there, state="waiting", decided_at=None, decided_by=None)
    _one(Watch).update(destination=there, unseen_since=now, trouble="unreachable")
    Incident.objects.update(
        acknowledged_at=now, acknowledged_by=omar, url=f"https://evil.example/{said('Incident.url')}"
    )
    _one(Hold).update(lift_asked_at=now, lift_asked_by=lena)
    PolicyVersion.objects.filter(number=world["old"]).update(refusal=said("PolicyVersion.refusal"), refused_by=omar)
    SyncRun.objects.update(report=[said("SyncRun.report")])
    PushDevice.objects.update(person=Person.objects.get(username="alice"), token=None)
    _one(PlaceTrouble).update(place="file")
    _one(KeptAnchor).update(place="file")
    poll = {"kind": ["poll"], "option": [said("ScheduledPost.fields")] * 2, "ends": [""]}
    ScheduledPost.objects.filter(pk=world["scheduled"]).update(fields=poll)
    newest = PostRevision.objects.filter(post=world["public"]).order_by("-version")[0]
    newest.files = [{"id": 1, "name": "a.png", "kind": "image/png", "alt": said("PostRevision.files")}]
    newest.save()
    # The same file, described anew: what differs is shown, word by word.
    files = [{**newest.files[0], "alt": "x"}]
    facts = {"text": "x", "html": "x", "editor": newest.editor, "created_at": now, "files": files}
    PostRevision.objects.create(post=newest.post, version=newest.version + 1, **facts)
    places = [
        ("omar", "/desk/incidents/"),
        ("omar", f"/desk/holds/{world['hold']}/"),
        ("omar", f"/policies/{world['old']}/"),
        ("omar", "/desk/anchors/"),
        ("omar", "/desk/reports/"),
        ("irene", "/destinations/"),
        ("irene", "/destinations/there/"),
        ("irene", "/admin-console/"),
        ("alice", f"/scheduled/{world['scheduled']}/"),
        ("alice", f"/p/{world['public']}/history/"),
        ("alice", "/posts/new/"),
        ("alice", "/settings/notices/"),
        ("alice", "/suggestions/channels/?q=news"),
        ("alice", "/suggestions/searches/?q=from:al&all"),
        ("alice", "/suggestions/searches/?q=in:news&all"),
        ("alice", "/suggestions/searches/?q=news&all"),
        ("alice", f"/suggestions/tags/?q={quote('⟦PostTag.tag⟧')}"),
    ]
    return places + _of_a_share(share, said)


def _one(model: Any) -> Any:
    """The first row alone: many hold what only one row may."""
    return model.objects.filter(pk=model.objects.order_by("pk").values_list("pk", flat=True)[0])


def _of_a_share(share: Share, said: Callable[[str], str]) -> Places:
    """A share that is out, with its parts, and being taken back by hand."""
    job = Job.objects.filter(share=share).first() or Job.objects.all()[0]
    Job.objects.filter(pk=job.pk).update(share=share, trouble="unreachable")
    Share.objects.filter(pk=share.pk).update(state="sent", note="unreachable")
    # As a thread of two, whose first part is out.
    form = {**json.loads(share.revision.canonical), "thread": ["x"]}
    ShareRevision.objects.filter(pk=share.revision_id).update(canonical=json.dumps(form))
    _one(Receipt).update(job=job, url=f"https://evil.example/{said('Receipt.url')}")
    _one(ThreadPart).update(job=job, url=f"https://evil.example/{said('ThreadPart.url')}")
    _one(Recall).update(share=share, state="by_hand", trouble="unreachable")
    return [("alice", f"/shares/{share.pk}/"), ("alice", "/shares/"), ("omar", f"/shares/{share.pk}/recall/")]


def ask_for_changes(share: Share, said: Callable[[str], str]) -> Places:
    """The same share with a reviewer's wording."""
    Share.objects.filter(pk=share.pk).update(state="changes_asked")
    left = {"text": {"spans": [], "text": said("Proposal.fields")}}
    _one(Proposal).update(revision=share.revision, answer="open", fields=left)
    _one(Unmasking).update(share=share, agreed_at=None, agreed_by=None)
    return [("alice", f"/shares/{share.pk}/"), ("omar", f"/desk/{share.pk}/")]
