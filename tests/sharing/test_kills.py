"""Workers that are killed while they send lose nothing and double nothing. `GATE_KILLS` sets how many die."""

import os

import pytest

from tests.sharing.children import told_by

KILLS = int(os.environ.get("GATE_KILLS", "18"))


@pytest.mark.gate("G18")
def test_killed_workers_lose_nothing_and_double_nothing(tmp_path, database_kind):
    told = told_by("tests.sharing.kills", tmp_path, KILLS, database=database_kind, seconds=1800)
    assert told["audit_holds"]
    assert len(told["shares"]) == KILLS + 3
    for share in told["shares"]:
        if share["repeat"] == "blind":
            assert share["copies"] <= 1
            assert share["state"] in {"sent", "unknown"}
            assert share["state"] != "sent" or share["copies"] == 1
        else:
            assert (share["state"], share["copies"]) == ("sent", 1)
    # The test itself: some workers did die with their call unanswered.
    assert any(share["state"] == "unknown" for share in told["shares"])
