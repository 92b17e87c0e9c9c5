"""The policy that a first draft starts from."""

from pathlib import Path

STARTER = (Path(__file__).parent / "starter.yaml").read_text(encoding="utf-8")
