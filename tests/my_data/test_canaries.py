"""Words that stand in one person's data and nowhere else are found nowhere once the person is erased."""

from __future__ import annotations

import io
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from redis import Redis
from reportlab.pdfgen.canvas import Canvas

from cvmatch.backup import DATABASE, NAMED, delete_old_backups, make_backup
from cvmatch.core.cache import near
from cvmatch.core.models import IdempotentCall, Purpose, User, Webhook, WebhookDelivery
from cvmatch.postgresql_programs import folder
from ingestion.consents import set_consent
from ingestion.erasing import erase_cv
from ingestion.models import CV, Erasure
from ingestion.services import receive_cv
from jobs.models import Job
from jobs.saving import save_search
from matching.alerts.subscribing import Cadence, Kind, subscribe
from matching.asking import ask_for_content
from matching.backfills.running import work_backfills
from matching.backfills.services import start_backfill
from matching.deciding import add_tag, decide, write_note
from matching.models import Alert, Lexeme, Match, MatchTask, Stage, Tailoring
from matching.optimising import request_batch, request_tailoring
from tests.core.cache.conftest import redis, redis_url  # noqa: F401 - fixtures
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle
from tests.unpacking import words_in

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
WIDE, WORDFILE, PORTABLE, PERSONAL = "Utfschnabel", "Docxfrobnitz", "Pdfgrumbold", "personaldatum"
CANARIES = (NAME, MAIL, WORD, FILE, FIX, NOTE, TAG, COMMENT, QUERY, HOOK, ONCE, WIDE, WORDFILE, PORTABLE, PERSONAL)
TEXT = CV_TEXT.replace("Lindqvist", NAME).replace("mara.lindqvist", MAIL)
TEXT = TEXT.replace("PostgreSQL and Kafka", f"PostgreSQL, Kafka and {WORD}")


