"""Posts and what people do with them."""

from corpblog.posts.models.announcements import Acknowledgement, Announcement
from corpblog.posts.models.emoji import CustomEmoji
from corpblog.posts.models.keeping import Folder, FollowedTag, SavedSearch
from corpblog.posts.models.links import LinkedPage
from corpblog.posts.models.marks import Pin, Report, ThreadChoice
from corpblog.posts.models.polls import Ballot, BallotChoice, Poll, PollOption
from corpblog.posts.models.posts import (
    CARD,
    ON_CARD,
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
from corpblog.posts.models.praise import PraisedPerson
from corpblog.posts.models.scheduled import ScheduledPost

__all__ = [
    "CARD",
    "ON_CARD",
    "Acknowledgement",
    "Announcement",
    "Attachment",
    "Ballot",
    "BallotChoice",
    "Bookmark",
    "ChannelEvent",
    "ChannelToRead",
    "CustomEmoji",
    "Draft",
    "Folder",
    "FollowedTag",
    "IdempotencyKey",
    "LinkedPage",
    "Mention",
    "Passage",
    "Pin",
    "Poll",
    "PollOption",
    "Post",
    "PostQuerySet",
    "PostRevision",
    "PostTag",
    "PraisedPerson",
    "Reaction",
    "Report",
    "SavedSearch",
    "ScheduledPost",
    "ThreadChoice",
]
