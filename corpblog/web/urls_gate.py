"""Shares, and the public press page."""

from django.urls import URLPattern, path

from corpblog.web.views import calendar, correcting, destinations, press, public_names, share_planning, shares

urlpatterns: list[URLPattern] = [
    path("shares/", shares.mine, name="shares"),
    path("shares/calendar/", calendar.page, name="calendar"),
    path("shares/calendar/<slug:slug>/times/", share_planning.times, name="share_times"),
    path("shares/preview/", share_planning.preview, name="share_preview"),
    path("shares/wishes/", share_planning.wishes, name="share_wishes"),
    path("shares/<int:share_id>/plan/", share_planning.plan, name="share_plan"),
    path("shares/<int:share_id>/move/", share_planning.move, name="share_move"),
    path("shares/names/", public_names.PublicNames.as_view(), name="public_names"),
    path("shares/new/", shares.Ask.as_view(), name="share_new"),
    path("shares/<int:share_id>/", shares.share, name="share"),
    path("shares/<int:share_id>/withdraw/", shares.withdraw, name="share_withdraw"),
    path("shares/<int:share_id>/proposals/<int:proposal_id>/", shares.answer_proposal, name="share_proposal"),
    path("shares/<int:share_id>/appeal/", shares.appeal, name="share_appeal"),
    path("shares/<int:share_id>/settle/", shares.settle, name="share_settle"),
    path("shares/<int:share_id>/correct/", correcting.Correct.as_view(), name="share_correct"),
    path("shares/<int:share_id>/recall/", shares.TakeBack.as_view(), name="share_recall"),
    path("shares/<int:share_id>/recall/settle/", shares.settle_recall, name="share_recall_settle"),
    path("destinations/", destinations.overview, name="destinations"),
    path("destinations/gate/", destinations.switch_gate, name="gate_switch"),
    path("destinations/back/", destinations.back, name="destination_back"),
    path("destinations/new/", destinations.choose, name="destination_choose"),
    path("destinations/new/<slug:kind>/", destinations.connect, name="destination_connect"),
    path("destinations/<slug:slug>/", destinations.destination, name="destination"),
    path("destinations/<slug:slug>/connect/", destinations.connect_anew, name="destination_connect_anew"),
    path("destinations/<slug:slug>/decide/", destinations.decide, name="destination_decide"),
    path("destinations/<slug:slug>/switch/", destinations.switch, name="destination_switch"),
    path("destinations/<slug:slug>/test/", destinations.test, name="destination_test"),
    path("destinations/<slug:slug>/again/", destinations.again, name="destination_again"),
    path("press/", press.page, name="press"),
    path("press/feed.atom", press.atom, name="press_atom"),
    path("press/feed.json", press.json_feed, name="press_json"),
    path("press/<int:item_id>/files/<int:index>/<str:name>", press.file, name="press_file"),
    path("press/<int:item_id>/", press.item, name="press_item"),
]
