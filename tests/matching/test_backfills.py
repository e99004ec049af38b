"""Back-fills: nothing in use changes before the switch, nothing is lost or done twice, and there is a way back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import User
from cvmatch.core.queue import get_stage
from cvmatch.tasks import run_stage
from ingestion import correcting
from ingestion.models import CV
from ingestion.services import store_reading
from ingestion.values import PARSER_VERSION
from jobs.models import Job
from matching import stages
from matching.backfills import in_use, services
from matching.backfills.kinds import KINDS
from matching.backfills.running import work_backfills, work_on
from matching.backfills.values import Summary
from matching.embedding import built, get_provider, use_provider
from matching.models import (
    Backfill,
    BackfillItem,
    CVEmbedding,
    CVPassages,
    CVVector,
    JobEmbedding,
    JobVector,
    Prediction,
)
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db

State = Backfill.State


@pytest.fixture
def other(settings) -> Iterator[None]:
    settings.EMBEDDING_PROVIDERS = {
        **settings.EMBEDDING_PROVIDERS,
        "other": {"BACKEND": "matching.embedding.hashing.HashingProvider", "OPTIONS": {"name": "other-1"}},
    }
    yield
    use_provider(None)
    built.cache_clear()


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def cv(owner: User) -> CV:
    """Read by a parser of before, which took another title, and corrected in another place."""
    row = make_cv(user=owner)
    work_until_idle()
    row = read_as(row, "Plumber")
    correcting.correct(row, path="work[0].position", value="Lead Data Engineer", by=owner)
    work_until_idle()
    return fresh(row)


def read_as(cv: CV, label: str) -> CV:
    cv = fresh(cv)
    resume = cv.read.resume
    old = replace(cv.read, parser_version="2", resume=replace(resume, basics=replace(resume.basics, label=label)))
    store_reading(cv, old)
    return fresh(cv)


def fresh(cv: CV) -> CV:
    return CV.objects.get(pk=cv.pk)


def started(what: str = "parse", **options: object) -> Backfill:
    return services.start_backfill(what=what, **options)  # type: ignore[arg-type]


def worked(backfill: Backfill) -> Backfill:
    """Until nothing is left to do for it, at once."""
    for _ in range(50):
        Backfill.objects.update(next_at=None)
        if not work_backfills().claimed:
            break
    return Backfill.objects.get(pk=backfill.pk)


def label_of(cv: CV) -> str:
    return fresh(cv).parsed.resume.basics.label


def position_of(cv: CV) -> str:
    return fresh(cv).parsed.resume.work[0].position


def test_files_are_read_again_beside_what_is_in_use(cv: CV) -> None:
    before = CV.objects.filter(pk=cv.pk).values().get()
    backfill = worked(started())
    assert CV.objects.filter(pk=cv.pk).values().get() == before
    assert (backfill.state, backfill.done, backfill.failed, backfill.differing) == (State.READY, 1, 0, 1)
    assert (backfill.from_version, backfill.to_version) == ("2", PARSER_VERSION)
    summary = Summary.from_json(backfill.summary_json)
    assert summary.facts == {"Person · Title · changed": 1}
    assert summary.corrected == 1
    assert summary.measures == {"CVs in which nothing differs": 0.0}


def test_after_the_switch_the_new_reading_holds_with_what_people_corrected_and_a_roll_back_brings_the_old_one(
    cv: CV,
) -> None:
    backfill = worked(started())
    services.switch(backfill)
    backfill = worked(backfill)
    assert backfill.state == State.SWITCHED
    assert (label_of(cv), position_of(cv)) == ("Data Engineer", "Lead Data Engineer")
    assert fresh(cv).parser_version == PARSER_VERSION
    services.roll_back(backfill)
    assert worked(backfill).state == State.ROLLED_BACK
    assert (label_of(cv), position_of(cv)) == ("Plumber", "Lead Data Engineer")
    after = fresh(cv)
    assert (after.content_hash, after.text, after.parser_version) == (cv.content_hash, cv.text, "2")


def test_a_correction_made_before_the_switch_leaves_the_reading_and_one_made_after_it_outlives_a_roll_back(
    cv: CV, owner: User
) -> None:
    backfill = worked(started())
    correcting.correct(cv, path="basics.name", value="Mara Berg", by=owner)
    services.switch(backfill)
    backfill = worked(backfill)
    assert BackfillItem.objects.get().state == BackfillItem.State.LEFT
    assert (label_of(cv), fresh(cv).name) == ("Plumber", "Mara Berg")
    services.clean(backfill)
    backfill = worked(started())
    services.switch(backfill)
    backfill = worked(backfill)
    correcting.correct(cv, path="basics.name", value="Mara Holm", by=owner)
    services.roll_back(backfill)
    worked(backfill)
    assert (label_of(cv), fresh(cv).name) == ("Plumber", "Mara Holm")


def test_rows_are_worked_off_no_faster_than_they_may_and_none_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        make_cv(CV_TEXT.replace("Mara", f"Mara {number}"))
    work_until_idle()
    seen: list[int] = []
    make = KINDS["parse"].make
    monkeypatch.setattr(
        KINDS["parse"], "make", lambda backfill, side, ids: seen.extend(ids) or make(backfill, side, ids), raising=False
    )
    backfill = started(everything=True, rate=2)
    assert work_backfills().done == 2
    assert work_backfills().claimed == 0
    backfill.refresh_from_db()
    assert backfill.next_at > timezone.now() + timedelta(seconds=50)
    assert (backfill.minutes_left, round(backfill.share, 2)) == (1, 0.67)
    Backfill.objects.update(next_at=timezone.now())
    work_backfills()
    assert worked(backfill).state == State.READY
    assert seen == list(CV.objects.order_by("pk").values_list("pk", flat=True))


def test_what_a_dead_worker_had_is_done_by_the_next_and_nothing_of_a_late_one_counts(cv: CV) -> None:
    backfill = started()
    Backfill.objects.update(held_until=timezone.now() + timedelta(minutes=1))
    assert work_on(backfill.pk).claimed == 0
    Backfill.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert work_on(backfill.pk).done == 1
    assert worked(backfill).done == 1


@pytest.mark.parametrize("meanwhile", [{"state": "paused"}, {"held_until": timezone.now() + timedelta(hours=1)}])
def test_what_is_made_while_somebody_pauses_or_takes_over_is_thrown_away(
    cv: CV, meanwhile: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    backfill = started()
    kind = KINDS["parse"]
    make = kind.make

    def overtaken(*arguments: object) -> object:
        Backfill.objects.update(**meanwhile)
        return make(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(kind, "make", overtaken, raising=False)
    report = work_on(backfill.pk)
    assert (report.lost, BackfillItem.objects.count()) == (1, 0)
    monkeypatch.undo()
    Backfill.objects.update(state="paused", held_until=None)
    assert work_backfills().claimed == 0
    services.resume(Backfill.objects.get())
    assert worked(backfill).done == 1


def test_a_file_that_cannot_be_read_and_a_row_that_breaks_the_work_are_counted_and_the_others_go_on(
    cv: CV, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = make_cv(CV_TEXT.replace("Mara", "Ada"))
    broken = make_cv(CV_TEXT.replace("Mara", "Eva"))
    work_until_idle()
    CV.objects.filter(pk=lost.pk).update(file="cvs/gone")
    make = KINDS["parse"].make

    def breaking(backfill: Backfill, side: object, ids: list[int]) -> object:
        if broken.pk in ids:
            raise ZeroDivisionError
        return make(backfill, side, ids)  # type: ignore[arg-type]

    monkeypatch.setattr(KINDS["parse"], "make", breaking, raising=False)
    backfill = worked(started(everything=True))
    assert (backfill.state, backfill.done, backfill.failed) == (State.READY, 1, 2)
    errors = dict(BackfillItem.objects.filter(state="failed").values_list("cv", "error"))
    assert errors == {lost.pk: "The stored file cannot be opened.", broken.pk: "Unexpected ZeroDivisionError"}
    services.switch(backfill)
    worked(backfill)
    assert fresh(lost).is_read


def test_what_comes_in_while_one_is_ready_is_worked_on_too(cv: CV) -> None:
    backfill = worked(started(everything=True))
    make_cv(CV_TEXT.replace("Mara", "Ada"))
    work_until_idle()
    backfill = worked(backfill)
    assert (backfill.state, backfill.done, backfill.total) == (State.READY, 2, 2)


def test_what_jobs_ask_for_is_read_again_switched_and_put_back() -> None:
    job = make_job()
    now = job.requirements_json
    old = {**now, "skills": [], "years": None}
    Job.objects.filter(pk=job.pk).update(requirements_json=old)
    backfill = worked(started("read"))
    assert Job.objects.get().requirements_json == old
    summary = Summary.from_json(backfill.summary_json)
    assert {"Python", "SQL", "Kubernetes"} <= set(summary.gained)
    assert summary.facts == {"Job · years · changed": 1}
    services.switch(backfill)
    backfill = worked(backfill)
    assert Job.objects.get().requirements_json == now
    services.roll_back(backfill)
    worked(backfill)
    assert Job.objects.get().requirements_json == old


def models_of() -> set[tuple[str, str]]:
    """By side, the models whose vectors there are."""
    cvs, jobs = (rows.objects.values_list("model", flat=True) for rows in (CVVector, JobVector))
    return {("cv", name) for name in cvs} | {("job", name) for name in jobs}


def waiting() -> int:
    """What the stages would embed anew by the model in use."""
    return stages.embed_cvs(10).claimed + stages.embed_jobs(10).claimed


def test_another_model_is_used_by_all_from_one_moment_on_and_the_old_one_again_after_a_roll_back(other, cv: CV) -> None:
    make_job()
    work_until_idle()
    passages = CVPassages.objects.values().get()
    old = get_provider().name
    backfill = worked(started("embed", to_version="other"))
    assert models_of() == {(side, name) for side in ("cv", "job") for name in (old, "other-1")}
    assert (get_provider().name, waiting(), CVPassages.objects.values().get()) == (old, 0, passages)
    assert Summary.from_json(backfill.summary_json).measures == {"Of the ten nearest jobs in common": 0.1}
    services.switch(backfill)
    assert worked(backfill).state == State.SWITCHED
    assert (get_provider().name, waiting()) == ("other-1", 0)
    assert (
        CVPassages.objects.get().model
        == CVEmbedding.objects.get().model
        == JobEmbedding.objects.get().model
        == "other-1"
    )
    stages.match_cvs(10)
    assert Prediction.objects.order_by("-pk")[0].model == "other-1"
    services.roll_back(backfill)
    assert worked(backfill).state == State.ROLLED_BACK
    assert (get_provider().name, waiting(), CVPassages.objects.values().get()) == (old, 0, passages)
    assert models_of() == {("cv", old), ("job", old)}


def test_a_text_that_changed_since_is_embedded_by_the_stage_after_the_switch(other, cv: CV, owner: User) -> None:
    backfill = worked(started("embed", to_version="other"))
    correcting.correct(cv, path="work[0].position", value="Cook", by=owner)
    work_until_idle()
    services.switch(backfill)
    worked(backfill)
    assert BackfillItem.objects.get().state == BackfillItem.State.LEFT
    assert waiting() == 1
    assert CVEmbedding.objects.get().model == "other-1"


def test_a_process_works_with_the_model_that_was_switched_to_until_the_settings_say_another(
    other, settings, cv: CV
) -> None:
    backfill = worked(started("embed", to_version="other"))
    services.switch(backfill)
    worked(backfill)
    use_provider(None)  # as a process that has just started
    run_stage("embed_cvs")
    assert get_provider().name == "other-1"
    services.clean(backfill)
    worked(backfill)
    assert models_of() == {("cv", "other-1")}
    assert in_use.switched_provider() == "other"
    settings.EMBEDDING_PROVIDER = "minilm"
    assert in_use.switched_provider() is None


def test_a_web_server_looks_every_few_seconds_and_never_for_a_health_check(
    other, cv: CV, monkeypatch: pytest.MonkeyPatch
) -> None:
    backfill = worked(started("embed", to_version="other"))
    services.switch(backfill)
    worked(backfill)
    monkeypatch.setattr(in_use._Looked, "at", None)
    use_provider(None)
    in_use.refresh_sometimes(environ={"PATH_INFO": "/health/live"})
    assert get_provider().name == "hashing-1"
    in_use.refresh_sometimes(environ={"PATH_INFO": "/"})
    assert get_provider().name == "other-1"
    use_provider(None)
    in_use.refresh_sometimes(environ={"PATH_INFO": "/"})
    assert get_provider().name == "hashing-1", "it has just looked"


def test_lists_are_counted_first_made_with_the_switch_and_gone_after_a_roll_back(cv: CV) -> None:
    job = make_job()
    work_until_idle()
    Prediction.objects.all().delete()
    backfill = worked(started("match"))
    assert not Prediction.objects.exists()
    assert Summary.from_json(backfill.summary_json).facts == {"First 10 · job · added": 1}
    services.switch(backfill)
    backfill = worked(backfill)
    assert list(Prediction.objects.get(cv=cv).matches.values_list("job", flat=True)) == [job.pk]
    services.roll_back(backfill)
    worked(backfill)
    assert not Prediction.objects.exists()


def test_cancelling_throws_away_what_was_made_and_another_can_start(other, cv: CV) -> None:
    backfill = worked(started("embed", to_version="other"))
    with pytest.raises(InvalidInput, match="on its way"):
        started("embed", to_version="other")
    services.cancel(backfill)
    worked(backfill)
    assert not BackfillItem.objects.exists()
    assert "other-1" not in {name for _, name in models_of()}
    started("embed", to_version="other")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"what": "everything"}, "no such kind"),
        ({"what": "parse", "to_version": "99"}, "version"),
        ({"what": "embed", "to_version": "hashing"}, "other provider"),
        ({"what": "embed"}, "other provider"),
        ({"what": "parse", "rate": 0}, "rate"),
    ],
)
def test_what_cannot_be_started_says_why(options: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        services.start_backfill(**options)  # type: ignore[arg-type]


def test_what_cannot_be_done_now_says_so(cv: CV) -> None:
    backfill = started()
    for act in (services.switch, services.roll_back, services.resume, services.clean):
        with pytest.raises(InvalidInput, match="running"):
            act(backfill)


def test_nobody_waits_for_it_behind_a_back_fill() -> None:
    assert get_stage("work_backfills").later


def test_what_was_kept_of_a_cv_goes_with_it(cv: CV) -> None:
    worked(started())
    cv.candidate.delete()
    assert not BackfillItem.objects.exists()


def test_the_command_does_all_of_it(cv: CV) -> None:
    def said(*arguments: object) -> str:
        out = io.StringIO()
        call_command("backfill", *map(str, arguments), stdout=out)
        return out.getvalue()

    assert "parse 2 → " in said("start", "parse", "--rate", "100")
    number = Backfill.objects.get().pk
    assert "ready: 1 of 1 done" in said("work", number)
    told = said("status", number)
    assert "1  Person · Title · changed" in told
    assert "have corrections" in told
    assert "switched" in said("switch", number)
    assert label_of(cv) == "Data Engineer"
    assert "rolled back" in said("roll-back", number)
    assert label_of(cv) == "Plumber"
    assert "5 a minute" in said("rate", number, "--rate", 5)
    assert f"{number}  parse" in said("list")
    with pytest.raises(CommandError, match="no back-fill"):
        said("status", 0)
