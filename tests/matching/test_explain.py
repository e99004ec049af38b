"""Explanations say only what is there: places that hold, gaps that are gaps, raises that the scorer confirms."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.utils import timezone

from cvmatch.demo import cv_files, load_jobs
from ingestion.models import CV
from ingestion.services import receive_cv
from ingestion.sources import Item
from ingestion.sources.jsonld import JsonLdSource
from ingestion.syncing import import_rows
from jobs.skills import SkillMention, find_listed_skills, find_skills, find_skills_and_languages, related
from jobs.skills.vocabulary import vocabulary
from matching.accounts import accounts_of
from matching.explain.evidence import IN_OTHER_WORDS, WITHIN
from matching.models import CVPassages, Match, Prediction
from matching.profiles import cv_profile, job_profile
from matching.ranking import scoring_config
from matching.scoring import score
from matching.scoring.relations import IMPLIED
from matching.services import request_matches
from matching.values import (
    Account,
    Asks,
    Candidate,
    CVProfile,
    JobProfile,
    LanguageShown,
    Place,
    Raise,
    SkillLink,
    State,
    links_to_json,
    parts_from_json,
)
from tests.support import CV_TEXT, make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db


def explained() -> list[tuple[Match, Account]]:
    matches = Match.objects.select_related("cv__candidate", "job", "explanation", "prediction")
    return [(match, Account.from_json(match.explanation.body_json)) for match in matches]


@pytest.fixture
def demo(settings) -> list[tuple[Match, Account]]:
    """Three demo CVs against forty demo jobs, as the pipeline explains them."""
    settings.MATCH_TOP = 8
    rows = list(load_jobs(timezone.now()))[::6][:40]
    items = [Item(number, row) for number, row in enumerate(rows, 1)]
    import_rows(source_name="demo", source=JsonLdSource(), rows=items, report=lambda rejected: None)
    for path in cv_files()[::6][:3]:
        receive_cv(content=path.read_bytes(), filename=path.name, uploaded_by=None, interactive=True)
    work_until_idle()
    return explained()


def test_on_real_files_every_claim_holds(demo) -> None:
    assert len(demo) == 24
    found = [(match, finding) for match, account in demo for finding in account.findings]
    assert {finding.state for _, finding in found} == set(State)
    assert {finding.kind for _, finding in found} >= {Asks.SKILL, Asks.LANGUAGE, Asks.YEARS, Asks.SENTENCE}
    for match, finding in found:
        for place in finding.evidence:
            assert match.cv.text[place.start : place.end] == place.text
        if finding.in_job:
            assert match.job.description[finding.in_job.start : finding.in_job.end] == finding.in_job.text
        assert (finding.state == State.MISSING) == (not finding.evidence)


def test_places_of_skills_read_by_themselves_are_those_skills_and_all_of_them_are_cited(demo) -> None:
    cited = 0
    for match, account in demo:
        own = {mention.skill_id for mention in match.cv.skills}
        mentions = everything_named(match.cv.matched_text)
        for finding in (f for f in account.findings if f.kind in (Asks.SKILL, Asks.LANGUAGE)):
            nearest = nearest_skills(finding.subject, own) if finding.state == State.IMPLIED else {finding.subject}
            places = {(m.start, m.end) for m in mentions if m.skill_id in nearest & own}
            assert places <= {(place.start, place.end) for place in finding.evidence} | fluencies(match.cv)
            for place in finding.evidence:
                assert_names(place.text, nearest)
                cited += 1
            if finding.in_job:
                assert_names(finding.in_job.text, {finding.subject})
    assert cited > 100


def everything_named(text: str) -> tuple[SkillMention, ...]:
    skills, languages = find_skills_and_languages(text)
    return (*skills, *languages)


def nearest_skills(asked: str, own: set[str]) -> set[str]:
    most = max(related(asked, one) for one in own)
    assert most > 0
    return {one for one in own if related(asked, one) == most}


def fluencies(cv: CV) -> set[tuple[int, int]]:
    return {(e.span.start, e.span.end) for path, e in cv.parsed.evidence.items() if path.endswith(".fluency")}


def assert_names(words: str, skill_ids: set[str]) -> None:
    """Read by themselves the characters name one of the skills, or say how well a language is known."""
    plain = re.sub(r"\W+", "", words).casefold()
    terms = [re.sub(r"\W+", "", term).casefold() for one in skill_ids for term in vocabulary().get(one).terms]
    found = {mention.skill_id for mention in (*everything_named(words), *find_listed_skills(words))}
    is_fluency = any(vocabulary().get(one).is_language for one in skill_ids)
    assert skill_ids & found or any(term in plain or plain in term for term in terms) or is_fluency, (words, skill_ids)


def test_what_is_missing_is_absent_from_the_cv_under_all_its_names(demo) -> None:
    missing = [(match, f) for match, account in demo for f in account.findings if f.state == State.MISSING]
    named = [(match, f) for match, f in missing if f.kind in (Asks.SKILL, Asks.LANGUAGE)]
    assert len(named) > 20
    for match, finding in named:
        shown = {mention.skill_id for mention in everything_named(match.cv.text)}
        assert finding.subject not in shown
        skill = vocabulary().get(finding.subject)
        for term in set(skill.terms) - skill.in_context - skill.exact_case:
            assert not re.search(rf"(?<!\w){re.escape(term)}(?!\w)", match.cv.text, re.IGNORECASE), (finding, term)


def test_what_would_raise_the_score_is_what_the_scorer_answers(demo) -> None:
    """Worked out here by other means than the explainer's: the profile is changed by hand and scored anew."""
    kinds = set()
    for match, account in demo:
        cv, job = cv_profile(match.cv, today=match.prediction.as_of.date()), job_profile(match.job)

        def rescored(richer: CVProfile, match: Match = match, job: JobProfile = job) -> float:
            found = Candidate.from_json(match.signals_json)
            return score(found, richer, job, config=scoring_config(), now=match.prediction.as_of).score

        assert rescored(cv) == float(match.score)
        for option in account.raises:
            assert option.before == float(match.score) < option.score == rescored(with_more(cv, job, option))
            kinds.add(option.kind)
        richest = [
            rescored(replace(cv, skills=cv.skills | {f.subject}))
            for f in account.findings
            if f.kind == Asks.SKILL and f.state != State.STATED
        ]
        assert max(richest, default=0) <= max([option.score for option in account.raises], default=float(match.score))
    assert kinds >= {Asks.SKILL, Asks.LANGUAGE}


