"""The same CV of another person: words of a document exchanged line by line, while its layout stays as it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ingestion.values import Document, Line

Change = Callable[[str], str]


def swapped(document: Document, change: Change) -> Document:
    """Each line as ``change`` says it; what stands between the lines stays, and links lead where their words are now."""
    text, lines, moved = "", [], {}
    end = 0
    for line in document.lines:
        text += document.text[end : line.start]
        words = change(line.text)
        moved[line.start] = (len(text), line)
        lines.append(replace(line, text=words, start=len(text), breaks=line.breaks if words == line.text else ()))
        text += words
        end = line.end
    links = tuple(
        replace(
            link, url=change(link.url), start=_moved(link.start, moved, change), end=_moved(link.end, moved, change)
        )
        for link in document.links
    )
    return replace(document, text=text + document.text[end:], lines=tuple(lines), links=links, concerns=())


def with_line(document: Document, text: str, *, after: int) -> Document:
    """One line more, that looks like the one it stands below."""
    above = document.lines[after]
    added = replace(above, text=text, start=above.end + 1, breaks=(), bold=False, y0=above.y1 + 1, y1=above.y1 + 11)
    grown = document.text[: above.end] + "\n" + text + document.text[above.end :]
    rest = tuple(replace(line, start=line.start + len(text) + 1) for line in document.lines[after + 1 :])
    return replace(document, text=grown, lines=(*document.lines[: after + 1], added, *rest), links=(), concerns=())


def exchange(words: Mapping[str, str]) -> Change:
    """Whole words for others, in small letters, with a capital and in capitals alike."""
    table = {old.lower(): new for old, new in words.items()}
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(table, key=len, reverse=True)))})(?!\w)", re.I)
    return lambda text: pattern.sub(lambda found: _in_the_case_of(found[0], table[found[0].lower()]), text)


def rename(old: str, new: str) -> Change:
    """Another name: whole, by first name, turned round, and run together as in addresses and user names."""
    was, now = old.split(), new.split()
    pairs = {old: new, was[0]: now[0]}
    if len(was) > 1:
        pairs |= {f"{was[-1]}, {' '.join(was[:-1])}": f"{now[-1]}, {' '.join(now[:-1])}"}
        pairs |= {sign.join(_letters(was)): sign.join(_letters(now)) for sign in ("", "-", ".", "_")}
    return exchange(pairs)


def _letters(words: Iterable[str]) -> list[str]:
    plain = (unicodedata.normalize("NFKD", word.lower()) for word in words)
    return [re.sub(r"[^a-z]", "", word) for word in plain]


def _in_the_case_of(old: str, new: str) -> str:
    if old.isupper() and len(old) > 1:
        return new.upper()
    return new.lower() if old.islower() else new[:1].upper() + new[1:]


def _moved(place: int, lines: Mapping[int, tuple[int, Line]], change: Change) -> int:
    start = max((start for start in lines if start <= place), default=None)
    if start is None:
        return 0
    now, line = lines[start]
    return now + len(change(line.text[: place - start]))
