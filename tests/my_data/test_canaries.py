"""Words that stand in one person's data and nowhere else are found nowhere once the person is erased."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client

from cvmatch.core.cache import near
from cvmatch.core.models import Purpose, User, Webhook
from ingestion import correcting
from ingestion.consents import set_consent
from ingestion.erasing import erase_cv
from ingestion.models import CV, Erasure
from ingestion.services import receive_cv
from jobs.models import Job
from jobs.saving import save_search
from matching.asking import ask_for_content
from matching.deciding import add_tag, decide, write_note
from matching.models import Lexeme, Match, MatchTask, Stage
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

# Each stands for one way that data comes in.
NAME, MAIL, WORD, FILE, FIX = "Quillfeather", "vogel.kanari", "Zorblaxium", "kanarienfile", "Wibblemeister"
NOTE, TAG, COMMENT, QUERY, HOOK, ONCE = (
    "notecanary",
    "tagcanary",
    "commentcanary",
    "querycanary",
    "hookcanary",
    "Oncefrob",
)
CANARIES = (NAME, MAIL, WORD, FILE, FIX, NOTE, TAG, COMMENT, QUERY, HOOK, ONCE)
TEXT = CV_TEXT.replace("Lindqvist", NAME).replace("mara.lindqvist", MAIL)
TEXT = TEXT.replace("PostgreSQL and Kafka", f"PostgreSQL, Kafka and {WORD}")


@pytest.fixture
def place(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_no_canary_of_an_erased_person_is_found_anywhere(
    client: Client, place: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    mara, rita = make_user(MAIL), make_user("rita", User.Role.RECRUITER)
    User.objects.filter(pk=mara.pk).update(email=f"{MAIL}@example.com", last_name=NAME)
    live_here(client, mara, rita, make_job())
    before = found(mara.pk, place)
    tables = {hit.partition(":")[0] for hit in before}
    assert set(CANARIES) <= {hit.rpartition(" ")[2] for hit in before}, "what is never found proves nothing"
    assert tables >= EVERYWHERE, "the search would prove nothing where it finds nothing"
    near.set("an answer about them", WORD.encode(), 30)
    assert cached() == [WORD]

    answer = client.post("/account/data/delete/", {"what": "account", "word": "delete", "password": "pw"})
    assert answer.status_code == 302
    assert client.get("/account/data/").status_code == 302, "signed out"
    call_command("run_stage", "clean_up")
    assert found(mara.pk, place) == []
    assert cached() == []
    assert set(Erasure.objects.values_list("kind", flat=True)) == {"cv", "candidate", "user"}
    said = (caplog.text + "".join(capfd.readouterr())).casefold()
    assert [word for word in CANARIES if word.casefold() in said] == []


EVERYWHERE = {
    "a file", "core_user", "core_webhook", "django_admin_log", "django_session", "ingestion_correction", "ingestion_cv",
    "ingestion_cv search", "jobs_savedsearch", "matching_decisionevent", "matching_lexeme",
    "matching_note", "matching_tag", "samples of the planner",
}  # fmt: skip


def live_here(client: Client, mara: User, rita: User, job: Job) -> None:
    """Everything that somebody can do, and others with them, each with a canary where words are kept."""
    assert client.login(username=MAIL, password="pw")
    receive_cv(content=TEXT.encode(), filename=f"{FILE}.txt", uploaded_by=mara, interactive=True)
    work_until_idle()
    cv = receive_cv(content=f"{TEXT}\nTerraform\n".encode(), filename=f"{FILE}.txt", uploaded_by=mara, interactive=True)
    make_cv(CV_TEXT.replace("Mara Lindqvist", "Tom Okafor"))
    ask_for_content(
        user=mara, content=f"{ONCE} engineer, Python and SQL".encode(), filename="once.txt", kind=MatchTask.Kind.TEXT,
        filters={},
    )  # fmt: skip
    work_until_idle()
    cv.refresh_from_db()
    correcting.correct(cv, path="basics.label", value=f"{FIX} Engineer", by=mara)
    work_until_idle()
    match = Match.objects.filter(cv=cv, prediction__side="jobs").latest("pk")
    client.post("/jobs/mark/", {"save": f"{job.pk}.{match.pk}"})
    client.get(f"/matches/{match.pk}/")
    client.get(f"/api/v1/cvs/{cv.pk}/recommendations")
    for number in range(3):
        save_search(user=mara, name=f"{QUERY} {number}", query=f"q={QUERY}{number}")
    Webhook.objects.create(user=mara, url=f"https://example.com/{HOOK}", events=["match.ready"], secret="")
    set_consent(user=mara, purpose=Purpose.ALERTS, is_given=False, how="page")
    recruit(cv, rita, job)
    call_command("run_stage", "count_words")
    make_cv(TEXT.replace("Docker", "Buildah"), user=mara)  # its tasks still wait
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def recruit(cv: CV, rita: User, job: Job) -> None:
    reader = Client()
    reader.force_login(rita)
    reader.get(f"/jobs/{job.pk}/candidates/")
    work_until_idle()
    write_note(job=job, candidate=cv.candidate_id, text=NOTE, by=rita)
    add_tag(name=TAG, candidates=[cv.candidate_id], by=rita)
    decide(by=rita, job=job, candidates=[cv.candidate_id], stage=Stage.SHORTLISTED, comment=COMMENT)
    for page in (f"/cvs/{cv.pk}/", f"/jobs/{job.pk}/candidates/", f"/api/v1/jobs/{job.pk}/candidates", "/"):
        assert reader.get(page).status_code == 200
    LogEntry.objects.create(
        user=rita, content_type=ContentType.objects.get_for_model(CV), object_id=str(cv.pk),
        object_repr=f"{cv} {NAME}", action_flag=CHANGE, change_message="",
    )  # fmt: skip


def found(user_id: int, place: Path) -> list[str]:
    """Where a canary stands, or the person's session: every row of every table as text, what is sampled of columns, files."""
    words = (*CANARIES, f'"_auth_user_id":"{user_id}"')
    hits = []
    with connection.cursor() as cursor:
        places = {table: f'SELECT t::text FROM "{table}" t' for table in connection.introspection.table_names()}
        places["samples of the planner"] = "SELECT s::text FROM pg_stats s WHERE schemaname = 'public'"
        places["ingestion_cv search"] = "SELECT search::text FROM ingestion_cv"
        for name, sql in places.items():
            cursor.execute(sql)
            rows = "\n".join(row[0] or "" for row in cursor.fetchall())
            shown = "\n".join([rows, *unpacked(rows)]).casefold()
            hits += [f"{name}: {word}" for word in words if is_in(word, shown)]
    files = [path for path in place.rglob("*") if path.is_file()]
    texts = [f"{path} {path.read_bytes().decode(errors='ignore')}".casefold() for path in files]
    return hits + [f"a file: {word}" for word in words if any(word.casefold() in text for text in texts)]


