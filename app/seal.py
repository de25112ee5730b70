"""The seal: this installation's key, with which it signs what it has taken in.

A signature is a JWS in compact form (RFC 7515) by EdDSA over Ed25519 (RFC 8037), so any JOSE library checks
it. Keys are published as JWK (RFC 7517) and named by their thumbprint (RFC 7638). The private key is a file
of its own, never in the database: a dump must not be able to sign.
"""

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ALGORITHM = "EdDSA"

Jwk = Mapping[str, str]


class BrokenSeal(Exception):
    """What is shown was not signed by any of the keys, or not in these words."""


class Seal:
    """One private key."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        named = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}
        self.kid = _thumbprint(named)
        self.public: Jwk = {**named, "kid": self.kid, "alg": ALGORITHM, "use": "sig"}

    @classmethod
    def open(cls, path: Path) -> Self:
        """The key in `path` (PKCS 8, PEM); made there, readable by its owner alone, where there is none.

        OSError where the file can neither be read nor made, ValueError where it holds no Ed25519 key.
        """
        if not path.exists():
            _make(path)
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 key")
        return cls(private)

    def sign(self, content: bytes, kind: str) -> str:
        """A JWS that carries `content`; `kind` is its `typ`."""
        headers = {"kid": self.kid, "typ": kind}
        return jwt.PyJWS().encode(content, self._private, ALGORITHM, headers)


def shown(signed: str) -> bytes:
    """What a JWS of our own carries, unchecked."""
    _, content, _ = signed.split(".")
    return base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))


def content_of(signed: str, keys: Iterable[Mapping[str, Any]], kind: str) -> bytes:
    """What was signed by one of `keys` (JWK); BrokenSeal if it was not, or is of another `typ`."""
    try:
        head = jwt.get_unverified_header(signed)
        key = next(key for key in keys if key.get("kid") == head.get("kid"))
        content = jwt.PyJWS().decode(signed, jwt.PyJWK(dict(key)).key, [ALGORITHM])
    except StopIteration:
        raise BrokenSeal("none of the keys has signed this") from None
    except (jwt.PyJWTError, AttributeError) as error:
        raise BrokenSeal(str(error)) from error
    if head.get("typ") != kind:
        raise BrokenSeal(f"this is no {kind}")
    return bytes(content)


def _make(path: Path) -> None:
    """Several processes may start at once: whoever comes second finds the first one's key, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # for its owner alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            return
    finally:
        Path(name).unlink()


def _thumbprint(named: Jwk) -> str:
    """RFC 7638 §3, for the members that RFC 8037 §2 asks for."""
    text = json.dumps(named, sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(text.encode()).digest())


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
