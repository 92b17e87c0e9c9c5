"""What the database refuses at the desk, whoever asks."""

from corpblog.kernel.triggers import Refusal

_PASSED_UP = """EXISTS (
    SELECT 1 FROM desk_casefile c JOIN sharing_sharerevision r ON r.share_id = c.share_id
    WHERE r.id = NEW.revision_id AND c.escalated_by_id = NEW.reviewer_id)"""

_OWN_REJECTION = """NEW.answered_by_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM sharing_decision d WHERE d.id = NEW.decision_id AND d.reviewer_id = NEW.answered_by_id)"""

REFUSALS = (
    Refusal(
        "who_passed_it_up_does_not_decide",
        "sharing_decision",
        "INSERT",
        "who passed a case up does not decide on it",
        _PASSED_UP,
    ),
)
APPEALS = (
    Refusal(
        "who_rejected_does_not_answer_the_appeal",
        "desk_appeal",
        "UPDATE",
        "who rejected a share does not answer its appeal",
        _OWN_REJECTION,
    ),
)
SEARCHES = (
    Refusal("search_is_never_changed", "desk_officersearch", "UPDATE", "a search of an officer is never changed"),
    Refusal("search_is_never_deleted", "desk_officersearch", "DELETE", "a search of an officer is never deleted"),
)
