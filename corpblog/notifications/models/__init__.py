"""Notices, and what people wish to be told."""

from corpblog.notifications.models.notices import Notice, NoticeQuerySet
from corpblog.notifications.models.wishes import ChannelLevel, Keyword, Reach, Rhythm

__all__ = ["ChannelLevel", "Keyword", "Notice", "NoticeQuerySet", "Reach", "Rhythm"]
