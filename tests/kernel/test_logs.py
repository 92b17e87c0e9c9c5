"""What gets into the log."""

import pytest
import structlog


def test_a_traceback_in_the_log_holds_no_values_of_variables(capsys: pytest.CaptureFixture[str]) -> None:
    what_somebody_wrote = "Project Falcon lands".upper()
    try:
        len(what_somebody_wrote) / 0
    except ZeroDivisionError:
        structlog.get_logger("test").exception("it_failed", number=7)
    written = "".join(capsys.readouterr())
    assert "it_failed" in written
    assert "ZeroDivisionError" in written
    assert "PROJECT FALCON LANDS" not in written
