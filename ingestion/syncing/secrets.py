"""Keeps secret parameters of sources encrypted; or as the name of an environment variable, and then nothing is kept at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from cvmatch.core.errors import InvalidInput
from cvmatch.core.sealing import seal_text, unseal_text

FROM_ENVIRONMENT = "env:"

# By the name of the parameter: one value, or several.
Secrets = Mapping[str, str | list[str]]


def seal(secrets: Secrets) -> str:
    """The secrets as text that says nothing without the key; empty where there are none."""
    return seal_text(json.dumps(dict(secrets))) if secrets else ""


def unseal(sealed: str) -> dict[str, str | list[str]]:
    """The inverse, with variables of the environment as they were named. Raises CvmatchError where the key is another one."""
    if not sealed:
        return {}
    opened: dict[str, str | list[str]] = json.loads(unseal_text(sealed, what="The secrets of this source"))
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
