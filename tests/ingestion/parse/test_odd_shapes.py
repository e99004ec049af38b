"""Texts that no person wrote: whatever repeats without end is read in the end, or refused with a sentence."""

from __future__ import annotations

import contextlib
import random
import string

import pytest

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract import read_document
from ingestion.parse import parse_document

LENGTH = 49_000  # just below what one line may hold; a pattern whose time grows with the square takes minutes here
_RANDOM = random.Random(7)


def word() -> str:
    return "".join(_RANDOM.choices(string.ascii_lowercase, k=_RANDOM.randint(2, 9)))


SHAPES = {
    "one letter": lambda: "a",
    "one word": lambda: "Word ",
    "dots": lambda: "a.",
    "at signs": lambda: "a@",
    "hosts": lambda: "www.",
    "commas": lambda: "a, ",
    "digits": lambda: "1 ",
    "one long word": word,
    "many words": lambda: f"{word()} ",
    "many cells": lambda: f"{word()}\t",
    "many lines": lambda: f"{word()}\n",
    "many numbers": lambda: f"{_RANDOM.randint(0, 99999)} ",
    "many phone numbers": lambda: f"+{_RANDOM.randint(10**9, 10**11)} ",
    "many periods": lambda: f"{_RANDOM.randint(1950, 2030)} - {_RANDOM.randint(1950, 2030)} {word()} ",
    "many headings": lambda: f"Experience {word()}\nSkills {word()}, ",
    "many degrees": lambda: f"Master of {word().title()} University of ",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_text_of_an_odd_shape_is_read_or_refused(shape):
    text = ""
    while len(text) < LENGTH:
        text += "".join(SHAPES[shape]() for _ in range(100))
    with contextlib.suppress(UnreadableDocument):
        parsed = parse_document(read_document(text[:LENGTH].encode(), filename="odd.txt", max_bytes=LENGTH))
        assert all(0 <= e.confidence <= 1 for e in parsed.evidence.values())
