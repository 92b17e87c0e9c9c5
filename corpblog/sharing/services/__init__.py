"""What the gate does. Every door calls these; nothing else changes a share."""

from corpblog.sharing.services.again import send_again
from corpblog.sharing.services.asking import check_takes_parts, request_share
from corpblog.sharing.services.connecting import (
    OWN_KINDS,
    Wish,
    connect,
    connect_own,
    decide_change,
    free_slug,
    own_wish,
)
from corpblog.sharing.services.correcting import correct, correct_everywhere, words_outside
from corpblog.sharing.services.deciding import decide, lift_rejection, undo_decision
from corpblog.sharing.services.destinations import (
    close_destination,
    close_gate,
    ensure_press_page,
    open_destination,
    open_gate,
)
from corpblog.sharing.services.doubting import settle_doubt
from corpblog.sharing.services.incidents import acknowledge_incident, adopt_forgotten, disown_forgotten
from corpblog.sharing.services.judging import preview, preview_copy, reckoned, rides
from corpblog.sharing.services.naming import NETWORKS, name_oneself, names_of
from corpblog.sharing.services.offering import Audience, end_offer, offer, revoice
from corpblog.sharing.services.own_accounts import disconnect_own, erase_accounts_of, let_own
from corpblog.sharing.services.planning import plan
from corpblog.sharing.services.queueing import move_in_queue
from corpblog.sharing.services.recalling import recall, recall_everywhere, settle_recall, take_back_next
from corpblog.sharing.services.restoring import doubt_since
from corpblog.sharing.services.sealing import seal
from corpblog.sharing.services.sending import recover, send
from corpblog.sharing.services.settling import settle_unknown
from corpblog.sharing.services.signing_in import begin_sign_in, complete_sign_in, signs_in_there
from corpblog.sharing.services.stopping import follow_person, follow_post, withdraw
from corpblog.sharing.services.testing import send_test
from corpblog.sharing.services.timing import Times, be_quiet, end_quiet, set_times
from corpblog.sharing.services.watching import watch

__all__ = [
    "NETWORKS",
    "OWN_KINDS",
    "Audience",
    "Times",
    "Wish",
    "acknowledge_incident",
    "adopt_forgotten",
    "be_quiet",
    "begin_sign_in",
    "check_takes_parts",
    "close_destination",
    "close_gate",
    "complete_sign_in",
    "connect",
    "connect_own",
    "correct",
    "correct_everywhere",
    "decide",
    "decide_change",
    "disconnect_own",
    "disown_forgotten",
    "doubt_since",
    "end_offer",
    "end_quiet",
    "ensure_press_page",
    "erase_accounts_of",
    "follow_person",
    "follow_post",
    "free_slug",
    "let_own",
    "lift_rejection",
    "move_in_queue",
    "name_oneself",
    "names_of",
    "offer",
    "open_destination",
    "open_gate",
    "own_wish",
    "plan",
    "preview",
    "preview_copy",
    "recall",
    "recall_everywhere",
    "reckoned",
    "recover",
    "request_share",
    "revoice",
    "rides",
    "seal",
    "send",
    "send_again",
    "send_test",
    "set_times",
    "settle_doubt",
    "settle_recall",
    "settle_unknown",
    "signs_in_there",
    "take_back_next",
    "undo_decision",
    "watch",
    "withdraw",
    "words_outside",
]
