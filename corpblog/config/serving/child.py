"""`python -m corpblog.config.serving.child MODULE [ARGUMENT…]` runs a module that ends when its parent does.

A supervisor that is killed with SIGKILL cannot tell its children. Without this, they would go on serving an instance
that the next `make run` starts a second time.
"""

import os
import runpy
import signal
import sys
import threading
import time

_LOOK_EVERY = 0.5
_GRACE = 5.0


def end_with_parent() -> None:
    """Ask this process to end, then end it, as soon as its parent is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_EVERY)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE)
        os._exit(1)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()


if __name__ == "__main__":
    end_with_parent()
    module, sys.argv = sys.argv[1], sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
