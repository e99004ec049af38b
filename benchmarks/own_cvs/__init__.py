"""CVs of fictional persons in eight languages, in layouts and formats of our own, with the exact truth about each."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.own_cvs.ink import NoFont
from benchmarks.own_cvs.office import write_docx, write_odt, write_rtf
from benchmarks.own_cvs.pdf import write_pdf
from benchmarks.own_cvs.person import LANGUAGES, read_people
from benchmarks.own_cvs.sheet import Sheet
from benchmarks.own_cvs.text import write_html, write_txt

logger = logging.getLogger(__name__)

_WRITERS: dict[str, Callable[[Sheet, str, Path], None]] = {
    "pdf": write_pdf,
    "docx": write_docx,
    "odt": write_odt,
    "rtf": write_rtf,
    "html": write_html,
    "txt": write_txt,
}
LAYOUTS = {  # layout → format
    "dates-right": "pdf",
    "dates-margin": "pdf",
    "europass-fields": "pdf",
    "europass-brackets": "pdf",
    "one-column": "pdf",
    "two-columns": "pdf",
    "word-running": "docx",
    "word-table": "docx",
    "writer-running": "odt",
    "typed-tabs": "rtf",
    "web-page": "html",
    "typed": "txt",
}
_HIDDEN = {  # what a layout does not print
    "dates-margin": ("label", "summary"),
    "europass-fields": ("label", "summary"),
    "europass-brackets": ("label",),
    "word-table": ("label", "summary"),
}
_SAME_WORDS = {"one-column": "columns", "two-columns": "columns"}  # these differ in nothing but their columns


def make(
    folder: Path,
    *,
    languages: Sequence[str] = LANGUAGES,
    layouts: Iterable[str] = tuple(LAYOUTS),
    split: str | None = None,
) -> int:
    """Writes ``files/`` and ``truth/`` and returns how many CVs there are.

    ``split`` is "dev" or "held-out", or None for both. A PDF whose letters no installed font has is left out with a warning.
    """
    for part in ("files", "truth"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    written = 0
    for person in read_people(languages):
        for layout in layouts:
            if split is None or person.held_out == (split == "held-out"):
                written += _write(Sheet.of(person, _SAME_WORDS.get(layout, layout)), layout, folder)
    return written


def _write(sheet: Sheet, layout: str, folder: Path) -> bool:
    name, file_format = f"{sheet.person.id}__{layout}", LAYOUTS[layout]
    try:
        _WRITERS[file_format](sheet, layout, folder / "files" / f"{name}.{file_format}")
    except NoFont as missing:
        logger.warning("%s is left out: no font has the letters %s", name, missing)
        return False
    truth = json.dumps(sheet.truth(layout, file_format, hidden=_HIDDEN.get(layout, ())), ensure_ascii=False, indent=1)
    (folder / "truth" / f"{name}.json").write_text(truth + "\n", encoding="utf-8")
    return True
