"""What the gate does. Every door calls these; nothing else changes a share."""

from corpblog.sharing.services.again import send_again
from corpblog.sharing.services.asking import request_share
from corpblog.sharing.services.deciding import decide, undo_decision
from corpblog.sharing.services.destinations import (
    close_destination,
    close_gate,
    connect,
    ensure_press_page,
    open_destination,
    open_gate,
)
from corpblog.sharing.services.judging import preview
from corpblog.sharing.services.restoring import doubt_since
from corpblog.sharing.services.sealing import seal
from corpblog.sharing.services.sending import recover, send, settle_doubt
from corpblog.sharing.services.settling import settle_unknown
from corpblog.sharing.services.stopping import follow_person, follow_post, withdraw

__all__ = [
    "close_destination",
    "close_gate",
    "connect",
    "decide",
    "doubt_since",
    "ensure_press_page",
    "follow_person",
    "follow_post",
    "open_destination",
    "open_gate",
    "preview",
    "recover",
    "request_share",
    "seal",
    "send",
    "send_again",
    "settle_doubt",
    "settle_unknown",
    "undo_decision",
    "withdraw",
]
