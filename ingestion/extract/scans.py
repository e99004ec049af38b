"""Pages that are pictures of text: who may have them read, and how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmatch.core.errors import UnreadableDocument

if TYPE_CHECKING:
    from PIL import Image

    from ingestion.extract.glyphs import Word

MAX_PAGES = 10


class RecognitionNeeded(Exception):
    """The file holds pictures of text, and whoever reads it has not set aside the time and memory that these take."""


class Recogniser:
    """Reads the page pictures of one file; ``pages`` is how many there have been."""

    def __init__(self, *, allowed: bool) -> None:
        self._allowed = allowed
        self.pages = 0

    def read(self, picture: Image.Image, points_per_pixel: float | None = None) -> list[Word]:
        """As ``recognise_page``. Raises RecognitionNeeded where that is not allowed, UnreadableDocument for a page too many."""
        if not self._allowed:
            raise RecognitionNeeded
        self.pages += 1
        if self.pages > MAX_PAGES:
            raise UnreadableDocument(
                f"More than {MAX_PAGES} pages are scans or pictures. Please upload the CV without its attachments."
            )
        from ingestion.extract.ocr import recognise_page  # loads the models, which most files do not need

        return recognise_page(picture, points_per_pixel)
