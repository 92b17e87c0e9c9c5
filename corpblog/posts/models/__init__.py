"""Posts and what people do with them."""

from corpblog.posts.models.keeping import Folder, FollowedTag, SavedSearch
from corpblog.posts.models.marks import Pin, Report, ThreadChoice
from corpblog.posts.models.posts import (
    Attachment,
    Bookmark,
    ChannelEvent,
    ChannelToRead,
    Draft,
    IdempotencyKey,
    Mention,
    Passage,
    Post,
    PostQuerySet,
    PostRevision,
    PostTag,
    Reaction,
)

__all__ = [
    "Attachment",
    "Bookmark",
    "ChannelEvent",
    "ChannelToRead",
    "Draft",
    "Folder",
    "FollowedTag",
    "IdempotencyKey",
    "Mention",
    "Passage",
    "Pin",
    "Post",
    "PostQuerySet",
    "PostRevision",
    "PostTag",
    "Reaction",
    "Report",
    "SavedSearch",
    "ThreadChoice",
]
