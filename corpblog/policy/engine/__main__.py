"""`python -m corpblog.policy.engine --policy FILE < posts`: see `stream.py` for what it reads, writes and returns."""

from __future__ import annotations

import argparse
import os
import sys

from corpblog.policy.engine import stream


def main() -> int:
    """Scans standard input."""
    parser = argparse.ArgumentParser(
        prog="python -m corpblog.policy.engine",
        description="Scan posts from standard input, one a line; writes one JSON line for each.",
        epilog="Exit codes: 0 all may go (allow, warn); 1 at least one justify, hold or block; 2 wrong usage or rules.",
    )
    stream.add_arguments(parser)
    options = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        return stream.run(options, sys.stdin.buffer, sys.stdout, sys.stderr)
    except BrokenPipeError:
        # The reader went away, as `head` does: not our error, but not every post was scanned either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return stream.NOT_CLEAR


if __name__ == "__main__":
    sys.exit(main())
