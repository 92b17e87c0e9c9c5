"""What the database refuses at the desk, whoever asks."""

from corpblog.kernel.triggers import Refusal

_PASSED_UP = """EXISTS (
    SELECT 1 FROM desk_casefile c JOIN sharing_sharerevision r ON r.share_id = c.share_id
    WHERE r.id = NEW.revision_id AND c.escalated_by_id = NEW.reviewer_id)"""

REFUSALS = (
    Refusal(
        "who_passed_it_up_does_not_decide",
        "sharing_decision",
        "INSERT",
        "who passed a case up does not decide on it",
        _PASSED_UP,
    ),
)
