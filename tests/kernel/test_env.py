"""The environment is checked as a whole before anything starts."""

from pathlib import Path

import pytest

from corpblog.kernel.env import BadSettings, read


def test_every_wrong_variable_is_named_at_once() -> None:
    with pytest.raises(BadSettings) as refused:
        read({"CORPBLOG_POST_LIMIT": "many", "CORPBLOG_DEBUG": "perhaps", "CORPBLOG_POLICY": "off"})
    assert "CORPBLOG_POST_LIMIT" in str(refused.value)
    assert "CORPBLOG_DEBUG" in str(refused.value)
    assert "CORPBLOG_POLICY is not a setting" in str(refused.value)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    assert read({"CORPBLOG_SECRET_KEY_FILE": str(tmp_path / "key")})["SECRET_KEY"] == "s3cret"


def test_a_missing_secret_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="nowhere"):
        read({"CORPBLOG_SEAL_KEY_FILE": str(tmp_path / "nowhere")})


def test_common_names_work_and_ours_win() -> None:
    assert read({"REDIS_URL": "redis://common"})["REDIS_URL"] == "redis://common"
    assert read({"REDIS_URL": "redis://common", "CORPBLOG_REDIS_URL": "redis://ours"})["REDIS_URL"] == "redis://ours"


def test_lists_and_numbers_are_parsed() -> None:
    values = read({"CORPBLOG_HOSTS": "a.example, b.example,", "CORPBLOG_POST_LIMIT": "140", "CORPBLOG_DEBUG": "on"})
    assert (values["HOSTS"], values["POST_LIMIT"], values["DEBUG"]) == (["a.example", "b.example"], 140, True)
