"""Kinds of posts: polls and what else a post may be beside a message."""

from django.urls import URLPattern, path

from corpblog.web.views import parts

urlpatterns: list[URLPattern] = [
    path("posts/new/part/", parts.fields, name="part_fields"),
    path("live/parts/", parts.standing, name="live_parts"),
    path("p/<int:post_id>/vote/", parts.vote, name="vote"),
    path("p/<int:post_id>/poll/", parts.poll, name="poll"),
]
