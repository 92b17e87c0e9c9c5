"""Kinds of posts: polls and what else a post may be beside a message."""

from django.urls import URLPattern, path

from corpblog.web.views import announcements, parts, scheduled

urlpatterns: list[URLPattern] = [
    path("posts/new/part/", parts.fields, name="part_fields"),
    path("posts/new/later/", scheduled.later, name="later"),
    path("scheduled/", scheduled.scheduled, name="scheduled"),
    path("scheduled/<int:scheduled_id>/", scheduled.Edit.as_view(), name="scheduled_edit"),
    path("scheduled/<int:scheduled_id>/cancel/", scheduled.cancel, name="scheduled_cancel"),
    path("scheduled/<int:scheduled_id>/now/", scheduled.now, name="scheduled_now"),
    path("live/parts/", parts.standing, name="live_parts"),
    path("p/<int:post_id>/vote/", parts.vote, name="vote"),
    path("p/<int:post_id>/best/", parts.best, name="best"),
    path("p/<int:post_id>/acknowledge/", announcements.acknowledge, name="acknowledge"),
    path("p/<int:post_id>/acknowledged/", announcements.acknowledged, name="acknowledged"),
    path("p/<int:post_id>/acknowledged.csv", announcements.acknowledged_csv, name="acknowledged_csv"),
    path("p/<int:post_id>/remind/", announcements.remind, name="remind"),
    path("p/<int:post_id>/poll/", parts.poll, name="poll"),
]
