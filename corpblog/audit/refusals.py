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
