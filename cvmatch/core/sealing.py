"""Text that is kept encrypted: what has to be sent elsewhere one day, and so cannot be kept as a hash."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from cvmatch.core.errors import CvmatchError


def seal_text(text: str) -> str:
    """The text as one that says nothing without the key."""
    return _box(tuple(_keys())).encrypt(text.encode()).decode()


def unseal_text(sealed: str, *, what: str) -> str:
    """The inverse. Raises CvmatchError where the key is another one; ``what`` was kept is said in its message."""
    try:
        return _box(tuple(_keys())).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CvmatchError(
            f"{what} were kept under another key. Set CVMATCH_SECRETS_KEY as it was, with a new one "
            "before it if need be, or give them anew.",
            permanent=True,
        ) from None


def _keys() -> list[str]:
    """The newest first; without any of its own, what is made from SECRET_KEY."""
    return settings.SECRETS_KEYS or [settings.SECRET_KEY]


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    """32 bytes from a long random text of any form (HKDF, RFC 5869); other uses of the same text get other bytes."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cvmatch.secrets").derive(key.encode())
