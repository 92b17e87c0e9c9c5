import shutil

import pytest


@pytest.fixture
def has_tesseract() -> bool:
    """Whether this machine reads words in pictures: both answers have a promise."""
    return shutil.which("tesseract") is not None
