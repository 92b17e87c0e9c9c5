"""Debian's Chromium for Playwright, quiet and the same on every machine."""

import shutil
from pathlib import Path

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
    "--disable-lcd-text",
]
_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def executable() -> str:
    """The browser's path; a missing one is an error, never a skipped test."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found:
        return found
    if _MACOS.exists():
        return str(_MACOS)
    raise FileNotFoundError("Chromium is not installed; `make test` installs it")
