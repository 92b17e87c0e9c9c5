"""What changes channels, memberships and read marks."""

from corpblog.teams.services.accounts import name_delegate, open_account
from corpblog.teams.services.channels import archive, classify, create_channel, describe, unarchive
from corpblog.teams.services.direct import MOST_PEOPLE, open_conversation
from corpblog.teams.services.forgetting import forget_member
from corpblog.teams.services.memberships import invite, join, leave, remove_member, set_owner
from corpblog.teams.services.mirroring import mirror_directory_groups, mirror_group, mirror_person
from corpblog.teams.services.numbering import Taken, set_newest, take
from corpblog.teams.services.reading import advance_own_mark, mark_read
from corpblog.teams.services.requests import answer_request, ask_to_join
from corpblog.teams.services.storylines import ensure_storyline, follow, unfollow

__all__ = [
    "MOST_PEOPLE",
    "Taken",
    "advance_own_mark",
    "answer_request",
    "archive",
    "ask_to_join",
    "classify",
    "create_channel",
    "describe",
    "ensure_storyline",
    "follow",
    "forget_member",
    "invite",
    "join",
    "leave",
    "mark_read",
    "mirror_directory_groups",
    "mirror_group",
    "mirror_person",
    "name_delegate",
    "open_account",
    "open_conversation",
    "remove_member",
    "set_newest",
    "set_owner",
    "take",
    "unarchive",
    "unfollow",
]
