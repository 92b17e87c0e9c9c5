"""The key that signs anchors; it comes from the environment or a file and is never in the database."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


def signing_key() -> Ed25519PrivateKey:
    """Return the anchor key made of the 32 bytes in CORPBLOG_ANCHOR_KEY."""
    text = settings.ANCHOR_KEY
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def public_key(key: Ed25519PrivateKey | None = None) -> str:
    """Return the public half (hex) that auditors check anchors with."""
    return (key or signing_key()).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
