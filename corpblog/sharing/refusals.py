"""What the database refuses in the gate's tables, whoever asks: the last guard behind the services."""

from corpblog.kernel.triggers import Refusal

# A job is sealed only for the share's current revision, byte for byte, with the approvals it needs and no rejection.
_NOT_CLEARED = """NEW.state = 'sealed' AND NOT EXISTS (
    SELECT 1 FROM sharing_share s JOIN sharing_sharerevision r ON r.id = s.revision_id
    WHERE s.id = NEW.share_id AND r.id = NEW.revision_id AND r.canonical = NEW.sealed
      AND s.state IN ('cleared', 'approved') AND r.approvals_needed IS NOT NULL
      AND r.approvals_needed <= (
          SELECT COUNT(DISTINCT d.reviewer_id) FROM sharing_decision d
          WHERE d.revision_id = r.id AND d.ruling = 'approve' AND d.undone_at IS NULL)
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

REFUSALS = (
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
    Refusal("new_job_is_cleared", "sharing_job", "INSERT", "a sealed job needs a cleared share", _NOT_CLEARED),
    Refusal(
        "sealed_job_is_cleared",
        "sharing_job",
        "UPDATE",
        "a sealed job needs a cleared share",
        f"OLD.state <> 'sealed' AND {_NOT_CLEARED}",
    ),
    Refusal("sealed_bytes_never_change", "sharing_job", "UPDATE", "sealed bytes never change", _OTHER_BYTES),
    Refusal("nothing_unsealed_is_called", "sharing_job", "UPDATE", "nothing is sent unsealed", _UNSEALED_CALL),
)
