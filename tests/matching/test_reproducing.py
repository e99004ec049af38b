"""A stored list can be computed again to the letter whatever has changed since, and two lists can be told apart and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from unittest import mock

import pytest
from django.core.management import CommandError, call_command

from cvmatch.maintenance import clean_up
from ingestion.models import CV
from jobs.models import Job
from matching import ranking, snapshots
from matching.differences import difference
from matching.models import Match, Prediction, Snapshot
from matching.ranking import scoring_config
from matching.reproducing import reproduce, reproduce_from_inputs
from matching.scoring import relations
from matching.services import request_matches
from tests.support import CV_TEXT, JOB_TEXT, make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db

TITLES = ("Data Engineer", "Database Administrator", "Cook", "Platform Engineer")


@pytest.fixture
def cv(db: None) -> CV:
    for number, title in enumerate(TITLES):
        make_job(str(number), title, JOB_TEXT if number % 2 else JOB_TEXT.replace("Kubernetes", "MySQL"))
    cv = make_cv()
    work_until_idle()
    return CV.objects.get(pk=cv.pk)


def newest() -> Prediction:
    return Prediction.objects.latest("pk")


def matched_again(cv: CV) -> Prediction:
    request_matches(cv=cv, requested_by=None)
    work_until_idle()
    return newest()


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_list_is_reproduced_to_the_letter(cv: CV) -> None:
    made = reproduce(newest())
    assert (made.lines, made.deviations, made.notes) == (4, (), ())
    assert "4 lines computed again: every figure is the same." in printed("reproduce_prediction", str(newest().pk))


def test_a_list_of_a_jobs_candidates_is_reproduced_too(cv: CV) -> None:
    request_matches(job=Job.objects.get(title="Cook"), requested_by=None)
    work_until_idle()
    assert newest().side == Prediction.Side.CVS_FOR_JOB
    assert reproduce(newest()).is_exact
    assert reproduce_from_inputs(newest()).is_exact


def test_from_the_inputs_of_today_comes_the_same_while_nothing_changes(cv: CV) -> None:
    made = reproduce_from_inputs(newest())
    assert (made.lines, made.deviations, made.notes) == (4, (), ())


def test_a_list_is_reproduced_after_texts_weights_and_vocabulary_have_changed(
    cv: CV, changed_weights: None, unrelated_skills: None
) -> None:
    CV.objects.filter(pk=cv.pk).update(matched_text="Nothing left", skills_json=[], content_hash="other")
    Job.objects.update(description="Nothing left", requirements_json={}, content_hash="other")
    assert reproduce(newest()).is_exact
    from_inputs = reproduce_from_inputs(newest())
    assert not from_inputs.is_exact
    told = " ".join(from_inputs.notes)
    assert "another text or reading" in told
    assert "requirements" in told
    assert "Weights changed since." in told


def test_how_near_skills_were_counts_and_not_how_near_they_are(cv: CV, unrelated_skills: None) -> None:
    related = [match.related_json for match in newest().matches.all() if match.related_json]
    assert related
    assert reproduce(newest()).is_exact
    assert any("how near skills are" in note for note in reproduce_from_inputs(newest()).notes)


def test_a_figure_that_was_tampered_with_is_found(cv: CV) -> None:
    match = newest().matches.get(rank=2)
    Match.objects.filter(pk=match.pk).update(score="99.9")
    (deviation,) = reproduce(newest()).deviations
    assert (deviation.rank, deviation.figure, deviation.stored) == (2, "score", "99.9")
    with pytest.raises(SystemExit) as stopped:
        call_command("reproduce_prediction", str(newest().pk), stdout=(out := StringIO()))
    assert stopped.value.code == 1
    assert "99.9 → " in out.getvalue()


def test_a_snapshot_that_was_tampered_with_is_not_believed(cv: CV) -> None:
    row = Snapshot.objects.get(kind="cv")
    row.body_json["profile"]["length"] += 1
    row.save()
    with pytest.raises(CommandError, match="gone, or was written for another version"):
        call_command("reproduce_prediction", str(newest().pk))


def test_lists_from_before_inputs_were_kept_say_so(cv: CV) -> None:
    Prediction.objects.update(recipe="")
    with pytest.raises(CommandError, match="before it was kept"):
        call_command("reproduce_prediction", str(newest().pk))
    with pytest.raises(CommandError, match="There is no prediction 999999"):
        call_command("reproduce_prediction", "999999")


def test_other_formulas_are_said_plainly(cv: CV) -> None:
    prediction = newest()
    recipe = replace(snapshots.current_recipe(), scoring=0)
    gathered = snapshots.Gathered()
    Prediction.objects.filter(pk=prediction.pk).update(recipe=gathered.name(recipe))
    Snapshot.objects.bulk_create(gathered.rows)
    (note,) = reproduce(newest()).notes
    assert "The formulas have changed since: scoring version 0 then" in note


def test_equal_inputs_are_kept_once_and_go_with_the_last_list_that_names_them(cv: CV) -> None:
    first = Snapshot.objects.count()
    matched_again(cv)
    assert Snapshot.objects.count() == first
    clean_up(100)
    assert Snapshot.objects.count() == first
    Prediction.objects.all().delete()
    clean_up(100)
    assert Snapshot.objects.count() == 0


def test_the_scorer_never_stores_who_somebody_is(cv: CV) -> None:
    stored = json.dumps([row.body_json for row in Snapshot.objects.all()])
    assert not [word for word in ("Mara", "Lindqvist", "example.com", "Uppsala") if word in stored]


def test_two_lists_of_the_same_inputs_have_no_difference(cv: CV) -> None:
    first = newest()
    found = difference(first, matched_again(cv))
    assert (found.entered, found.left, found.moved, found.same) == ((), (), (), 4)


def test_a_change_of_the_cv_is_named_with_its_points(cv: CV) -> None:
    first = newest()
    again = make_cv(CV_TEXT.replace("Docker", "Kubernetes, Terraform"))
    CV.objects.filter(pk=cv.pk).update(is_latest=False)
    CV.objects.filter(pk=again.pk).update(candidate=cv.candidate_id, version=2)
    work_until_idle()
    second = newest()
    found = difference(first, second)
    assert found.moved
    for line in found.moved:
        assert round(line.score[0] + sum(step.points for step in line.steps), 1) == line.score[1]
    steps = [step for line in found.moved for step in line.steps if step.cause == "newer CV"]
    assert any("now shows" in step.detail and "Kubernetes" in step.detail for step in steps)
    assert any("skills" in step.parts for step in steps)
    told = printed("diff_predictions", str(first.pk), str(second.pk))
    assert "newer CV: now shows" in told
    assert json.loads(printed("diff_predictions", str(first.pk), str(second.pk), "--json"))["moved"]


def test_jobs_that_came_and_went_are_told_apart(cv: CV) -> None:
    first = newest()
    Job.objects.filter(title="Cook").update(status="expired")
    make_job("9", "Data Engineer", JOB_TEXT)
    work_until_idle()
    found = difference(first, matched_again(cv))
    assert [line.why for line in found.entered] == ["came in since"]
    assert [line.why for line in found.left] == ["is not open any more"]


def test_a_change_of_weights_is_named(cv: CV, request: pytest.FixtureRequest) -> None:
    first = newest()
    request.getfixturevalue("changed_weights")
    found = difference(first, matched_again(cv))
    assert {step.cause for line in found.moved for step in line.steps} == {"weights"}


def test_lists_of_different_people_are_not_compared(cv: CV) -> None:
    first = newest()
    other = make_cv(CV_TEXT.replace("Mara", "Nora"))
    work_until_idle()
    assert newest().cv_id == other.pk
    with pytest.raises(CommandError, match="not two lists of the same person"):
        call_command("diff_predictions", str(first.pk), str(newest().pk))


def test_the_number_of_queries_does_not_grow_with_the_lines(cv: CV, django_assert_max_num_queries) -> None:
    for number in range(20):
        make_job(f"more-{number}", "Data Engineer", f"{JOB_TEXT}\n{number}")
    work_until_idle()
    matched_again(cv)
    with django_assert_max_num_queries(6):
        reproduce(newest())
    with django_assert_max_num_queries(14):
        reproduce_from_inputs(newest())


@pytest.fixture
def changed_weights() -> Iterator[None]:
    """Weights that somebody has changed in the code."""
    config = scoring_config()
    first, *others = config.weights
    weights = {**{name: config.weights[name] for name in reversed(others)}, first: config.weights[others[0]]}
    changed = replace(config, weights=weights)
    with (
        mock.patch.object(ranking, "scoring_config", return_value=changed),
        mock.patch.object(snapshots, "scoring_config", return_value=changed),
    ):
        yield


@pytest.fixture
def unrelated_skills() -> Iterator[None]:
    """A vocabulary in which no skill stands in for another."""
    relations._nearest.cache_clear()
    with mock.patch.object(relations, "kin", return_value={}):
        yield
    relations._nearest.cache_clear()
