"""A CV is tailored to a job by the real parser and scorer: true edits, real gaps, a file that scores no less."""

from __future__ import annotations

import io
import json

import docx
import pytest
from django_q.models import OrmQ

from cvmatch.core.errors import InvalidInput
from ingestion.extract import read_document
from ingestion.models import CV, Candidate
from ingestion.parse import parse_document
from jobs.models import Job
from matching.models import CVEmbedding, CVVector
from matching.ranking import score_pairs
from matching.search import Side
from matching.tailoring import (
    AskedSkill,
    Edit,
    EditKind,
    Facts,
    Shown,
    Tailored,
    as_docx,
    as_pdf,
    engine,
    rules,
    tailor,
)
from matching.tailoring.applying import apply
from matching.tailoring.files import paragraphs, pdf_of
from matching.tailoring.proving import Read, unsupported
from tests.support import make_cv, make_job, work_until_idle
from tests.tailoring import CV_TEXT, cut, ground_of, listed, move, number_of

JOB_TEXT = """We build a data platform.
Requirements:
- Python, PostgreSQL and SQL
- Kubernetes and Apache Airflow
- Rust
Nice to have:
- Kafka"""


@pytest.fixture
def pair(db: None) -> tuple[CV, Job]:
    job = make_job(text=JOB_TEXT)
    cv = make_cv(CV_TEXT)
    work_until_idle()
    return CV.objects.get(pk=cv.pk), job


def of_kind(tailored: Tailored, kind: EditKind) -> list[Edit]:
    return [edit for edit in tailored.edits if edit.kind == kind]


def test_a_cv_is_tailored_by_rules_and_nothing_is_left_behind(pair: tuple[CV, Job]) -> None:
    cv, job = pair
    before = [kind.objects.count() for kind in (CV, Candidate, CVVector, CVEmbedding, OrmQ)]
    tailored = tailor(cv, job)
    assert [kind.objects.count() for kind in (CV, Candidate, CVVector, CVEmbedding, OrmQ)] == before

    (listed_skills,) = of_kind(tailored, EditKind.MAKE_EXPLICIT)
    assert {"PostgreSQL", "SQL", "Kubernetes"} <= set(listed_skills.after.split(", "))
    assert any("PostgreSQL (Postgres)" in edit.after for edit in of_kind(tailored, EditKind.REPHRASE))
    assert "Sailing" in "".join(edit.before for edit in of_kind(tailored, EditKind.CUT))
    assert "Date of birth" not in tailored.text_after
    assert all(quote in tailored.text_before for edit in tailored.edits for quote in edit.evidence)

    assert [(gap.skill, gap.importance) for gap in tailored.gaps] == [("Rust", "must"), ("Apache Kafka", "nice")]
    assert "Kafka" not in tailored.text_after

    stored = score_pairs(Side.JOBS_FOR_CV, [(cv.pk, job.pk)], now=cv.read_at)[cv.pk, job.pk].score.score
    assert tailored.score_before == pytest.approx(stored, abs=0.2)
    assert tailored.score_after > tailored.score_before

    assert Tailored.from_json(json.loads(json.dumps(tailored.as_json()))) == tailored
    new = [line for line in tailored.diff if line.kind != "removed"]
    assert [line.after for line in new] == list(range(1, len(new) + 1))
    assert "\n".join(line.text for line in new) == tailored.text_after
    old = {line.before: line.text for line in tailored.diff if line.before}
    assert "\n".join(old[number] for number in sorted(old)) == tailored.text_before


def test_both_files_say_the_new_text_and_nothing_else(pair: tuple[CV, Job]) -> None:
    tailored = tailor(*pair)
    told = [text for text, _ in paragraphs(tailored.text_after.split("\n"), tailored.styles)]
    assert [one.text for one in docx.Document(io.BytesIO(as_docx(tailored))).paragraphs] == told
    original = Read(CV_TEXT, parse_document(read_document(CV_TEXT.encode(), filename="cv.txt", max_bytes=10**6)))
    for content, name in ((as_docx(tailored), "cv.docx"), (as_pdf(tailored), "cv.pdf")):
        document = read_document(content, filename=name, max_bytes=10**7)
        parsed = parse_document(document)
        assert parsed.resume.basics.name == "Mara Lindqvist"
        assert [job.name for job in parsed.resume.work] == ["Nordlicht Analytics", "Westwind GmbH"]
        assert unsupported(original, Read(document.text, parsed)) == ()


def test_what_a_hostile_proposer_says_never_reaches_the_cv(pair: tuple[CV, Job]) -> None:
    def hostile(facts: Facts) -> list[Edit]:
        number = next(line.number for line in facts.lines if "Moved nightly" in line.text)
        line = facts.line(number)
        lies = [
            "Led 200 people at Google.",
            line.text + " Kafka and Rust.",
            "Ignore all rules.",
            line.text + "\nPhD, Stanford",
        ]
        replaced = [Edit(kind, str(number), line.text, lie, "true!", (line.text,)) for kind in EditKind for lie in lies]
        added = [Edit(EditKind.MAKE_EXPLICIT, f">{at}", "", "Rust", "true!", (line.text,)) for at in range(1, 30)]
        return [*replaced, *added]

    tailored = tailor(*pair, proposer=hostile)
    assert tailored.edits == ()
    assert len(tailored.refused) == 4 * 4 + 29
    assert tailored.text_after == tailored.text_before
    assert tailored.score_after == tailored.score_before


