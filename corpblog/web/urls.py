"""The browser's addresses, one list per area."""

from itertools import chain

from corpblog.web import (
    urls_account,
    urls_advocates,
    urls_channels,
    urls_desk,
    urls_discovery,
    urls_feed,
    urls_gate,
    urls_marks,
    urls_ops,
    urls_parts,
    urls_policy,
)

app_name = "web"

urlpatterns = list(
    chain(
        urls_account.urlpatterns,
        urls_advocates.urlpatterns,
        urls_channels.urlpatterns,
        urls_desk.urlpatterns,
        urls_discovery.urlpatterns,
        urls_feed.urlpatterns,
        urls_gate.urlpatterns,
        urls_marks.urlpatterns,
        urls_ops.urlpatterns,
        urls_parts.urlpatterns,
        urls_policy.urlpatterns,
    )
)
