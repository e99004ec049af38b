"""Pages of a CV as pictures: who sees them, what they are made of, and when they go."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from cvmatch.core.errors import UnreadableDocument
from ingestion.erasing import erase_cv
from ingestion.extract.sandbox import draw_page_sandboxed
from ingestion.models import CV
from ingestion.page_pictures import page_picture, pages_of
from ingestion.services import receive_cv
from tests.support import make_cv, make_user, work_until_idle

DEMO = Path(settings.PROJECT_DIR) / "cvmatch" / "demo" / "cvs"
PDF = DEMO / "mei-lin-chen-data.pdf"
LIMIT = 10_000_000


def drawn(content: bytes, page: int = 1) -> Image.Image:
    return Image.open(io.BytesIO(draw_page_sandboxed(content, page=page, max_bytes=LIMIT)))


def test_a_page_of_a_pdf_is_drawn_with_something_on_it() -> None:
    picture = drawn(PDF.read_bytes())
    assert (picture.format, picture.width) == ("JPEG", 1100)
    darkest, brightest = picture.convert("L").getextrema()
    assert darkest < 100 < 250 < brightest  # type: ignore[operator]


def test_a_picture_is_drawn_anew_and_never_larger_than_needed() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (3000, 4000), (255, 0, 0, 0)).save(file, "PNG")
    picture = drawn(file.getvalue())
    assert (picture.format, picture.width) == ("JPEG", 1100)
    assert min(picture.getpixel((10, 10))) > 250, "see-through becomes white"  # type: ignore[type-var]


@pytest.mark.parametrize(("content", "page"), [(PDF.read_bytes(), 40), (b"%PDF-1.4\nno more", 1), (b"GIF89a", 1)])
def test_what_cannot_be_drawn_is_an_error_in_words(content: bytes, page: int) -> None:
    with pytest.raises(UnreadableDocument):
        draw_page_sandboxed(content, page=page, max_bytes=LIMIT)


@pytest.fixture
def cv(db: None, settings: Any, tmp_path: Path) -> CV:
    settings.MEDIA_ROOT = tmp_path
    cv = receive_cv(content=PDF.read_bytes(), filename="cv.pdf", uploaded_by=make_user("mara"), interactive=True)
    work_until_idle()
    cv.refresh_from_db()
    return cv


def signed_in(name: str, **values: Any) -> Client:
    client = Client()
    user = make_user(name, **{"role": "candidate", **values})
    client.force_login(user)
    return client


def test_a_picture_is_for_those_who_may_see_the_cv(cv: CV) -> None:
    owner = Client()
    owner.force_login(cv.candidate.user)  # type: ignore[arg-type]
    address = f"/cvs/{cv.pk}/pages/1/"
    response = owner.get(address)
    assert response["Content-Type"] == "image/jpeg"
    assert "private" in response["Cache-Control"]
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8\xff")  # type: ignore[attr-defined]
    assert f'src="{address}"' in owner.get(f"/cvs/{cv.pk}/").content.decode()
    assert signed_in("owen").get(address).status_code == 404
    assert Client().get(address).status_code == 302
    recruiter = signed_in("rita", role="recruiter")
    assert b"".join(recruiter.get(address).streaming_content)  # type: ignore[attr-defined]
    type(cv.candidate.user).objects.filter(username="rita").update(reads_blind=True)
    assert recruiter.get(address).status_code == 403


def test_a_page_is_drawn_once_and_goes_with_its_file(cv: CV, django_capture_on_commit_callbacks: Any) -> None:
    first = page_picture(cv, 1)
    drawn_at = first.stat().st_mtime_ns
    assert page_picture(cv, 1).stat().st_mtime_ns == drawn_at
    with django_capture_on_commit_callbacks(execute=True):
        erase_cv(cv=cv, by=None)
    assert not first.exists()
    assert not first.parent.exists()


def test_text_has_no_pages_and_a_page_beyond_the_last_is_not_found(cv: CV, client: Client) -> None:
    assert list(pages_of(cv)) == [1]
    text = make_cv(user=make_user("tom"))
    work_until_idle()
    text.refresh_from_db()
    assert list(pages_of(text)) == []
    client.force_login(cv.candidate.user)  # type: ignore[arg-type]
    assert client.get(f"/cvs/{cv.pk}/pages/99/").status_code == 404
