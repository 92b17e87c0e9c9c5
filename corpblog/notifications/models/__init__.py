"""Notices, what people wish to be told, and the devices that are told at once."""

from corpblog.notifications.models.notices import Notice, NoticeQuerySet
from corpblog.notifications.models.push import PushDevice
from corpblog.notifications.models.wishes import ChannelLevel, Keyword, Reach, Rhythm

__all__ = ["ChannelLevel", "Keyword", "Notice", "NoticeQuerySet", "PushDevice", "Reach", "Rhythm"]
