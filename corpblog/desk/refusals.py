"""What the database refuses at the desk, whoever asks."""

from corpblog.desk.covering import condition
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


def _covered(version: str) -> str:
    return f"EXISTS (SELECT 1 FROM posts_post p WHERE p.id = {version}.post_id AND {condition('p')})"  # noqa: S608


# A version's words for searching may be noted later; nothing else of it ever changes.
_SAYS_SOMETHING_ELSE = """(NEW.text <> OLD.text OR NEW.html <> OLD.html OR NEW.post_id <> OLD.post_id
    OR NEW.version <> OLD.version OR NEW.editor_id <> OLD.editor_id OR NEW.files <> OLD.files)"""

_COVERS_SOMETHING_ELSE = """COALESCE(NEW.person_id, 0) <> COALESCE(OLD.person_id, 0)
    OR COALESCE(NEW.channel_id, 0) <> COALESCE(OLD.channel_id, 0) OR NEW.term <> OLD.term
    OR COALESCE(NEW.since, '1900-01-01 00:00:00+00:00') <> COALESCE(OLD.since, '1900-01-01 00:00:00+00:00')
    OR COALESCE(NEW.until, '1900-01-01 00:00:00+00:00') <> COALESCE(OLD.until, '1900-01-01 00:00:00+00:00')
    OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.asked_at <> OLD.asked_at OR NEW.matter <> OLD.matter
    OR NEW.reason <> OLD.reason OR OLD.lifted_at IS NOT NULL"""

_OWN_SAMPLE = """NEW.marked_by_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM sharing_hand h JOIN sharing_sharerevision r ON r.share_id = h.share_id
    WHERE r.id = NEW.revision_id AND h.person_id = NEW.marked_by_id)"""

SAMPLES = (
    Refusal(
        "nobody_marks_their_own_sample",
        "desk_sample",
        "UPDATE",
        "who had a hand in a share does not mark its sample",
        _OWN_SAMPLE,
    ),
)
HOLDS = (
    Refusal("held_version_is_not_deleted", "posts_postrevision", "DELETE", "a hold covers this post", _covered("OLD")),
    Refusal(
        "held_version_is_not_changed",
        "posts_postrevision",
        "UPDATE",
        "a hold covers this post",
        f"{_SAYS_SOMETHING_ELSE} AND {_covered('OLD')}",
    ),
    Refusal(
        "hold_covers_what_it_covered",
        "desk_hold",
        "UPDATE",
        "what a hold covers is never changed, and a lifted one stays lifted",
        _COVERS_SOMETHING_ELSE,
    ),
    Refusal("hold_is_never_deleted", "desk_hold", "DELETE", "a hold is never deleted"),
    Refusal("word_of_a_hold_is_never_changed", "desk_holdword", "UPDATE", "the words of a hold are never changed"),
    Refusal("word_of_a_hold_is_never_deleted", "desk_holdword", "DELETE", "the words of a hold are never deleted"),
)
# Of its own: posts got a part beside their words after the first holds were there.
PARTS_UNDER_A_HOLD = (
    Refusal(
        "part_of_a_held_version_is_not_changed",
        "posts_postrevision",
        "UPDATE",
        "a hold covers this post",
        f"NEW.part <> OLD.part AND {_covered('OLD')}",
    ),
)
