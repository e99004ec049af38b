"""Reads pictures of pages: ``recognise_page`` gives the words of a picture as a PDF page with text would give them.

The picture is set upright and straight, lines are found, read, and cut into words with position, size and weight, so that
the same reading order applies. Everything runs on this machine; the models come in a package. For a caller that wants to
compare what a page shows with what its text layer says, the words of a rendered page are all that is needed.
"""

from __future__ import annotations

from ingestion.extract.ocr.page import recognise_page

__all__ = ["recognise_page"]
