"""Signing in and out, one's own settings, and everybody's accounts for administrators."""

from django.urls import path

from corpblog.web.views import (
    admin_console,
    installing,
    my_data,
    notice_settings,
    push,
    settings,
    sign_in,
    tokens,
    unsubscribe,
)

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("settings/", settings.Settings.as_view(), name="settings"),
    path("settings/notices/", notice_settings.NoticeSettings.as_view(), name="notice_settings"),
    path("settings/notices/keywords/", notice_settings.add_keyword, name="keyword_add"),
    path("settings/notices/keywords/<int:keyword_id>/drop/", notice_settings.drop_keyword, name="keyword_drop"),
    path("settings/push/", push.subscribe, name="push_subscribe"),
    path("settings/push/<int:device_id>/drop/", push.drop, name="push_drop"),
    path("manifest.<str:language>.webmanifest", installing.manifest, name="manifest"),
    path("service-worker.<str:language>.js", installing.worker, name="worker"),
    path("offline/<str:language>/", installing.offline, name="offline"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/new/", tokens.make, name="token_make"),
    path("settings/tokens/<int:token_id>/revoke/", tokens.revoke, name="token_revoke"),
    path("settings/data/", my_data.page, name="my_data"),
    path("settings/data/ask/", my_data.ask, name="my_data_ask"),
    path("settings/data/state/", my_data.state, name="my_data_state"),
    path("settings/data/<int:export_id>/", my_data.file, name="my_data_file"),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("c/<str:slug>/level/", notice_settings.level, name="channel_level"),
    path("settings/sessions/end-others/", settings.end_other_sessions, name="end_other_sessions"),
    path("settings/sessions/<slug:number>/end/", settings.end_session, name="end_session"),
    path("admin-console/", admin_console.directory, name="admin_console"),
    path("admin-console/sync/", admin_console.sync, name="admin_sync"),
    path("admin-console/people/", admin_console.people, name="admin_people"),
    path("admin-console/people/<str:username>/cut-off/", admin_console.cut_off, name="admin_cut_off"),
    path("admin-console/people/<str:username>/let-in/", admin_console.let_in, name="admin_let_in"),
]
