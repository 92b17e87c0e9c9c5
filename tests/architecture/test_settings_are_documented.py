"""Whoever runs Corpblog finds every variable and every command in the guide."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from corpblog.kernel.env import PREFIX, SETTINGS, Setting

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/admin/settings.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs/admin/commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_the_guide_says_what_the_variable_means(setting: Setting) -> None:
    rows = [line for line in GUIDE.splitlines() if f"`{PREFIX}{setting.name}`" in line]
    assert len(rows) == 1, f"docs/admin/settings.md needs one row for {PREFIX}{setting.name}"
    assert setting.meaning.rstrip(".") in rows[0].replace("\\|", "|")


def test_the_guide_names_no_variable_that_is_gone() -> None:
    named = set(re.findall(rf"`{PREFIX}([A-Z_]+)`", GUIDE))
    known = {setting.name for setting in SETTINGS}
    assert {name for name in named if not {name, name.removesuffix("_FILE")} & known} == set()


def test_the_guide_names_every_command() -> None:
    ours = {name for name, app in get_commands().items() if str(app).startswith("corpblog")}
    assert ours - set(re.findall(r"`manage\.py ([a-z_]+)", COMMANDS)) == set()
