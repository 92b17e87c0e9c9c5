"""Password hashes of the demo company: scrypt with a salt, as `scrypt$salt$hash` in hexadecimal."""

import hashlib
import hmac
import os

_COST = {"n": 2**12, "r": 8, "p": 1}
_NOBODY = "scrypt$00$00"


def hash_password(password: str, salt: bytes | None = None) -> str:
    """The text to keep instead of the password."""
    salt = salt or os.urandom(16)
    return f"scrypt${salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, **_COST).hex()}"  # type: ignore[arg-type]


def password_fits(password: bytes, stored: str) -> bool:
    """Whether the password belongs to the hash. Takes as long when there is no hash: a name must not be guessable by time."""
    _, salt, expected = (stored or _NOBODY).split("$")
    made = hashlib.scrypt(password, salt=bytes.fromhex(salt), **_COST)  # type: ignore[arg-type]
    return hmac.compare_digest(made.hex(), expected)
