"""Workers that are killed while they send lose nothing and double nothing. `GATE_KILLS` sets how many die."""

import os

import pytest

from tests.sharing.children import told_by

KILLS = int(os.environ.get("GATE_KILLS", "18"))


@pytest.mark.gate("G18")
@pytest.mark.usefixtures("django_db_setup")
def test_killed_workers_lose_nothing_and_double_nothing(tmp_path):
    told = told_by("tests.sharing.kills", tmp_path, KILLS, seconds=1800)
    assert told["audit_holds"]
    assert len(told["shares"]) == KILLS + 3
    for share in told["shares"]:
        if share["repeat"] == "blind":
            assert (share["state"], share["copies"]) in (("sent", [1]), ("unknown", [1]), ("unknown", [0]))
        else:
            assert (share["state"], set(share["copies"])) == ("sent", {1}), share
    # The test itself: some workers did die with their call unanswered, and half of them in a thread.
    assert any(share["state"] == "unknown" for share in told["shares"])
    threads = [share for share in told["shares"] if len(share["copies"]) == 3]
    assert len(threads) == KILLS // 2
    assert {share["repeat"] for share in threads} == {"key", "bluesky", "mastodon"}
