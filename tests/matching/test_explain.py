"""Explanations say only what is there: places that hold, gaps that are gaps, raises that the scorer confirms."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from cvmatch.demo import cv_files, load_jobs
from ingestion.models import CV
from ingestion.services import import_postings, receive_cv
from ingestion.sources.jsonld import read_posting
from jobs.skills import find_languages, find_skills, related
from jobs.skills.vocabulary import vocabulary
from matching.models import Match
from matching.profiles import cv_profile, job_profile
from matching.scoring import score_with_skill, total
from matching.values import Account, parts_from_json
from tests.support import make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db


def explained() -> list[tuple[Match, Account]]:
    matches = Match.objects.select_related("cv__candidate", "job", "explanation", "prediction")
    return [(match, Account.from_json(match.explanation.body_json)) for match in matches]


@pytest.fixture
def demo(settings) -> list[tuple[Match, Account]]:
    """Three demo CVs against forty demo jobs, as the pipeline explains them."""
    settings.MATCH_TOP = 8
    rows = list(load_jobs(timezone.now()))[::6][:40]
    postings = (posting for number, row in enumerate(rows, 1) for posting in read_posting(number, row))
    import_postings(source="demo", rows=postings, report=lambda rejected: None)
    for path in cv_files()[::6][:3]:
        receive_cv(content=path.read_bytes(), filename=path.name, uploaded_by=None, interactive=True)
    work_until_idle()
    return explained()


def test_on_real_files_every_claim_holds(demo) -> None:
    assert len(demo) == 24
    assert {finding.state for _, account in demo for finding in account.findings} == {"stated", "related", "missing"}
    names = {skill.name: skill.id for skill in vocabulary().skills.values()}
    for match, account in demo:
        shown = {mention.skill_id for mention in (*find_skills(match.cv.text), *find_languages(match.cv.text))}
        for finding in account.findings:
            assert_place(finding.in_job, match.job.description, finding.subject)
            if finding.state == "stated":
                assert_place(finding.in_cv, match.cv.text, finding.subject)
                assert finding.in_cv is not None
            elif finding.state == "related":
                assert_place(finding.in_cv, match.cv.text, names[finding.via])
                assert related(finding.subject, names[finding.via]) > 0
            else:
                assert finding.in_cv is None
                assert finding.subject not in shown
                assert not re.search(rf"(?<!\w){re.escape(finding.name)}(?!\w)", match.cv.text), finding


def assert_place(place, text: str, skill_id: str) -> None:
    """The characters are there, and read by themselves they are that skill."""
    if place is None:
        return
    assert text[place.start : place.end] == place.text
    skill = vocabulary().skills[skill_id]
    plain = re.sub(r"\W+", "", place.text).casefold()
    terms = [re.sub(r"\W+", "", term).casefold() for term in skill.terms]
    found = {mention.skill_id for mention in (*find_skills(place.text), *find_languages(place.text))}
    assert skill_id in found or any(term in plain or plain in term for term in terms), (place, skill)


def test_what_would_raise_the_score_is_what_the_scorer_answers(demo) -> None:
    raised = 0
    for match, account in demo:
        parts = parts_from_json(match.parts_json)
        cv, job = cv_profile(match.cv, today=match.prediction.as_of.date()), job_profile(match.job)
        assert total(parts).score == float(match.score)
        options = {
            finding.name: score_with_skill(parts, cv, job, finding.subject)
            for finding in account.findings
            if finding.state != "stated"
        }
        for option in account.raises:
            assert option.score == options[option.name] > float(match.score)
            raised += 1
        best = sorted((score for score in options.values() if score > float(match.score)), reverse=True)[:3]
        assert [option.score for option in account.raises] == best
    assert raised > 10


def test_the_sentences_name_no_skill_that_the_findings_do_not(demo) -> None:
    for match, account in demo:
        assert 1 <= len(account.sentences) <= 3
        allowed = {finding.subject for finding in account.findings}
        allowed |= {
            skill.id for skill in vocabulary().skills.values() if skill.name in {f.via for f in account.findings}
        }
        said = " ".join(account.sentences).replace(match.job.city or " ", " ")
        names = {finding.name for finding in account.findings} | {finding.via for finding in account.findings}
        for name in sorted(names, key=len, reverse=True):
            said = said.replace(name, " ") if name else said
        assert {mention.skill_id for mention in find_skills(said)} <= allowed


def test_the_numbers_in_the_sentences_are_those_of_the_findings(demo) -> None:
    for _, account in demo:
        stated = sum(finding.state == "stated" for finding in account.findings)
        if stated:
            assert f"{stated} of the {len(account.findings)} things" in account.sentences[0]


def test_must_haves_come_before_nice_to_haves_in_the_order_of_the_posting() -> None:
    make_job()
    make_cv()
    work_until_idle()
    ((_, account),) = explained()
    assert [(finding.name, finding.must) for finding in account.findings] == [
        ("Python", True),
        ("SQL", True),
        ("PostgreSQL", True),
        ("Kubernetes", True),
        ("Terraform", False),
    ]
    states = {finding.name: finding.state for finding in account.findings}
    assert (states["Python"], states["Terraform"]) == ("stated", "missing")


def test_a_job_that_names_no_skill_is_explained_all_the_same() -> None:
    make_job("1", "Data Engineer", "We are nice people in a nice office and look forward to you.")
    make_cv()
    work_until_idle()
    ((_, account),) = explained()
    assert account.findings == ()
    assert account.sentences


def test_an_account_survives_its_column() -> None:
    make_job()
    make_cv()
    work_until_idle()
    ((_, account),) = explained()
    assert Account.from_json(account.to_json()) == account
    assert Account.from_json({}) == Account((), (), ())


def test_every_skill_of_a_stored_cv_stands_where_it_says() -> None:
    make_cv()
    work_until_idle()
    cv = CV.objects.get()
    assert cv.skills
    assert all(cv.text[mention.start : mention.end] for mention in cv.skills)
