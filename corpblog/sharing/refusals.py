"""What the database refuses in the gate's tables, whoever asks: the last guard behind the services."""

from corpblog.kernel.triggers import Refusal

# A job is sealed only for the share's current revision, byte for byte, with the approvals it needs and no rejection.
# approved: the revision that reviewers approved: its own, or the one on whose clearance it rides.
_NOT_CLEARED = """NEW.state = 'sealed' AND NOT EXISTS (
    SELECT 1 FROM sharing_share s JOIN sharing_sharerevision r ON r.id = s.revision_id
    WHERE s.id = NEW.share_id AND r.id = NEW.revision_id AND r.canonical = NEW.sealed
      AND s.state IN ('cleared', 'approved') AND r.approvals_needed IS NOT NULL
      AND r.approvals_needed <= (
          SELECT COUNT(DISTINCT d.reviewer_id) FROM sharing_decision d
          WHERE d.revision_id = {approved} AND d.ruling = 'approve' AND d.undone_at IS NULL)
      AND NOT EXISTS (
          SELECT 1 FROM sharing_decision d
          WHERE d.digest = r.digest AND d.ruling = 'reject' AND d.undone_at IS NULL))"""

_OWN_SHARE = """EXISTS (
    SELECT 1 FROM sharing_hand h JOIN sharing_sharerevision r ON r.share_id = h.share_id
    WHERE r.id = NEW.revision_id AND h.person_id = NEW.reviewer_id)"""

_MORE_THAN_UNDOING = """NEW.revision_id <> OLD.revision_id OR NEW.reviewer_id <> OLD.reviewer_id
    OR NEW.ruling <> OLD.ruling OR NEW.digest <> OLD.digest OR NEW.decided_at <> OLD.decided_at
    OR OLD.undone_at IS NOT NULL"""

# Bytes that may be on the wire never change under a worker's hands.
_OTHER_BYTES = """OLD.state IN ('sealed', 'calling', 'doubtful', 'sent', 'unknown')
    AND NEW.state IN ('sealed', 'calling', 'doubtful', 'sent', 'unknown')
    AND (NEW.sealed <> OLD.sealed OR NEW.revision_id <> OLD.revision_id)"""

_UNSEALED_CALL = (
    "NEW.state IN ('calling', 'doubtful', 'sent', 'unknown') AND OLD.state IN ('waiting', 'stopped', 'failed')"
)

# An employee's own account takes their copies of what is offered, and nothing else; company accounts take no copies.
_SOMEBODY_ELSES_ACCOUNT = """EXISTS (
    SELECT 1 FROM sharing_destination d WHERE d.id = NEW.destination_id
      AND ((d.owner_id IS NULL) <> (NEW.revoices_id IS NULL)
           OR d.owner_id <> NEW.author_id OR d.owner_id <> NEW.requester_id))"""

_MOVED = "NEW.destination_id <> OLD.destination_id OR COALESCE(NEW.revoices_id, 0) <> COALESCE(OLD.revoices_id, 0)"

# It rides on the cleared words of what it re-voices, or of their correction, and on nobody else's.
_RIDES_ELSEWHERE = """NEW.rides_on_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM sharing_share s, sharing_sharerevision r JOIN sharing_share o ON o.id = r.share_id
    WHERE s.id = NEW.share_id AND r.id = NEW.rides_on_id
      AND (o.id = s.revoices_id OR o.corrects_id = s.revoices_id))"""

_COPY_OF_A_COPY = """EXISTS (
    SELECT 1 FROM sharing_share s WHERE s.id = NEW.share_id
      AND (s.revoices_id IS NOT NULL OR s.corrects_id IS NOT NULL))"""


def _gate(approved: str) -> tuple[Refusal, ...]:
    not_cleared = _NOT_CLEARED.format(approved=approved)
    return (
        Refusal("revision_is_never_changed", "sharing_sharerevision", "UPDATE", "a revision is never changed"),
        Refusal("revision_is_never_deleted", "sharing_sharerevision", "DELETE", "a revision is never deleted"),
        Refusal("decision_is_never_deleted", "sharing_decision", "DELETE", "a decision is never deleted"),
        Refusal(
            "decision_is_only_undone", "sharing_decision", "UPDATE", "a decision may only be undone", _MORE_THAN_UNDOING
        ),
        Refusal(
            "nobody_decides_on_their_own", "sharing_decision", "INSERT", "nobody decides on their own share", _OWN_SHARE
        ),
        Refusal("hand_is_never_deleted", "sharing_hand", "DELETE", "who had a hand in a share is not forgotten"),
        Refusal("hand_is_never_changed", "sharing_hand", "UPDATE", "who had a hand in a share is not forgotten"),
        Refusal("new_job_is_cleared", "sharing_job", "INSERT", "a sealed job needs a cleared share", not_cleared),
        Refusal(
            "sealed_job_is_cleared",
            "sharing_job",
            "UPDATE",
            "a sealed job needs a cleared share",
            f"OLD.state <> 'sealed' AND {not_cleared}",
        ),
        Refusal("sealed_bytes_never_change", "sharing_job", "UPDATE", "sealed bytes never change", _OTHER_BYTES),
        Refusal("nothing_unsealed_is_called", "sharing_job", "UPDATE", "nothing is sent unsealed", _UNSEALED_CALL),
    )


# As they were before copies rode on a clearance, for the migrations of then.
FIRST = _gate("r.id")

REFUSALS = (
    *_gate("COALESCE(r.rides_on_id, r.id)"),
    Refusal(
        "own_account_is_its_owners",
        "sharing_share",
        "INSERT",
        "an own account takes the copies of its owner",
        _SOMEBODY_ELSES_ACCOUNT,
    ),
    Refusal("share_stays_where_it_is_for", "sharing_share", "UPDATE", "a share never moves", _MOVED),
    Refusal(
        "account_keeps_its_owner",
        "sharing_destination",
        "UPDATE",
        "an account never changes hands",
        "COALESCE(NEW.owner_id, 0) <> COALESCE(OLD.owner_id, 0)",
    ),
    Refusal(
        "copy_rides_on_its_original",
        "sharing_sharerevision",
        "INSERT",
        "a copy rides on its original",
        _RIDES_ELSEWHERE,
    ),
    Refusal("only_originals_are_offered", "sharing_offer", "INSERT", "only originals are offered", _COPY_OF_A_COPY),
)
