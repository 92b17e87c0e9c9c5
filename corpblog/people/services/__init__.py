"""What changes people: signing in and out, the directory's news, being cut off."""

from corpblog.people.services.break_glass import make_break_glass
from corpblog.people.services.cut_off import cut_off, cut_off_by_hand, end_session, end_sessions, let_in
from corpblog.people.services.erasing import erase_profile
from corpblog.people.services.exporting import ask_for_export, open_export
from corpblog.people.services.preferences import note_asked_language, save_preferences, time_zones
from corpblog.people.services.sign_in import NotYourPassword, acted, confirm, last_confirmed, sign_in, sign_out
from corpblog.people.services.tokens import give_token, make_token, revoke_token, use_token

__all__ = [
    "NotYourPassword",
    "acted",
    "ask_for_export",
    "confirm",
    "cut_off",
    "cut_off_by_hand",
    "end_session",
    "end_sessions",
    "erase_profile",
    "give_token",
    "last_confirmed",
    "let_in",
    "make_break_glass",
    "make_token",
    "note_asked_language",
    "open_export",
    "revoke_token",
    "save_preferences",
    "sign_in",
    "sign_out",
    "time_zones",
    "use_token",
]
