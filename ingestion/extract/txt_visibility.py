"""Takes out of plain text and Markdown what no window shows: comments, and words far to the right of everything else."""

from __future__ import annotations

import re

from ingestion.extract.hidden import Hidden

_COMMENT = re.compile(r"<!--(.{1,20000}?)-->", re.DOTALL)
_LINK_COMMENT = re.compile(r"(?m)^\[(?://|comment|_)\]: ?(?:#|<>) ?[\"'(](.{1,5000})[\"')]\s*$")
_FAR = re.compile(r"(?: {160,}|\t{20,}[ \t]*)(\S[^\n]*)")


def take_out_hidden(text: str, *, marked: bool) -> tuple[str, list[Hidden]]:
    """The text without them, and what they said; comments are known to Markdown only."""
    patterns = [(_FAR, "far outside the window")]
    patterns += [(_COMMENT, "in a comment"), (_LINK_COMMENT, "in a comment")] if marked else []
    found: list[Hidden] = []
    for pattern, reason in patterns:
        for match in pattern.finditer(text):
            found.append(Hidden(reason, match[1], text[max(0, match.start() - 200) : match.start()]))
        text = pattern.sub("", text)
    return text, found
