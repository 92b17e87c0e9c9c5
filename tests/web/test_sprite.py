"""Every icon that a template names is in the sprite; one that is not leaves a hole, and nothing says so."""

import re
from pathlib import Path

from django.conf import settings

NAMED = re.compile(r"""(?:\{%\s*icon\s+|\bicon_name=)["']([a-z0-9-]+)["']""")


def test_no_template_names_an_icon_that_is_not_there() -> None:
    package = Path(settings.ROOT) / "corpblog"
    sprite = (package / "web/static/corpblog/build/icons.svg").read_text(encoding="utf-8")
    there = set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))
    named = {name for page in package.rglob("*.html") for name in NAMED.findall(page.read_text(encoding="utf-8"))}
    assert "git-compare" in named
    assert named - there == set()
