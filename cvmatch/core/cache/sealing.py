"""What is kept where others might read it: compressed where it pays, and closed to all who do not know what it was made from.

Answers quote CVs. Once a CV is erased, nobody can name the versions of its rows again, and what was kept of it is noise.
"""

from __future__ import annotations

import os
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.crypto import salted_hmac

# Below, the bytes that are saved are not worth the time; level 1 takes a tenth of the time of making and sending it.
COMPRESSED_FROM = 2048
_RAW, _ZLIB, _NONCE_BYTES = b"\x00", b"\x01", 12


def seal(value: bytes, made_from: str) -> bytes:
    """The value as it is kept."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(made_from).encrypt(nonce, pack(value), None)


def unseal(sealed: bytes, made_from: str) -> bytes | None:
    """The value; None for what was not sealed here under this."""
    try:
        packed = _cipher(made_from).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
    except (InvalidTag, ValueError):
        return None
    return zlib.decompress(packed[1:]) if packed[:1] == _ZLIB else packed[1:]


def pack(value: bytes) -> bytes:
    """With a byte before it that says how it is kept."""
    if len(value) >= COMPRESSED_FROM:
        smaller = zlib.compress(value, 1)
        if len(smaller) < 0.8 * len(value):
            return _ZLIB + smaller
    return _RAW + value


def _cipher(made_from: str) -> AESGCM:
    return AESGCM(salted_hmac("cvmatch.cache", made_from, algorithm="sha256").digest())
