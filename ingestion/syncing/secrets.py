"""Keeps secret parameters of sources encrypted; or as the name of an environment variable, and then nothing is kept at all."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from cvmatch.core.errors import CvmatchError, InvalidInput

FROM_ENVIRONMENT = "env:"

# By the name of the parameter: one value, or several.
Secrets = Mapping[str, str | list[str]]


def seal(secrets: Secrets) -> str:
    """The secrets as text that says nothing without the key; empty where there are none."""
    if not secrets:
        return ""
    return _box(tuple(_keys())).encrypt(json.dumps(dict(secrets)).encode()).decode()


def unseal(sealed: str) -> dict[str, str | list[str]]:
    """The inverse, with variables of the environment as they were named. Raises CvmatchError where the key is another one."""
    if not sealed:
        return {}
    try:
        opened: dict[str, str | list[str]] = json.loads(_box(tuple(_keys())).decrypt(sealed.encode()))
    except InvalidToken:
        raise CvmatchError(
            "The secrets of this source were kept under another key. Set CVMATCH_SECRETS_KEY as it was, with a new one "
            "before it if need be, or type them in again.",
            permanent=True,
        ) from None
    return opened


def resolve(secrets: Secrets) -> dict[str, str | list[str]]:
    """With the values of the environment in place of their names. Raises InvalidInput for a variable that is not set."""
    return {
        name: _value(value) if isinstance(value, str) else [_value(one) for one in value]
        for name, value in secrets.items()
    }


def seal_again(sealed: str) -> str:
    """The same secrets under the first of the keys, to take an older one out of use."""
    return seal(unseal(sealed))


def _value(text: str) -> str:
    if not text.startswith(FROM_ENVIRONMENT):
        return text
    name = text.removeprefix(FROM_ENVIRONMENT)
    if not os.environ.get(name):
        raise InvalidInput(f"The environment variable {name} is not set, or empty.")
    return os.environ[name]


def _keys() -> list[str]:
    """The newest first; without any of its own, what is made from SECRET_KEY."""
    return settings.SECRETS_KEYS or [settings.SECRET_KEY]


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    """32 bytes from a long random text of any form (HKDF, RFC 5869); other uses of the same text get other bytes."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cvmatch.secrets").derive(key.encode())
