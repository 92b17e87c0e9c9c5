"""Writing the chain, and giving its signed head to those who keep it outside."""

from corpblog.audit.services.anchoring import anchor, anchor_when_long, hand_out, last_anchored
from corpblog.audit.services.recording import digest_of, forget_payloads, record

__all__ = ["anchor", "anchor_when_long", "digest_of", "forget_payloads", "hand_out", "last_anchored", "record"]
