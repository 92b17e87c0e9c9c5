"""The child of `kernel.sandbox`: takes its own freedom away, then does its work on the bytes it is given."""

import contextlib
import ctypes
import importlib
import resource
import sys
from typing import Any, Final

from corpblog.kernel.sandbox import OUT_OF_MEMORY

MEMORY: Final = 1024**3  # bytes of address space; a picture of 50 megapixels takes 200 MB, twice
CPU_SECONDS: Final = 20
_OPEN_FILES: Final = 64
_NEW_USER_AND_NETWORK: Final = 0x10000000 | 0x40000000
_PROGRAMS: Final = frozenset({"tesseract"})


def confine() -> None:
    """Give up memory, time, writing and the network; there is no way back in this process."""
    for kind, soft, hard in (
        (resource.RLIMIT_AS, MEMORY, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        # macOS knows no limit of address space; the wall clock is left there.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))
    # A network of its own with nothing in it, where the kernel lets everybody have one. The hook is for where not.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(_NEW_USER_AND_NETWORK)
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(("socket.", "ctypes.dlopen", "os.exec", "os.system", "os.posix_spawn")):
        raise PermissionError(event)
    if event == "subprocess.Popen" and str(arguments[1][0]) not in _PROGRAMS:
        raise PermissionError(event)


def main() -> None:
    module, *arguments = sys.argv[1:]
    data = sys.stdin.buffer.read()
    work = importlib.import_module(module).main
    confine()
    try:
        answer = work(data, *arguments)
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
