"""Reading and posting."""

from django.conf import settings
from django.urls import URLPattern, path

from corpblog.web.views import (
    acts,
    browser,
    feeds,
    files,
    gallery,
    live,
    notices,
    people,
    posting,
    suggestions,
    threads,
)

urlpatterns: list[URLPattern] = [
    path("", feeds.home, name="home"),
    path("c/<str:slug>/", feeds.channel, name="channel"),
    path("leaders/", feeds.leaders, name="leaders"),
    path("tags/<str:name>/", feeds.tag, name="tag"),
    path("search/", feeds.search, name="search"),
    path("bookmarks/", feeds.bookmarks, name="bookmarks"),
    path("@<str:username>/", people.person, name="person"),
    path("@<str:username>/follow/", people.follow, name="follow"),
    path("posts/new/", posting.compose, name="compose"),
    path("posts/", posting.publish, name="publish"),
    path("p/<int:post_id>/", threads.thread, name="thread"),
    path("p/<int:post_id>/history/", threads.history, name="history"),
    path("p/<int:post_id>/edit/", posting.Edit.as_view(), name="edit"),
    path("p/<int:post_id>/delete/", posting.delete, name="delete"),
    path("p/<int:post_id>/react/", acts.react, name="react"),
    path("p/<int:post_id>/bookmark/", acts.bookmark, name="bookmark"),
    path("files/", files.upload, name="file_upload"),
    path("files/<int:file_id>/remove/", files.remove, name="file_remove"),
    path("files/<int:file_id>/small/", files.small, name="file_small"),
    path("files/<int:file_id>/of/<str:name>", files.file, name="file"),
    path("read/", live.read, name="read"),
    path("drafts/", live.draft, name="draft"),
    path("drafts/swap/", live.swap_draft, name="draft_swap"),
    path("mentions/", suggestions.mentions, name="mentions"),
    path("suggestions/channels/", suggestions.channels, name="suggested_channels"),
    path("suggestions/searches/", suggestions.searches, name="suggested_searches"),
    path("suggestions/tags/", suggestions.tags, name="suggested_tags"),
    path("preview/", live.preview, name="preview"),
    path("verdict/", live.verdict, name="verdict"),
    path("live/since/", live.since, name="live_since"),
    path("live/mine/", live.mine, name="live_mine"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.mark_read, name="notices_read"),
    path("notices/<int:notice_id>/", notices.notice, name="notice"),
    path("counts/", notices.counts, name="counts"),
    path("waiting/", notices.waiting, name="waiting"),
    path("settings/keys/", browser.set_keys, name="keys"),
    path("theme/", browser.set_theme, name="theme"),
    path("language/", browser.set_language, name="language"),
    path("words/<str:language>.js", browser.words, name="jsi18n"),
]

if settings.DEBUG:
    urlpatterns += [path("gallery/", gallery.gallery), path("gallery/<str:page>/", gallery.gallery)]
