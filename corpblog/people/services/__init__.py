"""What changes people: signing in and out, the directory's news, being cut off."""

from corpblog.people.services.break_glass import make_break_glass
from corpblog.people.services.cut_off import cut_off, cut_off_by_hand, end_session, end_sessions, let_in
from corpblog.people.services.erasing import erase_profile
from corpblog.people.services.preferences import save_preferences, time_zones
from corpblog.people.services.sign_in import NotYourPassword, acted, confirm, last_confirmed, sign_in, sign_out

__all__ = [
    "NotYourPassword",
    "acted",
    "confirm",
    "cut_off",
    "cut_off_by_hand",
    "end_session",
    "end_sessions",
    "erase_profile",
    "last_confirmed",
    "let_in",
    "make_break_glass",
    "save_preferences",
    "sign_in",
    "sign_out",
    "time_zones",
]
