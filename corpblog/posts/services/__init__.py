"""What changes posts and what people do with them."""

from corpblog.posts.services.announcing import acknowledge, remind
from corpblog.posts.services.answering import choose_best
from corpblog.posts.services.attaching import attach, carried, detach
from corpblog.posts.services.bookmarking import bookmark, unbookmark
from corpblog.posts.services.deleting import delete
from corpblog.posts.services.drafting import discard_draft, save_draft, stamp_of, swap_draft
from corpblog.posts.services.editing import edit
from corpblog.posts.services.emoji import add_emoji, retire_emoji
from corpblog.posts.services.forgetting import forget_unposted
from corpblog.posts.services.judging import verdict_inside
from corpblog.posts.services.keeping import (
    drop_search,
    follow_tag,
    look_at_search,
    put_bookmark,
    save_search,
    unfollow_tag,
)
from corpblog.posts.services.linking import remove_preview
from corpblog.posts.services.pinning import pin, unpin
from corpblog.posts.services.publishing import publish
from corpblog.posts.services.quoting import repost, unrepost
from corpblog.posts.services.reacting import react, unreact
from corpblog.posts.services.removing import remove, remove_files
from corpblog.posts.services.reporting import close_report, report
from corpblog.posts.services.scheduling import Wanted, cancel, post_now, reschedule, schedule
from corpblog.posts.services.threads import choose_for_thread
from corpblog.posts.services.voting import vote

__all__ = [
    "Wanted",
    "acknowledge",
    "add_emoji",
    "attach",
    "bookmark",
    "cancel",
    "carried",
    "choose_best",
    "choose_for_thread",
    "close_report",
    "delete",
    "detach",
    "discard_draft",
    "drop_search",
    "edit",
    "follow_tag",
    "forget_unposted",
    "look_at_search",
    "pin",
    "post_now",
    "publish",
    "put_bookmark",
    "react",
    "remind",
    "remove",
    "remove_files",
    "remove_preview",
    "report",
    "repost",
    "reschedule",
    "retire_emoji",
    "save_draft",
    "save_search",
    "schedule",
    "stamp_of",
    "swap_draft",
    "unbookmark",
    "unfollow_tag",
    "unpin",
    "unreact",
    "unrepost",
    "verdict_inside",
    "vote",
]
