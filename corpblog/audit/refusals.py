"""What the database refuses to do to the audit log, whoever asks."""

from corpblog.kernel.triggers import Refusal

REFUSALS = (
    Refusal("audit_entry_is_never_changed", "audit_auditentry", "UPDATE", "an audit entry is never changed"),
    Refusal("audit_entry_is_never_deleted", "audit_auditentry", "DELETE", "an audit entry is never deleted"),
    Refusal("audit_payload_is_never_changed", "audit_auditpayload", "UPDATE", "an audit payload is never changed"),
    Refusal("audit_head_is_never_deleted", "audit_audithead", "DELETE", "the head of the audit log is never deleted"),
    Refusal(
        "audit_head_only_moves_on",
        "audit_audithead",
        "UPDATE",
        "the head of the audit log only moves on",
        "NEW.number <> OLD.number + 1",
    ),
)

ANCHOR_REFUSALS = (
    Refusal("anchor_is_never_changed", "audit_anchor", "UPDATE", "a signed head is never changed"),
    Refusal("anchor_is_never_deleted", "audit_anchor", "DELETE", "a signed head is never deleted"),
    Refusal("kept_anchor_is_never_changed", "audit_keptanchor", "UPDATE", "what a place said is never changed"),
    Refusal("kept_anchor_is_never_deleted", "audit_keptanchor", "DELETE", "what a place said is never deleted"),
)
