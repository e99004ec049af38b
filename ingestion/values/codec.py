"""Dataclasses to JSON with camelCase keys, and back from any JSON."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any


@cache
def _json_name(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


@cache
def _types(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def encode(value: Any) -> Any:
    """A dataclass as JSON with camelCase keys; empty values are left out, as the schema allows."""
    if is_dataclass(value):
        pairs = ((_json_name(f.name), encode(getattr(value, f.name))) for f in fields(value))
        return {name: item for name, item in pairs if item not in ("", [], {})}
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    return value


def decode(kind: Any, data: Any) -> Any:
    """The counterpart of ``encode``; anything of the wrong shape becomes the empty value of its type."""
    if isinstance(kind, types.GenericAlias):
        rows = data if isinstance(data, list) else []
        return tuple(decode(typing.get_args(kind)[0], row) for row in rows)
    if is_dataclass(kind):
        row = data if isinstance(data, Mapping) else {}
        hints = _types(typing.cast(type, kind))
        return typing.cast(Any, kind)(**{n: decode(h, row.get(_json_name(n))) for n, h in hints.items()})
    return data if isinstance(data, str) else ""
