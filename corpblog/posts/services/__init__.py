"""What changes posts and what people do with them."""

from corpblog.posts.services.attaching import attach, carried, describe, detach, reorder
from corpblog.posts.services.bookmarking import bookmark, unbookmark
from corpblog.posts.services.deleting import delete
from corpblog.posts.services.drafting import discard_draft, save_draft
from corpblog.posts.services.editing import edit
from corpblog.posts.services.judging import verdict_inside
from corpblog.posts.services.publishing import publish
from corpblog.posts.services.reacting import react, unreact

__all__ = [
    "attach",
    "bookmark",
    "carried",
    "delete",
    "describe",
    "detach",
    "discard_draft",
    "edit",
    "publish",
    "react",
    "reorder",
    "save_draft",
    "unbookmark",
    "unreact",
    "verdict_inside",
]
