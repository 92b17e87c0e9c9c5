"""The directory's content, always that of the data file as it is now."""

import logging
import threading
from pathlib import Path

from .company import BadCompanyError, Company, build_tree
from .entries import Tree

logger = logging.getLogger("corpblog.demo_directory")


class Directory:
    """Reads its data file again whenever it has changed. A broken file leaves the last good content in place."""

    def __init__(self, data_file: Path, service_password: str) -> None:
        self._file = data_file
        self._service_password = service_password
        self._lock = threading.Lock()
        self._stamp = self._file_stamp()
        self._tree = self._load()

    @property
    def tree(self) -> Tree:
        """The entries as the file has them now."""
        with self._lock:
            stamp = self._file_stamp()
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    self._tree = self._load()
                    logger.warning("Read %s again: %d entries.", self._file.name, len(self._tree))
                except BadCompanyError as error:
                    logger.warning("Kept the last good content: %s", error)
            return self._tree

    def _load(self) -> Tree:
        return build_tree(Company.read(self._file), self._service_password)

    def _file_stamp(self) -> tuple[int, ...]:
        try:
            state = self._file.stat()
        except OSError:
            return ()
        return (state.st_ino, state.st_mtime_ns, state.st_size)
