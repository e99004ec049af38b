"""Draws a page of a CV as people see it; run as a process of its own behind the sandbox: a file on stdin, a JPEG on stdout."""

from __future__ import annotations

import io
import sys

import pypdfium2
from PIL import Image, ImageOps

from ingestion.extract.confine import confine, limit
from ingestion.extract.worker import readable_paths

WIDTH = 1100  # pixels; letters of an ordinary page are read with ease
_LONGEST = 4  # times the width; no page of a CV is longer
_MAX_PIXELS = 50_000_000


def draw_page(content: bytes, number: int) -> bytes:
    """The page, counted from 1, as a JPEG; nothing where there is no such page. Raises what the decoders raise."""
    picture = _pdf_page(content, number) if content.startswith(b"%PDF") else _picture_page(content, number)
    if picture is None:
        return b""
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=82, optimize=True)
    return jpeg.getvalue()


def _pdf_page(content: bytes, number: int) -> Image.Image | None:
    with pypdfium2.PdfDocument(content) as pdf:
        if number > len(pdf):
            return None
        page = pdf[number - 1]
        width, height = page.get_size()
        scale = min(WIDTH / width, WIDTH * _LONGEST / height)
        drawn: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
        return drawn


def _picture_page(content: bytes, number: int) -> Image.Image | None:
    Image.MAX_IMAGE_PIXELS = None  # the limit here is kept by us, as in reading
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF", "WEBP")) as picture:
        if number > getattr(picture, "n_frames", 1):
            return None
        picture.seek(number - 1)
        if picture.width * picture.height > _MAX_PIXELS:
            return None
        upright = ImageOps.exif_transpose(picture)
        ground = Image.new("RGBA", upright.size, "white")
        drawn = Image.alpha_composite(ground, upright.convert("RGBA")).convert("RGB")
        drawn.thumbnail((WIDTH, WIDTH * _LONGEST))
        return drawn


def main(arguments: list[str]) -> None:
    max_bytes, cpu_s, memory_mb, number = map(int, arguments)
    limit(cpu_s=cpu_s, memory_mb=memory_mb)
    confine(readable_paths())
    content = sys.stdin.buffer.read(max_bytes + 1)
    sys.stdout.buffer.write(draw_page(content, number))


if __name__ == "__main__":
    main(sys.argv[1:])
