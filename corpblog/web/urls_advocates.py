"""Advocates: what is offered to employees, and their own accounts."""

from django.urls import URLPattern, path

from corpblog.web.views import advocates, offering, own_accounts

urlpatterns: list[URLPattern] = [
    path("advocates/", advocates.page, name="advocates"),
    path("advocates/accounts/", own_accounts.overview, name="own_accounts"),
    path("advocates/accounts/back/", own_accounts.back, name="own_account_back"),
    path("advocates/accounts/new/<slug:kind>/", own_accounts.connect, name="own_account_connect"),
    path("advocates/accounts/<slug:slug>/disconnect/", own_accounts.disconnect, name="own_account_disconnect"),
    path("advocates/networks/", own_accounts.networks, name="own_networks"),
    path("advocates/<int:offer_id>/", advocates.Say.as_view(), name="advocate"),
    path("advocates/<int:offer_id>/check/", advocates.check, name="advocate_check"),
    path("shares/<int:share_id>/offer/", offering.Offering.as_view(), name="share_offer"),
    path("shares/<int:share_id>/offer/end/", offering.end, name="share_offer_end"),
]
