"""What the scorer saw, as JSON that reads back as the same value, and the hash that names it."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from cvmatch.core.text import content_hash
from matching.values.profiles import CVProfile, JobProfile

T = TypeVar("T")
_PLAIN = frozenset({str, int, float, bool, types.NoneType})


@dataclass(frozen=True)
class CVSeen:
    """What the scorer saw of a CV; ``content_hash`` is that of the text and of how it was read."""

    content_hash: str
    profile: CVProfile


@dataclass(frozen=True)
class JobSeen:
    """What the scorer saw of a job; ``content_hash`` is that of title and description."""

    content_hash: str
    profile: JobProfile


def digest(value: Any) -> str:
    """SHA-256 (hex) of the value's kind and content: equal values have equal digests, in any process."""
    return digest_of(type(value), to_json(value))


def digest_of(kind: type[Any], body: Any) -> str:
    """The same for a value that is JSON already."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return content_hash(kind.__name__, text)


def to_json(value: Any) -> Any:
    """A frozen value as JSON. Fields that are empty, as they are by default, are left out: a new field changes no digest.

    Any other default is written out, since it may be another one by the time the value is read.
    """
    kind: Any = type(value)
    if kind in _PLAIN:  # first, since nearly all values are: lists of fifty lines are stored a thousand times an hour
        return value
    if is_dataclass(value):
        items = [(name, getattr(value, name), default) for name, default in _fields(kind)]
        return {name: to_json(item) for name, item, default in items if default is MISSING or item != default}
    if isinstance(value, Mapping):
        return [[to_json(key), to_json(item)] for key, item in value.items()]  # jsonb would lose the order
    if isinstance(value, frozenset):
        return sorted(to_json(item) for item in value)
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def from_json(kind: type[T], data: Any) -> T:
    """The inverse of ``to_json`` for a value of that type. Raises ValueError when it was written for another form of it."""
    try:
        return typing.cast("T", _decode(kind, data))
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not the form that a {kind.__name__} has now: {error}") from error


def _decode(kind: Any, data: Any) -> Any:
    origin, inner = typing.get_origin(kind) or kind, typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        (known,) = (option for option in inner if option is not types.NoneType)
        return None if data is None else _decode(known, data)
    if is_dataclass(origin):
        return _dataclass(origin, data)
    if origin is tuple:
        kinds = inner[:1] * len(data) if inner[1:] == (Ellipsis,) else inner
        return tuple(_decode(item, row) for item, row in zip(kinds, data, strict=True))
    if origin is frozenset:
        return frozenset(_decode(inner[0], row) for row in data)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {_decode(inner[0], key): _decode(inner[1], item) for key, item in data}
    if origin is datetime:
        return datetime.fromisoformat(data)
    # Of plain values a float is the one that comes back as something else: jsonb writes 1e16 as an integer.
    return origin(data) if origin in (Decimal, float) or issubclass(origin, Enum) else data


def _dataclass(kind: Any, data: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    return kind(**{name: _decode(hints[name], item) for name, item in data.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass, each with its default where that is empty."""
    return tuple((field.name, field.default if _is_empty(field.default) else MISSING) for field in fields(kind))


def _is_empty(default: Any) -> bool:
    return default is None or default in ("", (), frozenset())
