"""What people do with a post beside answering it: pins, reposts, previews, reports, who reacted, threads to follow."""

from django.urls import URLPattern, path

from corpblog.web.views import emoji, marks, previews, quotes, reports

urlpatterns: list[URLPattern] = [
    path("emoji/", emoji.picker, name="emoji"),
    path("c/<str:slug>/pinned/", marks.pinned, name="pinned"),
    path("p/<int:post_id>/pin/", marks.pin, name="pin"),
    path("p/<int:post_id>/thread/", marks.thread, name="thread_choice"),
    path("p/<int:post_id>/reactions/", marks.reactions, name="reactions"),
    path("p/<int:post_id>/repost/", quotes.repost, name="repost"),
    path("p/<int:post_id>/quotes/", quotes.quotes, name="quotes"),
    path("p/<int:post_id>/quoted/", quotes.quoted, name="quoted"),
    path("p/<int:post_id>/preview/picture/", previews.picture, name="preview_picture"),
    path("p/<int:post_id>/preview/remove/", previews.remove, name="preview_remove"),
    path("p/<int:post_id>/report/", reports.Ask.as_view(), name="report"),
    path("reports/", reports.waiting, name="reports"),
    path("reports/<int:report_id>/close/", reports.close, name="report_close"),
]
