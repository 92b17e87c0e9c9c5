"""Have a file read by a child process, and believe no more of its answer than it must."""

from __future__ import annotations

import json
from typing import Final

from corpblog.kernel import sandbox
from corpblog.policy.extraction.kinds import OTHER
from corpblog.policy.extraction.reading import Extract

_REASONS: Final[dict[sandbox.Code, str]] = {
    "time": "time",
    "memory": "too_large",
    "crashed": "crashed",
    "busy": "busy",
}


def read_file(data: bytes, name: str) -> Extract:
    """Return what the file says. Never raises: what goes wrong is a reason, and a reason means hold.

    name: as its owner calls it; it tells a table from other text, and nothing else.
    """
    try:
        told = json.loads(sandbox.run("corpblog.policy.extraction.work", data, _argument(name)))
        return Extract(str(told["kind"]), str(told["text"]), tuple(map(str, told["reasons"])))
    except sandbox.Failed as failure:
        return Extract(OTHER, "", (_REASONS[failure.code],))
    except (ValueError, KeyError, TypeError, OSError):
        return Extract(OTHER, "", ("crashed",))


def _argument(name: str) -> str:
    # A program's argument holds no zero byte and no half of a character.
    return name.encode("utf-8", "replace").decode().replace("\x00", "")[-255:]
