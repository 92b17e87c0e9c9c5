"""Secrets of connectors, sealed at rest: AES-256-GCM with a key of their own, wrapped by a key outside the database.

The database's rows alone open nothing, a row copied to another destination does not open, and nothing prints them.
"""

import base64
import hashlib
import json
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE: Final = 12


class CredentialsUnreadable(Exception):
    """They were sealed with another key, for another destination, or changed."""


def sealed(values: dict[str, str], *, destination_id: int) -> str:
    """Return the values as text that only this installation's key opens, and only for this destination."""
    data_key = AESGCM.generate_key(256)
    name = _name(destination_id)
    return json.dumps(
        {
            "v": 1,
            "key": key_id(),
            "wrapped": _locked(_wrapping_key(), data_key, name),
            "box": _locked(data_key, json.dumps(values).encode(), name),
        }
    )


def opened(text: str, *, destination_id: int) -> dict[str, str]:
    """Return the values; raise CredentialsUnreadable."""
    if not text:
        return {}
    try:
        box, name = json.loads(text), _name(destination_id)
        data_key = _unlocked(_wrapping_key(), box["wrapped"], name)
        values: dict[str, str] = json.loads(_unlocked(data_key, box["box"], name))
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        raise CredentialsUnreadable from error
    return values


def key_id() -> str:
    """Return the wrapping key's name, which tells rotated ones apart and reveals nothing."""
    return hashlib.sha256(b"corpblog credentials key\n" + _wrapping_key()).hexdigest()[:16]


def _name(destination_id: int) -> bytes:
    # Bound as associated data: a row swapped into another destination fails to open.
    return f"corpblog destination {destination_id} credentials".encode()


def _wrapping_key() -> bytes:
    text = settings.CREDENTIALS_KEY.replace("+", "-").replace("/", "_").rstrip("=")
    key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(key) != 32:
        raise CredentialsUnreadable("CORPBLOG_CREDENTIALS_KEY must be 32 bytes in base64")
    return key


def _locked(key: bytes, plain: bytes, name: bytes) -> str:
    nonce = secrets.token_bytes(_NONCE)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, name)).decode()


def _unlocked(key: bytes, text: str, name: bytes) -> bytes:
    raw = base64.b64decode(text)
    return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], name)
