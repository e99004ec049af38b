"""Builds a strategy from its ``{"BACKEND": dotted path, "OPTIONS": {...}}`` setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.module_loading import import_string


def build(spec: Mapping[str, Any]) -> Any:
    """The strategy that ``spec`` names, constructed with its options; raises ImportError for a wrong path."""
    return import_string(spec["BACKEND"])(**spec.get("OPTIONS", {}))