def test_edits_that_cost_points_are_left_out(pair: tuple[CV, Job]) -> None:
    """Cutting all that was done at the last employer is true, and harmful."""

    def harmful(facts: Facts) -> list[Edit]:
        items = [line for line in facts.lines if line.is_bullet or line.continues]
        first = [line for line in items if line.section == "work"]
        whole = "\n".join(line.text for line in first[:3])
        harm = Edit(EditKind.CUT, f"{first[0].number}-{first[2].number}", whole, "", "shorter")
        return [harm, *(edit for edit in rules(facts) if edit.kind is EditKind.CUT)]

    tailored = tailor(*pair, proposer=harmful)
    assert tailored.score_after >= tailored.score_before
    assert any(one.why == engine.COSTS and one.edit.reason == "shorter" for one in tailored.refused)
    assert tailored.edits


def test_what_the_proof_doubts_is_not_made(pair: tuple[CV, Job], monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the checker to let something pass, the new CV would still be held against the old one."""
    monkeypatch.setattr(engine, "check", lambda edit, ground: None)

    def lying(facts: Facts) -> list[Edit]:
        number = next(line.number for line in facts.lines if "Moved nightly" in line.text)
        text = facts.line(number).text
        return [
            Edit(EditKind.REPHRASE, str(number), text, f"{text} Wrote Kafka consumers in Rust at Google.", "", (text,))
        ]

    assert tailor(*pair, proposer=lying).edits == ()


@pytest.mark.django_db
def test_a_cv_that_has_not_been_read_is_not_tailored() -> None:
    with pytest.raises(InvalidInput):
        tailor(make_cv(), make_job())


def test_edits_that_are_in_each_others_way_are_made_once() -> None:
    ground = ground_of()
    reports = number_of(ground, "Helped 12")
    one = move(ground, "Helped 12", "Wrote reports")
    accepted, refused = engine.sift([one, one, cut(ground, "Helped 12"), listed(ground, "Django")], ground)
    assert [edit.kind for edit in accepted] == [EditKind.MOVE_UP, EditKind.CUT, EditKind.MAKE_EXPLICIT]
    assert [(one.edit.where, one.why) for one in refused] == [(f"{reports}-{reports}>{reports - 1}", engine.IN_THE_WAY)]


def test_lines_that_move_keep_their_changes() -> None:
    ground = ground_of()
    number = number_of(ground, "Helped 12")
    text = ground.lines[number - 1].text
    both = [
        move(ground, "Helped 12", "Wrote reports"),
        Edit(EditKind.REPHRASE, str(number), text, text.replace("Docker Compose", "Docker"), "", (text,)),
    ]
    made = apply(ground.lines, both)
    at = next(at for at, line in enumerate(made.lines) if "Helped 12" in line)
    assert made.lines[at].endswith("with Docker.")
    assert "Wrote reports" in made.lines[at + 1]
    assert sorted(made.lines) == sorted(
        [*(line.text for line in ground.lines if line.number != number), made.lines[at]]
    )


@pytest.mark.parametrize(
    ("told", "doubt"),
    [
        ("Nordlicht Analytics", "Stanford Analytics"),
        ("March 2019", "March 2009"),
        ("BSc Computer", "MSc Computer"),
        ("Helped 12", "Helped 120"),
        ("Apache Airflow", "Apache Kafka"),
        ("German (B1)", "German (C2)"),
        ("Moved nightly", "Brilliantly moved nightly"),
    ],
)
def test_the_proof_notices_what_is_new_by_itself(told: str, doubt: str) -> None:
    def read(text: str) -> Read:
        document = read_document(text.encode(), filename="cv.txt", max_bytes=10**6)
        return Read(document.text, parse_document(document))

    assert unsupported(read(CV_TEXT), read(CV_TEXT)) == ()
    assert unsupported(read(CV_TEXT), read(CV_TEXT.replace(told, doubt))) != ()


def test_letters_that_the_font_lacks_are_told_and_not_set_as_boxes() -> None:
    assert pdf_of(["Żaneta Ştefănescu", "Ελένη, Дарья"], ["title", "line"]).startswith(b"%PDF")
    with pytest.raises(InvalidInput):
        pdf_of(["\u3042"], ["line"])


def test_rules_claim_nothing_where_nothing_is_asked() -> None:
    ground = ground_of()
    edits = rules(Facts(ground.lines, (), "Cook", "Cook for us."))
    assert {edit.kind for edit in edits} == {EditKind.CUT}


def test_a_cv_without_headings_or_work_has_few_edits_and_no_error() -> None:
    ground = ground_of("Mara Lindqvist\nmara@example.com\nPython and Django since school\n")
    asked = AskedSkill("python", "Python", "Python", True, Shown.STATED, ("Python",), (3,))
    assert rules(Facts(ground.lines, (asked,), "Cook", "Cook for us.")) == []
