"""Channels, their members, and conversations."""

from django.urls import URLPattern, path

from corpblog.web.views import channel_members, channels, conversations

urlpatterns: list[URLPattern] = [
    path("channels/", channels.browse, name="channels"),
    path("channels/new/", channels.Create.as_view(), name="channel_new"),
    path("channels/new-account/", channels.OpenAccount.as_view(), name="account_new"),
    path("c/<str:slug>/join/", channels.join, name="join"),
    path("c/<str:slug>/leave/", channels.leave, name="leave"),
    path("c/<str:slug>/ask/", channels.ask, name="ask_to_join"),
    path("c/<str:slug>/settings/", channels.Edit.as_view(), name="channel_settings"),
    path("c/<str:slug>/archive/", channels.archive, name="channel_archive"),
    path("c/<str:slug>/members/", channel_members.members, name="members"),
    path("c/<str:slug>/members/<str:username>/add/", channel_members.add, name="member_add"),
    path("c/<str:slug>/members/<str:username>/delegate/", channel_members.delegate, name="member_delegate"),
    path("c/<str:slug>/members/<str:username>/remove/", channel_members.remove, name="member_remove"),
    path("c/<str:slug>/members/<str:username>/owner/", channel_members.owner, name="member_owner"),
    path("c/<str:slug>/members/<str:username>/answer/", channel_members.answer, name="member_answer"),
    path("messages/new/", conversations.new, name="conversation_new"),
    path("messages/", conversations.begin, name="conversation"),
    path("messages/menu/", conversations.menu, name="conversations_menu"),
]
