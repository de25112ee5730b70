"""The form of an API key: `ttdn_`, 27 characters of chance, 6 of checksum.

The prefix lets a scanner find a leaked key. The checksum tells a mistyped key from a revoked one before any
database is asked; it is no secret and proves nothing about who made the key.
"""

import re
from hashlib import sha256
from typing import Final
from zlib import crc32

PREFIX: Final = "ttdn_"
RANDOM_BYTES: Final = 20
"""160 bits, from the operating system's generator (`secrets.token_bytes`): the caller's, rules do no I/O."""

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY: Final = 27  # the least n with 62ⁿ ≥ 2¹⁶⁰
_CHECK: Final = 6  # the least n with 62ⁿ ≥ 2³²
_SHOWN: Final = 4
_FORM: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_BODY + _CHECK}}}")


def mint(random_bytes: bytes) -> str:
    """The key for these random bytes, one key for each: nothing of their chance is lost."""
    if len(random_bytes) != RANDOM_BYTES:
        raise ValueError(f"{RANDOM_BYTES} random bytes are needed")
    start = PREFIX + _base62(int.from_bytes(random_bytes), _BODY)
    return start + _checksum(start)


def is_well_formed(key: str) -> bool:
    """Whether form and checksum are right. One wrong character or two swapped neighbours never pass."""
    return _FORM.fullmatch(key) is not None and _checksum(key[:-_CHECK]) == key[-_CHECK:]


def digest(key: str) -> str:
    """What is stored instead of the key: SHA-256 in hex, and on purpose no slow hash.

    Slow hashes protect secrets that can be guessed. 160 random bits cannot, while a slow hash on every
    request would let anyone keep the service busy with invented keys.
    """
    return sha256(key.encode()).hexdigest()


def hint(key: str) -> str:
    """What may be shown of a key later: enough to tell one's own apart, 136 bits short of the secret.

    ValueError for what is no key, so that a password sent by mistake is not shown in part.
    """
    if not is_well_formed(key):
        raise ValueError("not an API key")
    return key[: len(PREFIX) + _SHOWN]


def _checksum(start: str) -> str:
    """CRC-32 (ISO 3309) of all that stands before it."""
    return _base62(crc32(start.encode("ascii")), _CHECK)


def _base62(number: int, width: int) -> str:
    """Fixed width, most significant digit first."""
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits = _DIGITS[digit] + digits
    return digits
