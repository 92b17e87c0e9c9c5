"""What officers do at the desk, and the simulations that show what a policy would have brought there."""

from corpblog.desk.services.ruling import approve, ask_for_changes, reject, undo
from corpblog.desk.services.simulating import cancel_simulation, is_asked_for, run_simulations, simulate

__all__ = [
    "approve",
    "ask_for_changes",
    "cancel_simulation",
    "is_asked_for",
    "reject",
    "run_simulations",
    "simulate",
    "undo",
]
