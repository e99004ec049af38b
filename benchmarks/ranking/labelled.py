"""Labelled collections: our fictional CVs beside the demo's postings, and real advertisements beside each other."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from cvmatch import demo
from ingestion.extract import read_document
from ingestion.parse import parse_document
from ingestion.services import keep_text
from ingestion.sources import read
from ingestion.sources.jsonld import JsonLdSource, read_posting
from ingestion.values import ParsedCV, Resume
from jobs.models import Job
from jobs.services import upsert_jobs
from jobs.titles import read_title
from jobs.values import JobPosting

HERE = Path(__file__).parent
PROFESSIONS = Path(demo.__file__).parent / "data" / "professions.json"
MAX_BYTES = 10_000_000
LEAST_WORDS, MOST_ADS = 120, 600


@dataclass(frozen=True)
class Collection:
    """Rows that were made in the database: job id → ids of the CVs that suit it, and of those that say nothing about it."""

    suits: Mapping[int, frozenset[int]]
    left_out: Mapping[int, frozenset[int]]


def own() -> Collection:
    """321 postings of 41 professions, and 32 CVs; a posting suits a CV when it is of the CV's profession."""
    professions = yaml.safe_load((HERE / "professions.yaml").read_text(encoding="utf-8"))
    cvs = {_keep(name, text): set(professions[name]) for name, text in _own_texts()}
    rows = list(demo.load_jobs(timezone.now()))
    read = [posting for number, row in enumerate(rows) for posting in read_posting(number, row)]
    upsert_jobs(source="own", postings=[posting for posting in read if isinstance(posting, JobPosting)])
    titles = _titles()
    wanted = {job.pk: _profession(job.title, titles) for job in Job.objects.filter(source="own")}
    suits = {job: frozenset(cv for cv, own in cvs.items() if key in own) for job, key in wanted.items()}
    return Collection({job: found for job, found in suits.items() if found}, {})


def advertisements(path: Path) -> Collection:
    """Real advertisements (JSON Lines of JobPosting), each as a job and its text alone as if it were a CV.

    One suits another when another employer looks for the same title with it; those of the same employer are left out.
    """
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        found = [posting for posting in read(JsonLdSource(), lines) if isinstance(posting, JobPosting)]
    picked = [replace(posting, expires_at=None) for posting in _of_shared_titles(found)]  # they are long over
    upsert_jobs(source="ads", postings=picked)
    rows = dict(Job.objects.filter(source="ads").values_list("external_id", "pk"))
    cvs = {
        posting.external_id: keep_text(
            filename=posting.external_id, text=posting.description, parsed=ParsedCV(Resume(), format="txt")
        ).pk
        for posting in picked
    }
    suits: dict[int, frozenset[int]] = {}
    left_out: dict[int, frozenset[int]] = {}
    for posting in picked:
        same = [other for other in picked if _core(other) == _core(posting) and other.company != posting.company]
        job = rows[posting.external_id]
        suits[job] = frozenset(cvs[other.external_id] for other in same)
        left_out[job] = frozenset(cvs[other.external_id] for other in picked if other.company == posting.company)
    return Collection(suits, left_out)


def _of_shared_titles(postings: list[JobPosting]) -> list[JobPosting]:
    """Long enough, each text once, with a title that another employer looks for too."""
    once = {p.description[:200]: p for p in postings if len(p.description.split()) >= LEAST_WORDS}
    by_title: dict[str, list[JobPosting]] = defaultdict(list)
    for posting in once.values():
        by_title[_core(posting)].append(posting)
    shared = [group for group in by_title.values() if len({posting.company for posting in group}) > 1]
    return [posting for group in shared for posting in group][:MOST_ADS]


def _core(posting: JobPosting) -> str:
    return read_title(posting.title).core.lower()


def _own_texts() -> Iterator[tuple[str, bytes]]:
    for path in sorted(demo.CVS.iterdir()):
        yield path.stem, path.read_bytes()
    for path in sorted((HERE.parent / "layouts" / "people").glob("*.json")):
        yield path.stem, _written(json.loads(path.read_text(encoding="utf-8"))).encode()


def _keep(name: str, content: bytes) -> int:
    document = read_document(content, filename=name, max_bytes=MAX_BYTES)
    return keep_text(filename=name, text=document.text, parsed=parse_document(document)).pk


def _written(resume: Mapping[str, Any]) -> str:
    """A JSON Resume as a person would type it."""
    basics = resume["basics"]
    lines = [basics.get("name", ""), basics.get("label", ""), basics.get("summary", ""), "Experience"]
    for work in resume["work"]:
        dates = f"{work.get('startDate', '')} - {work.get('endDate', 'Present')}"
        lines += [work.get("position", ""), work.get("name", ""), dates, work.get("summary", "")]
        lines += [f"• {done}" for done in work.get("highlights", ())]
    lines.append("Education")
    for entry in resume.get("education", ()):
        lines += [f"{entry.get('studyType', '')} {entry.get('area', '')}", entry.get("institution", "")]
    skills = [name for skill in resume.get("skills", ()) for name in skill.get("keywords") or [skill["name"]]]
    return "\n".join(line for line in (*lines, "Skills", ", ".join(skills)) if line.strip())


def _titles() -> dict[str, str]:
    """Title → profession, for every title of the demo's banks."""
    banks = json.loads(PROFESSIONS.read_text(encoding="utf-8"))
    return {title.lower(): bank["key"] for bank in banks for title in bank["titles"]}


def _profession(title: str, titles: Mapping[str, str]) -> str:
    """The profession whose title stands in this one; the longest such title where there are several."""
    inside = [known for known in titles if known in title.lower()]
    return titles[max(inside, key=len)] if inside else ""
