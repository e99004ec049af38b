"""Decisions of recruiters, with their history and undo; notes and tags."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import User
from ingestion.models import Candidate
from jobs.models import Job
from matching import deciding
from matching.models import CandidateTag, Decision, DecisionEvent, Note, Stage, Tag
from tests.support import make_job, make_user


@pytest.fixture
def job(db: None) -> Job:
    return make_job()


@pytest.fixture
def rita(db: None) -> User:
    return make_user("rita", User.Role.RECRUITER)


@pytest.fixture
def candidates(db: None) -> list[int]:
    return [Candidate.objects.create().pk for _ in range(3)]


def stages(job: Job) -> dict[int, str]:
    return dict(Decision.objects.filter(job=job).order_by("candidate").values_list("candidate", "stage"))


def test_a_decision_says_who_decided_what_and_why(job: Job, rita: User, candidates: list[int]) -> None:
    deciding.decide(job=job, candidates=candidates[:1], stage="rejected", reason="place", comment=" Too far. ", by=rita)
    decision = Decision.objects.get()
    assert (decision.stage, decision.reason, decision.comment) == ("rejected", "place", "Too far.")
    assert (decision.decided_by, decision.decided_at is not None) == (rita, True)


def test_of_two_recruiters_the_last_one_holds_and_both_steps_stay(job: Job, rita: User, candidates: list[int]) -> None:
    other = make_user("rolf", User.Role.RECRUITER)
    deciding.decide(job=job, candidates=candidates[:1], stage="shortlisted", by=rita)
    deciding.decide(job=job, candidates=candidates[:1], stage="rejected", by=other)
    decision = Decision.objects.get()
    assert (decision.stage, decision.decided_by) == ("rejected", other)
    assert list(decision.events.values_list("stage", "made_by")) == [("rejected", other.pk), ("shortlisted", rita.pk)]


def test_a_reason_is_kept_with_a_rejection_only(job: Job, rita: User, candidates: list[int]) -> None:
    deciding.decide(job=job, candidates=candidates[:1], stage="offer", reason="place", by=rita)
    assert Decision.objects.get().reason == ""


def test_a_double_click_decides_once(job: Job, rita: User, candidates: list[int]) -> None:
    for _ in range(2):
        decided = deciding.decide(job=job, candidates=candidates, stage="shortlisted", by=rita)
    assert decided.changed == ()
    assert DecisionEvent.objects.count() == 3


def test_undoing_brings_back_what_held_before_and_undoing_that_does_it_again(
    job: Job, rita: User, candidates: list[int]
) -> None:
    deciding.decide(job=job, candidates=candidates[:1], stage="interview", comment="Met her.", by=rita)
    rejected = deciding.decide(job=job, candidates=candidates, stage="rejected", by=rita)
    undone = deciding.undo(job=job, batch=rejected.batch, by=rita)
    assert stages(job) == dict(zip(candidates, ["interview", "new", "new"], strict=True))
    first = Decision.objects.get(candidate=candidates[0])
    assert (first.reason, first.comment) == ("", "Met her.")
    deciding.undo(job=job, batch=undone.batch, by=rita)
    assert set(stages(job).values()) == {"rejected"}


def test_undoing_leaves_alone_whom_somebody_has_decided_about_since(
    job: Job, rita: User, candidates: list[int]
) -> None:
    rejected = deciding.decide(job=job, candidates=candidates, stage="rejected", by=rita)
    deciding.decide(job=job, candidates=candidates[:1], stage="offer", by=make_user("rolf", User.Role.RECRUITER))
    undone = deciding.undo(job=job, batch=rejected.batch, by=rita)
    assert undone.changed == tuple(candidates[1:])
    assert stages(job) == dict(zip(candidates, ["offer", "new", "new"], strict=True))
    with pytest.raises(NotFound):
        deciding.undo(job=job, batch=rejected.batch, by=rita)


def test_a_click_is_undone_under_its_own_job_only(job: Job, rita: User, candidates: list[int]) -> None:
    decided = deciding.decide(job=job, candidates=candidates, stage="rejected", by=rita)
    with pytest.raises(NotFound):
        deciding.undo(job=make_job("2", title="Nurse"), batch=decided.batch, by=rita)
    with pytest.raises(NotFound):
        deciding.undo(job=job, batch=uuid4(), by=rita)


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": "promoted"},
        {"reason": "age"},
        {"comment": "x" * 501},
        {"candidates": []},
        {"candidates": range(1, 300)},
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    job: Job, rita: User, candidates: list[int], wrong: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput):
        deciding.decide(**{"job": job, "candidates": candidates, "stage": "rejected", "by": rita, **wrong})
    assert not Decision.objects.exists()


def test_somebody_who_is_gone_is_not_decided_about(job: Job, rita: User, candidates: list[int]) -> None:
    Candidate.objects.filter(pk=candidates[0]).delete()
    with pytest.raises(NotFound):
        deciding.decide(job=job, candidates=candidates, stage="rejected", by=rita)


def test_many_are_decided_about_in_as_many_queries_as_one(job: Job, rita: User) -> None:
    some = [Candidate.objects.create().pk for _ in range(40)]
    deciding.decide(job=job, candidates=some, stage="contacted", by=rita)
    queries = []
    for few in (some[:1], some):
        with CaptureQueriesContext(connection) as counted:
            decided = deciding.decide(job=job, candidates=few, stage="shortlisted", by=rita)
            deciding.undo(job=job, batch=decided.batch, by=rita)
        queries.append(len(counted))
    assert queries[0] == queries[1]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_decision_that_says_what_the_last_step_says(
    transactional_db: None,
) -> None:
    job, rita = make_job(), make_user("rita", User.Role.RECRUITER)
    some = [Candidate.objects.create().pk for _ in range(5)]
    start, failures = threading.Barrier(4), []

    def act(stage: str, order: list[int]) -> None:
        try:
            start.wait(timeout=30)
            deciding.decide(job=job, candidates=order, stage=stage, by=rita)
        except Exception as error:  # noqa: BLE001 - shown in the test's own thread
            failures.append(error)
        finally:
            connections.close_all()

    wanted = ["shortlisted", "rejected", "offer", "hired"]
    threads = [
        threading.Thread(target=act, args=(stage, some if number % 2 else some[::-1]))
        for number, stage in enumerate(wanted)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    for decision in Decision.objects.prefetch_related("events"):
        steps = list(decision.events.all())
        assert len(steps) == 4
        assert decision.outcome == steps[0].outcome
    assert Decision.objects.count() == 5


def test_a_tag_is_one_whatever_its_case_and_goes_with_the_last_who_had_it(rita: User, candidates: list[int]) -> None:
    tag = deciding.add_tag(name="  Open to  relocate ", candidates=candidates[:2], by=rita)
    assert deciding.add_tag(name="open to Relocate", candidates=candidates, by=rita) == tag
    assert (tag.name, tag.uses.count()) == ("Open to relocate", 3)
    deciding.remove_tag(tag=tag.pk, candidates=candidates[:2])
    assert CandidateTag.objects.get().candidate_id == candidates[2]
    deciding.remove_tag(tag=tag.pk, candidates=candidates[2:])
    assert not Tag.objects.exists()


def test_a_note_is_read_by_all_and_deleted_by_its_author_only(job: Job, rita: User, candidates: list[int]) -> None:
    note = deciding.write_note(job=job, candidate=candidates[0], text=" Call on Monday. ", by=rita)
    assert note.text == "Call on Monday."
    with pytest.raises(NotFound):
        deciding.delete_note(note=note.pk, by=make_user("rolf", User.Role.RECRUITER))
    deciding.delete_note(note=note.pk, by=rita)
    with pytest.raises(InvalidInput):
        deciding.write_note(job=job, candidate=candidates[0], text="  ", by=rita)
    assert not Note.objects.exists()


def test_everything_about_a_person_goes_with_them_and_nothing_with_the_recruiter(
    job: Job, rita: User, candidates: list[int]
) -> None:
    deciding.decide(job=job, candidates=candidates, stage=Stage.OFFER, by=rita)
    deciding.write_note(job=job, candidate=candidates[0], text="Called.", by=rita)
    deciding.add_tag(name="Berlin", candidates=candidates, by=rita)
    rita.delete()
    assert (Decision.objects.count(), DecisionEvent.objects.count(), Note.objects.count()) == (3, 3, 1)
    Candidate.objects.all().delete()
    left = [model.objects.count() for model in (Decision, DecisionEvent, Note, CandidateTag)]
    assert left == [0, 0, 0, 0]
