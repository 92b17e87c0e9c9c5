"""Password hashes of the demo company: scrypt with a salt, as `scrypt$salt$hash` in hexadecimal."""

import hashlib
import hmac
import os
from typing import Final

_COST: Final = {"n": 2**12, "r": 8, "p": 1}
_NOBODY = "scrypt$00$00"


def hash_password(password: str, salt: bytes | None = None) -> str:
    """The text to keep instead of the password."""
    salt = salt or os.urandom(16)
    return f"scrypt${salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, **_COST).hex()}"


def password_fits(password: bytes, stored: str) -> bool:
    """Whether the password belongs to the hash. Takes as long without a hash, so that time tells no names."""
    _, salt, expected = (stored or _NOBODY).split("$")
    made = hashlib.scrypt(password, salt=bytes.fromhex(salt), **_COST)
    return hmac.compare_digest(made.hex(), expected)
