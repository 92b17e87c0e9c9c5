"""What officers do at the desk, and the simulations that show what a policy would have brought there."""

from corpblog.desk.services.erasing import (
    agree_to_erase,
    ask_to_erase,
    carry_out_erasures,
    drop_erasure,
    erase_again,
)
from corpblog.desk.services.filing import assign, assign_by_turn, escalate, remark, share_moved
from corpblog.desk.services.holding import Scope, agree_to_hold, ask_to_lift, keep_hold, lift_hold, place_hold
from corpblog.desk.services.marking import mark_past_post
from corpblog.desk.services.proving import evidence
from corpblog.desk.services.reading_around import read_around
from corpblog.desk.services.redacting import answer_proposal, redact
from corpblog.desk.services.retaining import (
    agree_to_schedule,
    end_schedule,
    preview_schedule,
    propose_schedule,
    retain,
)
from corpblog.desk.services.ruling import approve, ask_for_changes, reject, undo
from corpblog.desk.services.sampling import mark_sample, set_sampling_rate, take_samples
from corpblog.desk.services.searching import read_held_file, search_everything
from corpblog.desk.services.second_looks import answer_appeal, appeal, mark_rule
from corpblog.desk.services.simulating import cancel_simulation, is_asked_for, run_simulations, simulate
from corpblog.desk.services.together import rule_together
from corpblog.desk.services.unmasking import agree_to_unmask, ask_to_unmask, refuse_to_unmask

__all__ = [
    "Scope",
    "agree_to_erase",
    "agree_to_hold",
    "agree_to_schedule",
    "agree_to_unmask",
    "answer_appeal",
    "answer_proposal",
    "appeal",
    "approve",
    "ask_for_changes",
    "ask_to_erase",
    "ask_to_lift",
    "ask_to_unmask",
    "assign",
    "assign_by_turn",
    "cancel_simulation",
    "carry_out_erasures",
    "drop_erasure",
    "end_schedule",
    "erase_again",
    "escalate",
    "evidence",
    "is_asked_for",
    "keep_hold",
    "lift_hold",
    "mark_past_post",
    "mark_rule",
    "mark_sample",
    "place_hold",
    "preview_schedule",
    "propose_schedule",
    "read_around",
    "read_held_file",
    "redact",
    "refuse_to_unmask",
    "reject",
    "remark",
    "retain",
    "rule_together",
    "run_simulations",
    "search_everything",
    "set_sampling_rate",
    "share_moved",
    "simulate",
    "take_samples",
    "undo",
]
