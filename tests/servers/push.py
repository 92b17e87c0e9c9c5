"""A push service and the devices behind it: takes messages as RFC 8030 says, keeps every byte, opens what is encrypted.

The opening is RFC 8291 read again, with nothing of what encrypts: a mistake there is not repeated here.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class Taken:
    """One message as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """What a browser's maker runs; `status` is what it answers next, and ever after."""

    host: str = "push.example"
    status: int = 201
    taken: list[Taken] = field(default_factory=list)

    def behave(self, handler: BaseHTTPRequestHandler) -> None:
        """As `Internet.site` wants it."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.taken.append(Taken(handler.path, {name.lower(): value for name, value in handler.headers.items()}, body))
        handler.send_response(self.status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@dataclass
class Device:
    """A browser with a subscription."""

    host: str = "push.example"
    path: str = "/send/1"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(CURVE))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def endpoint(self) -> str:
        return f"https://{self.host}{self.path}"

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "p256dh": b64(self.point), "auth": b64(self.secret)}

    def open(self, taken: Taken) -> dict[str, Any]:
        """Return what a message says; raises where it is not for this device (RFC 8188, 2.1 and RFC 8291, 3.4)."""
        salt, size, length = taken.body[:16], taken.body[20], int.from_bytes(taken.body[16:20], "big")
        theirs, sealed = taken.body[21 : 21 + size], taken.body[21 + size :]
        assert len(sealed) <= length
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
        keying = _hkdf(self.secret, b"WebPush: info\x00" + self.point + theirs, 32, shared)
        key = _hkdf(salt, b"Content-Encoding: aes128gcm\x00", 16, keying)
        nonce = _hkdf(salt, b"Content-Encoding: nonce\x00", 12, keying)
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
        assert padded.endswith(b"\x02"), "the last record ends with 2"
        said: dict[str, Any] = json.loads(padded[:-1])
        return said


def _hkdf(salt: bytes, info: bytes, length: int, keying: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(keying)


def claims_of(taken: Taken) -> tuple[dict[str, Any], str]:
    """Return what the sender signed and with which key; raises where the signature is wrong (RFC 8292)."""
    scheme, _space, rest = taken.headers["authorization"].partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, payload, signature = parts["t"].split(".")
    raw = unb64(signature)
    encoded = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unb64(parts["k"]))
    try:
        key.verify(encoded, f"{head}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise AssertionError("nobody signed this") from error
    return json.loads(unb64(payload)), parts["k"]