def with_more(cv: CVProfile, job: JobProfile, option: Raise) -> CVProfile:
    if option.kind == Asks.YEARS:
        return replace(cv, years=float(job.requirements.min_years or 0))
    if option.kind == Asks.LEVEL:
        return replace(cv, level=job.level)
    if option.kind == Asks.DEGREE:
        return replace(cv, degree=option.subject)
    if option.kind == Asks.LANGUAGE:
        level = next(one.level for one in job.requirements.languages if one.language_id == option.subject)
        others = tuple(one for one in cv.languages if one.language_id != option.subject)
        cv = replace(cv, languages=(*others, LanguageShown(option.subject, level)))
    return replace(cv, skills=cv.skills | {option.subject})


def test_ranks_before_and_after_are_those_of_the_list_with_the_new_score_in_it(demo) -> None:
    moved = 0
    for match, account in demo:
        lines = Match.objects.filter(prediction=match.prediction_id).exclude(pk=match.pk)
        others = [float(points) for points in lines.values_list("score", flat=True)]
        for option in account.raises:
            assert option.rank == match.rank
            # Of lines with the same points, the order is by digits that are not shown.
            assert sum(p > option.score for p in others) < option.new_rank <= 1 + sum(p >= option.score for p in others)
            moved += option.new_rank < option.rank
    assert moved > 5


def test_a_name_within_a_longer_one_is_neither_missing_nor_counted() -> None:
    make_job("1", "Buyer", "Requirements:\n- Negotiation\n- Python")
    make_cv(CV_TEXT.replace("Docker", "Contract negotiation"))
    work_until_idle()
    ((match, account),) = explained()
    finding = next(finding for finding in account.findings if finding.subject == "negotiation")
    assert (finding.state, finding.via, finding.part) == (State.IMPLIED, WITHIN, "")
    assert [place.text for place in finding.evidence] == ["negotiation"]
    assert "negotiation" not in cv_profile(match.cv, today=match.prediction.as_of.date()).skills


def test_however_many_lines_are_explained_at_once_it_takes_three_queries(demo, django_assert_num_queries) -> None:
    matches = [match for match, _ in demo]
    with django_assert_num_queries(3):  # passages of the CVs, passages of the jobs, the lists they are lines of
        accounts = accounts_of(matches)
    assert accounts == [account for _, account in demo]


def test_every_part_has_its_value_weight_points_and_a_reason(demo) -> None:
    for match, account in demo:
        parts = parts_from_json(match.parts_json)
        reasons = account.reasons
        assert [(r.part, r.value, r.weight, r.points) for r in reasons] == [
            (p.name, p.value, p.weight, p.points) for p in parts
        ]
        assert all(reason.words for reason in reasons)
        assert all("not counted" in reason.words for reason in reasons if reason.value is None)
        assert all(f.part in {p.name for p in parts if p.value is not None} for f in account.findings if f.part)


