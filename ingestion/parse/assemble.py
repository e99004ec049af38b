"""Turns found values into the JSON Resume with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingestion.parse.pieces import Found
from ingestion.values import Document, Evidence, ParsedCV


def assemble(document: Document, tree: Mapping[str, Any], *, phone_e164: str) -> ParsedCV:
    """``tree`` has the shape of a JSON Resume with a Found at each leaf."""
    evidence: dict[str, Evidence] = {}
    plain = _strip(tree, "", evidence, document)
    parsed = ParsedCV.from_json(plain)
    return ParsedCV(
        parsed.resume,
        evidence,
        document.format,
        phone_e164=phone_e164,
        concerns=document.concerns,
        scanned=document.scanned,
    )


def _strip(node: Any, path: str, evidence: dict[str, Evidence], document: Document) -> Any:
    if isinstance(node, Found):
        evidence[path] = Evidence(node.confidence, node.span, document.page_at(node.span.start))
        return node.value
    if isinstance(node, Mapping):
        return {
            k: _strip(v, f"{path}.{k}" if path else k, evidence, document) for k, v in node.items() if v is not None
        }
    return [_strip(item, f"{path}[{i}]", evidence, document) for i, item in enumerate(node)]