@pytest.fixture
def place(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_no_canary_of_an_erased_person_is_found_anywhere(
    client: Client, place: Path, tmp_path_factory: pytest.TempPathFactory,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level("DEBUG")
    mara, rita = make_user(MAIL), make_user("rita", User.Role.RECRUITER)
    User.objects.filter(pk=mara.pk).update(email=f"{MAIL}@example.com", last_name=NAME)
    live_here(client, mara, rita, make_job())
    before = found(mara.pk, place)
    tables = {hit.partition(":")[0] for hit in before}
    assert set(CANARIES) <= {hit.rpartition(" ")[2] for hit in before}, "what is never found proves nothing"
    assert tables >= EVERYWHERE, "the search would prove nothing where it finds nothing"
    backups = tmp_path_factory.mktemp("backups")
    backup(backups, days=31)
    assert in_backups(backups) >= IN_BACKUPS
    near.set("an answer about them", WORD.encode(), 30)
    assert cached() == [WORD]

    answer = client.post("/account/data/delete/", {"what": "account", "word": "delete", "password": "pw"})
    assert answer.status_code == 302
    assert client.get("/account/data/").status_code == 302, "signed out"
    call_command("run_stage", "clean_up")
    assert found(mara.pk, place) == []
    assert cached() == []
    assert uploads(place) == {cv.file.name for cv in CV.objects.all()}, "pictures of pages, which nobody can read here"
    assert set(Erasure.objects.values_list("kind", flat=True)) == {"cv", "candidate", "user"}
    delete_old_backups(backup(backups, days=0), days=30)
    assert in_backups(backups) == set()
    said = "".join([caplog.text, *capfd.readouterr(), *(message.body for message in mail.outbox)]).casefold()
    assert [word for word in CANARIES if word.casefold() in said] == []


EVERYWHERE = {
    "a file", "core_user", "core_webhook", "django_admin_log", "django_session", "ingestion_confirmation", "ingestion_correction",
    "ingestion_cv", "ingestion_cv search", "jobs_savedsearch", "matching_backfillitem", "matching_decisionevent",
    "matching_lexeme", "matching_note", "matching_tag", "matching_tailoring", "samples of the planner",
}  # fmt: skip
# What is packed in files, and what stands in tables alone.
IN_BACKUPS = {MAIL, WORD, WIDE, WORDFILE, PORTABLE, PERSONAL, FIX, NOTE}


def live_here(client: Client, mara: User, rita: User, job: Job) -> None:
    """Everything that somebody can do, and others with them, each with a canary where words are kept."""
    client.post("/sign-in/", {"login": MAIL, "password": "wrong"})  # is counted
    assert client.login(username=MAIL, password="pw")
    cv = come_in(mara)
    make_cv(CV_TEXT.replace("Mara Lindqvist", "Tom Okafor"))
    ask_for_content(
        user=mara, content=f"{ONCE} engineer, Python and SQL".encode(), filename="once.txt", kind=MatchTask.Kind.TEXT,
        filters={},
    )  # fmt: skip
    for number in range(3):
        save_search(user=mara, name=f"{QUERY} {number}", query=f"q={QUERY}{number}")
    follow(cv, mara, rita, job)
    change = {"path": "basics.label", "value": f"{FIX} Engineer"}
    address, once = f"/api/v1/cvs/{cv.pk}/corrections", {"Idempotency-Key": "0815"}
    for _ in range(2):
        assert client.post(address, change, "application/json", headers=once).status_code == 201
    assert IdempotentCall.objects.get().answer, "sealed: nobody finds anything in it, and it goes with the person"
    client.post(f"/cvs/{cv.pk}/corrections/", {"action": "confirm"})
    work_until_idle()
    look(client, cv, job)
    Webhook.objects.create(user=mara, url=f"https://example.com/{HOOK}", events=["match.ready"], secret="")
    set_consent(user=mara, purpose=Purpose.ALERTS, is_given=False, how="page")
    recruit(cv, rita, job)
    call_command("run_stage", "count_words")
    start_backfill(what="parse", everything=True)
    work_backfills()
    make_cv(TEXT.replace("Docker", "Buildah"), user=mara)  # its tasks still wait
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def come_in(mara: User) -> CV:
    """Versions of one CV in several formats, each read and matched, the last as text."""
    wide = TEXT.replace(WORD, WIDE).encode("utf-16")
    for content, name in (
        (portable(), "cv.pdf"),
        (word_file(), "cv.docx"),
        (wide, "wide.txt"),
        (TEXT.encode(), f"{FILE}.txt"),
    ):
        cv = receive_cv(content=content, filename=name, uploaded_by=mara, interactive=True)
        work_until_idle()
        cv.refresh_from_db()
        assert cv.is_read, name
    return cv


def portable() -> bytes:
    """A PDF file whose pages are compressed, and a word in its properties."""
    target = io.BytesIO()
    canvas = Canvas(target, pageCompression=1)
    canvas.setAuthor(PERSONAL)
    for number, line in enumerate(TEXT.replace(WORD, PORTABLE).splitlines()):
        canvas.drawString(72, 780 - 16 * number, line)
    canvas.save()
    return target.getvalue()


def word_file() -> bytes:
    """A Word file whose text is in UTF-16."""
    document, written, wide = docx.Document(), io.BytesIO(), io.BytesIO()
    for line in TEXT.replace(WORD, WORDFILE).splitlines():
        document.add_paragraph(line)
    document.save(written)
    with zipfile.ZipFile(written) as given, zipfile.ZipFile(wide, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in given.namelist():
            content = given.read(name)
            if name == "word/document.xml":
                content = content.decode().replace("UTF-8", "UTF-16").encode("utf-16")
            archive.writestr(name, content)
    return wide.getvalue()


def follow(cv: CV, mara: User, rita: User, job: Job) -> None:
    """Alerts of all kinds, told on the page, by e-mail and by webhook."""
    for user, path in ((mara, HOOK), (rita, "x")):
        Webhook.objects.create(user=user, url=f"https://example.com/{path}", events=["alert.matches"], secret="")
    subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, min_score=0, cadence=Cadence.AT_ONCE)
    subscribe(user=rita, kind=Kind.CVS_FOR_JOB, subject=job.pk, min_score=0, cadence=Cadence.AT_ONCE)
    subscribe(user=mara, kind=Kind.NEW_JOBS, subject=mara.saved_searches.latest("pk").pk)
    Alert.objects.filter(subscription__user=rita).delete()  # as if all were new to her
    make_job("2", title="Platform Engineer")
    work_until_idle()
    call_command("run_stage", "match_cvs")
    work_until_idle()
    assert Alert.objects.filter(digest__isnull=False, candidate=cv.candidate_id).exists()
    assert WebhookDelivery.objects.filter(event="alert.matches").exists()


def look(client: Client, cv: CV, job: Job) -> None:
    """At pages and answers that are kept for the next time, and at a CV that is made for the job."""
    match = Match.objects.filter(cv=cv, job=job, prediction__side="jobs").latest("pk")
    client.post("/jobs/mark/", {"save": f"{job.pk}.{match.pk}"})
    client.get(f"/matches/{match.pk}/")
    for _ in range(2):
        client.get(f"/api/v1/cvs/{cv.pk}/recommendations")
    row = request_tailoring(cv_id=cv.pk, job_id=job.pk, by=Tailoring.By.RULES, requested_by=cv.candidate.user)
    work_until_idle()
    for kind in ("docx", "pdf"):
        assert client.get(f"/improvements/{row.pk}/file/{kind}/").status_code == 200
    b"".join(client.get("/account/data/download/").streaming_content)


def recruit(cv: CV, rita: User, job: Job) -> None:
    reader = Client()
    reader.force_login(rita)
    reader.get(f"/jobs/{job.pk}/candidates/")
    work_until_idle()
    write_note(job=job, candidate=cv.candidate_id, text=NOTE, by=rita)
    add_tag(name=TAG, candidates=[cv.candidate_id], by=rita)
    decide(by=rita, job=job, candidates=[cv.candidate_id], stage=Stage.SHORTLISTED, comment=COMMENT)
    request_batch(user=rita, cv_ids=[cv.pk], job_ids=[job.pk])
    work_until_idle()
    for page in (
        f"/cvs/{cv.pk}/", f"/jobs/{job.pk}/candidates/", f"/jobs/{job.pk}/candidates.csv", f"/jobs/{job.pk}/shortlist.csv",
        f"/api/v1/jobs/{job.pk}/candidates", f"/api/v1/cvs/{cv.pk}/matches", "/",
    ):  # fmt: skip
        assert reader.get(page).status_code == 200
    LogEntry.objects.create(
        user=rita, content_type=ContentType.objects.get_for_model(CV), object_id=str(cv.pk),
        object_repr=f"{cv} {NAME}", action_flag=CHANGE, change_message="",
    )  # fmt: skip


def found(user_id: int, place: Path) -> list[str]:
    """Where a canary stands, or the person's session: every row of every table as text, what is sampled of columns, files."""
    words = {**stems(), f'"_auth_user_id":"{user_id}"': "the session"}
    hits = []
    with connection.cursor() as cursor:
        places = {table: f'SELECT t::text FROM "{table}" t' for table in connection.introspection.table_names()}
        places["samples of the planner"] = "SELECT s::text FROM pg_stats s WHERE schemaname = 'public'"
        places["ingestion_cv search"] = "SELECT search::text FROM ingestion_cv"
        for name, sql in places.items():
            cursor.execute(sql)
            rows = "\n".join(row[0] or "" for row in cursor.fetchall()).encode()
            hits += [f"{name}: {words[word]}" for word in words_in(rows, words)]
    for path in (path for path in place.rglob("*") if path.is_file()):
        hits += [f"a file: {words[word]}" for word in words_in(str(path).encode() + b" " + path.read_bytes(), words)]
        hits += [f"a file: {words[word]}" for word in words_in(path.read_bytes(), words)]
    return sorted(set(hits))


def stems() -> dict[str, str]:
    """What is looked for: of each canary also the stem that search has of it."""
    return {word[:-2]: word for word in CANARIES}


def cached() -> list[str]:
    """What this process has in its memory. What all share is sealed, and closed for good without the rows."""
    shown = "\n".join(value.decode(errors="ignore") for _, value in near._kept.values()).casefold()
    return [word for word in CANARIES if word.casefold() in shown]


def uploads(place: Path) -> set[str]:
    """All that is in the folder of uploads, by its name there."""
    root = place / "media"
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def backup(into: Path, *, days: int) -> Path:
    """As ``bin/backup`` makes it, so many days ago."""
    target = into / (timezone.now() - timedelta(days=days)).strftime(NAMED)
    make_backup(target)
    return target


def in_backups(where: Path) -> set[str]:
    """The canaries in what pg_dump wrote, as pg_restore makes SQL of it, and in the files beside it."""
    hits: set[str] = set()
    for path in where.glob("*.tar"):
        with tarfile.open(path) as tar:
            for member in tar:
                if (file := tar.extractfile(member)) is not None:
                    content = file.read()
                    content = plain(content) if member.name == DATABASE else content
                    hits |= {stems()[word] for word in words_in(content, stems())}
    return hits


def plain(dump: bytes) -> bytes:
    """A dump of pg_dump's own format as SQL."""
    program = [str(folder(None) / "pg_restore"), "--file=-"]
    return subprocess.run(program, input=dump, capture_output=True, check=True).stdout


@pytest.mark.django_db(transaction=True)
def test_redis_has_nothing_of_an_erased_person_that_anybody_can_read(client: Client, place: Path, redis: str) -> None:  # noqa: F811
    mara, rita = make_user(MAIL), make_user("rita", User.Role.RECRUITER)
    client.post("/sign-in/", {"login": MAIL, "password": "wrong"})
    make_job()
    cv = make_cv(TEXT, user=mara)
    work_until_idle()
    for user in (mara, rita):
        client.force_login(user)
        assert client.get(f"/api/v1/cvs/{cv.pk}/recommendations").json()["matches"]
    client.force_login(mara)
    assert (
        client.post("/account/data/delete/", {"what": "account", "word": "delete", "password": "pw"}).status_code == 302
    )
    kept = list(in_redis(redis))
    assert kept, "what is never kept proves nothing"
    assert words_in(b"\n".join(kept), stems()) == set()


def in_redis(address: str) -> Iterator[bytes]:
    """Every key, and what stands under it."""
    with Redis.from_url(address) as server:
        server.config_set("rdbcompression", "no")
        for key in server.scan_iter():
            yield key
            yield server.dump(key) or b""


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
