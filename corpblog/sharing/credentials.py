"""Secrets of connectors, sealed at rest: AES-256-GCM with a key of their own, wrapped by a key outside the database.

The database's rows alone open nothing, a row copied to another destination does not open, and nothing prints them.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE: Final = 12


class CredentialsUnreadable(Exception):
    """They were sealed with another key, for another destination, or changed."""


def sealed(values: Mapping[str, str], *, of: str) -> str:
    """Return the values as text that only this installation's key opens, and only as those of the same thing.

    of: what they belong to, for example `destination_name(pk)`.
    """
    data_key, name = AESGCM.generate_key(256), _name(of)
    newest = _keys()[0]
    return json.dumps(
        {
            "v": 1,
            "key": _id(newest),
            "wrapped": _locked(newest, data_key, name),
            "box": _locked(data_key, json.dumps(dict(values)).encode(), name),
        }
    )


def opened(text: str, *, of: str) -> dict[str, str]:
    """Return the values; raise CredentialsUnreadable."""
    if not text:
        return {}
    try:
        box, name = json.loads(text), _name(of)
        values: dict[str, str] = json.loads(_unlocked(_data_key(box, name), box["box"], name))
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        raise CredentialsUnreadable from error
    return values


def rewrapped(text: str, *, of: str) -> str:
    """Return the same credentials under the newest key; the same text where they are that already."""
    newest = _keys()[0]
    try:
        box, name = json.loads(text), _name(of)
        if box["key"] == _id(newest):
            return text
        return json.dumps(box | {"key": _id(newest), "wrapped": _locked(newest, _data_key(box, name), name)})
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        raise CredentialsUnreadable from error


def destination_name(destination_id: int) -> str:
    """Return what a destination's credentials are sealed as: a row copied to another one does not open."""
    return f"destination {destination_id}"


def _data_key(box: dict[str, str], name: bytes) -> bytes:
    for key in _keys():
        if _id(key) == box["key"]:
            return _unlocked(key, box["wrapped"], name)
    raise CredentialsUnreadable("sealed with a key that is not here")


def _id(key: bytes) -> str:
    # Tells rotated keys apart and reveals nothing.
    return hashlib.sha256(b"corpblog credentials key\n" + key).hexdigest()[:16]


def _name(of: str) -> bytes:
    return f"corpblog {of} credentials".encode()


def _keys() -> list[bytes]:
    """Return the wrapping keys, the newest first: it seals, and all of them open."""
    keys = [_decoded(text) for text in (settings.CREDENTIALS_KEY, *settings.CREDENTIALS_KEY_OLD)]
    if any(len(key) != 32 for key in keys):
        raise CredentialsUnreadable("CORPBLOG_CREDENTIALS_KEY and the old ones must be 32 bytes in base64")
    return keys


def _decoded(text: str) -> bytes:
    text = text.replace("+", "-").replace("/", "_").rstrip("=")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


def _locked(key: bytes, plain: bytes, name: bytes) -> str:
    nonce = secrets.token_bytes(_NONCE)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, name)).decode()


def _unlocked(key: bytes, text: str, name: bytes) -> bytes:
    raw = base64.b64decode(text)
    return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], name)