def test_a_recruiter_is_told_what_to_ask_about_as_plainly_as_what_is_there(demo) -> None:
    for _, account in demo:
        told = "\n".join(account.points)
        if any(f.state == State.MISSING and f.must for f in account.findings):
            assert "To ask about, since it was not found in the CV" in told
        assert "lack" not in told
        if account.raises:
            assert f"to {account.raises[0].score:g}" in told


def test_the_sentences_name_no_skill_that_the_findings_do_not(demo) -> None:
    for match, account in demo:
        assert 1 <= len(account.sentences) <= 3
        named = [finding for finding in account.findings if finding.kind in (Asks.SKILL, Asks.LANGUAGE)]
        allowed = {finding.subject for finding in named}
        allowed |= {mention.skill_id for finding in named for mention in find_listed_skills(finding.via)}
        said = " ".join(account.sentences).replace(match.job.city or " ", " ")
        names = {finding.name for finding in named} | {finding.via for finding in named}
        for name in sorted(names, key=len, reverse=True):
            said = said.replace(name, " ") if name else said
        assert {mention.skill_id for mention in find_skills(said)} <= allowed


def test_the_numbers_in_the_sentences_are_those_of_the_findings(demo) -> None:
    for _, account in demo:
        named = [finding for finding in account.findings if finding.kind in (Asks.SKILL, Asks.LANGUAGE)]
        stated = sum(finding.state == State.STATED for finding in named)
        if stated:
            assert f"{stated} of the {len(named)} things" in account.sentences[0]


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
        ("3 years of work", True),
        ("Terraform", False),
    ]
    states = {finding.name: finding.state for finding in account.findings}
    assert (states["Python"], states["Terraform"]) == ("stated", "missing")


def test_a_job_that_names_no_skill_is_explained_all_the_same() -> None:
    make_job("1", "Data Engineer", "We are nice people in a nice office and look forward to you.")
    make_cv()
    work_until_idle()
    ((_, account),) = explained()
    assert {finding.kind for finding in account.findings} <= {Asks.SENTENCE}
    assert account.sentences


def test_an_account_survives_its_column() -> None:
    make_job()
    make_cv()
    work_until_idle()
    ((_, account),) = explained()
    assert Account.from_json(account.to_json()) == account
    assert Account.from_json({}) == Account((), (), ())


def test_an_account_of_an_earlier_version_is_read_with_the_names_of_today() -> None:
    place = {"start": 3, "end": 8, "text": "MySQL"}
    old = {"subject": "postgresql", "name": "PostgreSQL", "state": "related", "must": True, "in_job": None,
           "in_cv": place, "via": "MySQL", "added": False}  # fmt: skip
    account = Account.from_json({"findings": [old], "raises": [{"name": "PostgreSQL", "score": 71.5}], "sentences": []})
    (finding,) = account.findings
    assert (finding.state, finding.kind, finding.in_cv) == (State.IMPLIED, Asks.SKILL, Place(3, 8, "MySQL"))
    assert account.raises == (Raise("PostgreSQL", 71.5),)


def test_every_skill_of_a_stored_cv_stands_where_it_says() -> None:
    make_cv()
    work_until_idle()
    cv = CV.objects.get()
    assert cv.skills
    assert all(cv.text[mention.start : mention.end] for mention in cv.skills)


def test_a_phrase_that_means_a_skill_counts_in_part_and_is_shown() -> None:
    make_job("1", "Buyer", "Requirements:\n- Negotiation\n- Python")
    cv = make_cv(CV_TEXT.replace("Docker", "Docker\nHaggled over the price of steel"))
    work_until_idle()
    before = skills_value()
    cv.refresh_from_db()
    start = cv.text.index("Haggled over the price")
    link = SkillLink("negotiation", start, start + len("Haggled over the price"), 0.8)
    CVPassages.objects.filter(cv=cv).update(links_json=links_to_json([link]))
    Prediction.objects.all().delete()
    request_matches(cv=cv, requested_by=None)
    work_until_idle()
    assert skills_value() == pytest.approx(before + IMPLIED / 2)
    ((_, account),) = explained()
    finding = next(finding for finding in account.findings if finding.subject == "negotiation")
    assert (finding.state, finding.via, finding.part) == (State.IMPLIED, IN_OTHER_WORDS, "skills")
    assert [place.text for place in finding.evidence] == ["Haggled over the price"]


def skills_value() -> float:
    return next(part.value for part in parts_from_json(Match.objects.get().parts_json) if part.name == "skills")
