"""Links phrases that name no skill by its label to the nearest concept of ESCO by meaning; embedding is handed in."""

from __future__ import annotations

from matching.linking.concepts import Concept, read_concepts
from matching.linking.linker import Link, Linker, read_linker, read_sure_linker

__all__ = ["Concept", "Link", "Linker", "read_concepts", "read_linker", "read_sure_linker"]
