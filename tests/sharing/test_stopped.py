"""A worker process that is stopped and wakes up after its lease sends not one byte."""

import pytest

from tests.sharing.children import told_by


@pytest.mark.gate("G16")
@pytest.mark.parametrize("point", ["after_seal", "before_call"])
@pytest.mark.usefixtures("django_db_setup")
def test_a_stopped_worker_that_wakes_up_late_sends_nothing(tmp_path, point):
    told = told_by("tests.sharing.stopped", tmp_path, point)
    assert (told["woke"], told["state"], told["posts"], told["shown"]) == (0, "sent", 1, 1)
    # Somebody else did take over.
    assert told["lease"] >= 2
