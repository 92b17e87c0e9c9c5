"""Put everything about one share into a ZIP that proves itself far from here: see `desk.verify_evidence`."""

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit import selectors as audit
from corpblog.audit import services as anchoring
from corpblog.audit.keys import public_key, signing_key
from corpblog.desk import access, pseudonyms
from corpblog.desk.verify_evidence import MANIFEST, manifest_text, sha256
from corpblog.kernel import blobs, clock
from corpblog.kernel.errors import Conflict, NotFound
from corpblog.people.models import Person
from corpblog.policy.models import PolicyVersion
from corpblog.sharing.canonical import read
from corpblog.sharing.models import Decision, Receipt, Share, ShareRevision

README: Final = """What one share asked to send out, what was found in it, who ruled on it, and what became of it.

Verify it with Corpblog's file corpblog/desk/verify_evidence.py, which needs Python and nothing else:

    python verify_evidence.py evidence.zip --key PUBLIC_KEY [--anchors FILE ...]

Take the script, the key and the anchors from elsewhere than this ZIP.
"""


def evidence(*, by: Person, share_id: int) -> bytes:
    """Return the ZIP; that it was made is an entry of the audit log. Officers and auditors only."""
    access.check_may_read(by)
    share = Share.objects.for_rows().filter(pk=share_id).first()
    if share is None or share.revision is None:
        raise NotFound(_("There is no such case."))
    if pseudonyms.authors(by, [share])[share.pk].is_masked:
        raise Conflict(_("The evidence names its author. Let two officers agree to show the name first."))
    with transaction.atomic():
        anchoring.record(action="desk.evidence_made", actor_id=by.pk, subject=share.subject, digest=share.digest)
    members = _members(share)
    members |= _proof(share)
    return _zipped(share, members)


def _members(share: Share) -> dict[str, bytes]:
    revisions = list(share.revisions.select_related("rides_on").order_by("number"))
    decisions = Decision.objects.filter(revision__share=share).select_related("revision", "reviewer").order_by("id")
    receipts = Receipt.objects.filter(job__share=share).select_related("job__revision")
    policies = PolicyVersion.objects.filter(digest__in={revision.policy_digest for revision in revisions} - {""})
    data: dict[str, Any] = {
        "share.json": _share(share),
        "revisions.json": [_revision(revision) for revision in revisions],
        "decisions.json": [_decision(decision) for decision in decisions],
        "receipts.json": [_receipt(receipt) for receipt in receipts],
        # A version that was drafted again from another may have the same text; once is enough.
        "policies.json": list({policy.digest: _policy(policy) for policy in policies.order_by("number")}.values()),
    }
    return {name: _spelled(value) for name, value in data.items()} | _files(revisions) | {"README.txt": README.encode()}


def _proof(share: Share) -> dict[str, bytes]:
    """The chain from the share's first entry to a signed head after its last, and the heads on the way."""
    first, last = audit.span(share.subject)
    if anchoring.last_anchored() < last:
        anchoring.anchor()
    heads = [head for head in audit.anchors() if head["number"] >= first]
    # A head with a time stamp says more, and is seldom far.
    covering = [head for head in heads if head["number"] >= last]
    stamped = [head for head in covering if "stamp" in head]
    end = min((head["number"] for head in stamped or covering), default=last)
    return {
        "chain.json": _spelled(list(audit.excerpt(first, end, share.subject))),
        "anchors.json": _spelled([head for head in heads if head["number"] <= end]),
    }


def _zipped(share: Share, members: dict[str, bytes]) -> bytes:
    key = signing_key()
    manifest: dict[str, Any] = {
        "form": 1,
        "subject": share.subject,
        "made_at": _instant(clock.now()),
        "before": audit.digest_before(audit.span(share.subject)[0]),
        "members": {name: sha256(body) for name, body in members.items()},
        "key": public_key(key),
    }
    manifest["signature"] = key.sign(manifest_text(manifest)).hex()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in {MANIFEST: _spelled(manifest), **members}.items():
            archive.writestr(name, body)
    return out.getvalue()


def _share(share: Share) -> dict[str, Any]:
    return {
        "id": share.pk,
        "destination": share.destination.name,
        "account": share.destination.remote_account,
        "author": share.author.display_name,
        "author_id": share.author_id,
        "requester": share.requester.display_name,
        "requester_id": share.requester_id,
        "state": share.state,
        "justification": share.justification,
        "asked_at": _instant(share.created_at),
    }


def _revision(revision: ShareRevision) -> dict[str, Any]:
    names = ("number", "canonical", "digest", "outcome", "verdict", "policy_digest", "approvals_needed", "why")
    told = {name: getattr(revision, name) for name in names} | {"at": _instant(revision.created_at)}
    cleared = revision.rides_on
    if cleared is None:
        return told
    # Whose approvals counted for it: the evidence of that share has them.
    return told | {"rides_on": {"share": str(cleared.share_id), "digest": cleared.digest}}


def _decision(decision: Decision) -> dict[str, Any]:
    names = ("ruling", "reason", "digest", "reviewer_id", "policy_digest", "engine_version", "normaliser_version")
    return {name: getattr(decision, name) for name in names} | {
        "revision": decision.revision.number,
        "reviewer": decision.reviewer.display_name,
        "at": _instant(decision.decided_at),
        "undone_at": _instant(decision.undone_at) if decision.undone_at else None,
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "remote_id": receipt.remote_id,
        "url": receipt.url,
        "how": receipt.how,
        "digest": receipt.job.revision.digest,
        "at": _instant(receipt.received_at),
    }


def _policy(policy: PolicyVersion) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in ("number", "digest", "source", "dictionaries", "sources")}


def _files(revisions: Iterable[ShareRevision]) -> dict[str, bytes]:
    """The bytes of the files, where they are still there: their digests are in the revisions in any case."""
    found = {}
    for digest in {file["sha256"] for revision in revisions for file in read(revision.canonical)["attachments"]}:
        try:
            found[f"files/{digest}"] = blobs.read(digest)
        except blobs.BlobError:
            continue
    return found


def _spelled(value: Any) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