def is_in(word: str, shown: str) -> bool:
    """Canaries also as the stem that search has of them."""
    return (word[:-2] if word in CANARIES else word).casefold() in shown


def cached() -> list[str]:
    """What this process has in its memory. What all share is sealed, and closed for good without the rows."""
    shown = "\n".join(value.decode(errors="ignore") for _, value in near._kept.values()).casefold()
    return [word for word in CANARIES if word.casefold() in shown]


def unpacked(text: str) -> Iterator[str]:
    """What is written in hexadecimal or base64, as by sessions, caches and queues, compressed or not."""
    for token in re.findall(r"[\w+/-]{16,}={0,2}", text):
        for decode in (bytes.fromhex, lambda packed: base64.urlsafe_b64decode(packed.rstrip("=") + "==")):
            with suppress(ValueError):
                data = decode(token.replace("+", "-").replace("/", "_"))
                yield data.decode(errors="ignore")
                with suppress(zlib.error):
                    yield zlib.decompress(data).decode(errors="ignore")


@pytest.mark.django_db
def test_words_that_only_an_erased_cv_had_go_from_the_counts_and_common_ones_stay() -> None:
    make_job()
    make_cv(CV_TEXT)
    cv = make_cv(TEXT, user=make_user())
    work_until_idle()
    call_command("run_stage", "count_words")
    counted = Lexeme.objects.filter(corpus="cvs")
    assert counted.filter(lexeme=WORD.lower()).exists()
    erase_cv(cv=cv, by=None)
    assert not counted.filter(lexeme=WORD.lower()).exists()
    assert counted.filter(lexeme="sql").exists()
