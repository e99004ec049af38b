"""What tests of the parser share: documents from plain text, and the check that nothing is invented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingestion.extract import read_document
from ingestion.values import Document, ParsedCV


def read(text: str) -> Document:
    return read_document(text.encode(), filename="cv.txt", max_bytes=1_000_000)


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a JSON Resume with its path."""
    if isinstance(node, dict):
        for key, item in node.items():
            if path or key != "meta":
                yield from leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from leaves(item, f"{path}[{number}]")
    else:
        yield path, node


def _plain(text: str) -> str:
    return re.sub(r"[\s,-]+", "", text).casefold()


def assert_nothing_is_invented(document: Document, parsed: ParsedCV) -> None:
    """Each value stands at its span, whatever is between its words; dates show their year, numbers their digits.

    A name may be turned round (``Surname, First name``), a target of a link stands behind its words, and the network of a
    profile and the code of a country follow from what is at the span.
    """
    text = document.text
    for concern in document.concerns:  # nothing is read from what was put there for machines
        text = text[: concern.start] + " " * (concern.end - concern.start) + text[concern.end :]
    targets = {_plain(link.url).rstrip("/") for link in document.links}
    for path, value in leaves(parsed.to_json()):
        evidence = parsed.evidence[path]
        assert 0 <= evidence.confidence <= 1, path
        shown = text[evidence.span.start : evidence.span.end]
        assert shown.strip(), path
        if re.search(r"[dD]ate$", path):
            assert value[2:4] in shown, path
        elif path == "basics.phone":
            assert re.sub(r"\D", "", value)[-6:] in re.sub(r"\D", "", shown + "".join(targets)), path
        elif path == "basics.name":
            assert all(_plain(word) in _plain(shown) for word in value.split()), path
        elif re.search(r"(?:url|username|email)$", path):
            assert _plain(value) in _plain(shown) or any(_plain(value).rstrip("/") in target for target in targets), (
                path
            )
        elif not path.endswith((".network", "countryCode")):
            assert _plain(value) in _plain(shown), path
    for mention in parsed.mentioned_skills:
        assert document.text[mention.start : mention.end] == mention.name
