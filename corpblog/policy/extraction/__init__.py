"""What a file says: its words wherever they hide, and why some of it could not be read.

`read_file` is all that others need. Everything else here runs in the child process.
"""

from corpblog.policy.extraction.asking import read_file
from corpblog.policy.extraction.reading import VERSION, Extract

__all__ = ["VERSION", "Extract", "read_file"]
