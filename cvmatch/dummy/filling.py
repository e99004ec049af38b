"""Fills a database with dummy jobs and CVs: originals through the stages of production, the rest as copies of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cvmatch import demo
from cvmatch.core import runner
from cvmatch.core.queue import get_stage
from cvmatch.demo.postings import make_postings
from cvmatch.dummy.copying import CVS, JOBS, Kind, copy_rows, without_vector_indexes
from cvmatch.dummy.people import make_names, make_text
from ingestion.extract import read_document
from ingestion.models import CV
from ingestion.parse import parse_document
from ingestion.services import keep_text
from ingestion.sources import Item
from ingestion.sources.jsonld import JsonLdSource
from ingestion.syncing import import_rows
from jobs.models import Job

SOURCE = "dummy"
# So many are read and embedded one by one, which the model takes a tenth of a second for, some of each of the 41 professions.
# The others are copies.
ORIGINAL_JOBS, ORIGINAL_CVS = 200, 41
# From so many copies on, building the vector indexes anew takes less time than adding to them.
REINDEX_FROM = 10_000

Say = Callable[[str], None]


def has_own_data() -> bool:
    """Whether there is any job or CV that neither this package nor the demo has made."""
    of_demo = CV.objects.filter(filename__in=[path.name for path in demo.cv_files()])
    cvs = CV.objects.kept().exclude(pk__in=of_demo.values("pk")).exclude(pk__in=_dummies().values("pk"))
    return cvs.exists() or Job.objects.exclude(source__in=[SOURCE, "demo"]).exists()


def fill(*, jobs: int, cvs: int, seed: int, say: Say) -> None:
    """Make so many jobs and CVs of this seed; those that are there already stay, so that doing it twice changes nothing."""
    for name, wanted, number_of, add in (("jobs", jobs, _known_jobs, _add_jobs), ("CVs", cvs, _known_cvs, _add_cvs)):
        known = len(number_of(seed))
        if known < wanted:
            add(known, wanted, seed)
        say(f"{wanted:,} {name}, {max(wanted - known, 0):,} of them new.")
    runner.run(get_stage("count_words"), limit=1, trigger="command")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _dummies() -> QuerySet[CV]:
    """They came as text under a name of ours; a file of somebody's under such a name has content."""
    return CV.objects.kept().filter(file="", sha256="", filename__startswith="dummy-")


def _known_jobs(seed: int) -> dict[int, int]:
    """Ids by number, which ends their names."""
    rows = Job.objects.filter(source=SOURCE, external_id__startswith=f"dummy-{seed}-").values_list("external_id", "pk")
    return {int(name.rpartition("-")[2]): pk for name, pk in rows}


def _known_cvs(seed: int) -> dict[int, int]:
    rows = _dummies().filter(filename__startswith=f"dummy-{seed}-").values_list("filename", "pk")
    return {int(name.removesuffix(".txt").rpartition("-")[2]): pk for name, pk in rows}


def _add_jobs(known: int, wanted: int, seed: int) -> None:
    originals = min(wanted, ORIGINAL_JOBS)
    if known < originals:
        _import(originals, seed)
    ids = _known_jobs(seed)
    origins = [ids[number] for number in range(1, originals + 1)]
    for stage in ("read_jobs", "group_jobs", "embed_jobs"):
        _run(stage, origins)
    numbers = range(max(known, originals) + 1, wanted + 1)
    companies = sorted(set(Job.objects.filter(pk__in=origins).values_list("company", flat=True)))
    with transaction.atomic(), _indexed_afterwards(len(numbers)):
        copy_rows(_jobs_of(seed), origins, numbers, companies=companies)


def _import(count: int, seed: int) -> None:
    """The postings of the demo's companies, in as many rounds as it takes, each of other choices."""
    now = timezone.now()
    rows = (row for extra in range(count) for row in make_postings(seed * 1000 + extra))
    items = (
        Item(
            number, demo.fresh(row, now) | {"identifier": {"@type": "PropertyValue", "value": f"dummy-{seed}-{number}"}}
        )
        for number, row in zip(range(1, count + 1), rows, strict=False)
    )
    import_rows(source_name=SOURCE, source=JsonLdSource(), rows=items, report=lambda rejected: None)


@contextmanager
def _indexed_afterwards(count: int) -> Iterator[None]:
    if count < REINDEX_FROM:
        yield
        return
    with without_vector_indexes(JOBS):
        yield


def _jobs_of(seed: int) -> Kind:
    """Copies with numbers of ours, at other companies."""
    own = {
        "external_id": f"'dummy-{seed}-' || c.nr",
        "company": "(%(companies)s::text[])[1 + (c.nr * 7) %% cardinality(%(companies)s::text[])]",
    }
    return replace(JOBS, own={**JOBS.own, **own})


def _add_cvs(known: int, wanted: int, seed: int) -> None:
    originals = min(wanted, ORIGINAL_CVS)
    for number in range(known + 1, originals + 1):
        _keep(number, seed)
    ids, names = _known_cvs(seed), make_names(seed)
    origins = [ids[number] for number in range(1, originals + 1)]
    _run("embed_cvs", origins)
    numbers = range(max(known, originals) + 1, wanted + 1)
    with transaction.atomic():
        copy_rows(_cvs_of(seed), origins, numbers, firsts=names.first, lasts=names.last, originals=originals)


def _keep(number: int, seed: int) -> None:
    text, filename = make_text(number, seed, year=timezone.now().year), f"dummy-{seed}-{number}.txt"
    document = read_document(text.encode(), filename=filename, max_bytes=settings.MAX_UPLOAD_BYTES)
    with transaction.atomic():
        keep_text(filename=filename, text=document.text, parsed=parse_document(document))


def _cvs_of(seed: int) -> Kind:
    """Copies with numbers of ours, of people of other names; these are as long, so that all places in the texts stay true."""
    name = (
        "(%(firsts)s::text[])[1 + {0} %% cardinality(%(firsts)s::text[])] || ' ' || "
        "(%(lasts)s::text[])[1 + {0} / cardinality(%(firsts)s::text[]) %% cardinality(%(lasts)s::text[])]"
    )
    renamed = "replace(replace({}, p.was, p.new), p.was_address, p.new_address)"
    own = {
        "filename": f"'dummy-{seed}-' || c.nr || '.txt'",
        "name": "p.new",
        "text": renamed.format("o.text"),
        "parsed_json": f"({renamed.format('o.parsed_json::text')})::jsonb",
    }
    joins = f"""
        CROSS JOIN LATERAL (SELECT {name.format("c.nr")} AS new, {name.format("(1 + (c.nr - 1) %% %(originals)s)")} AS was) q
        CROSS JOIN LATERAL (SELECT q.*, lower(replace(q.new, ' ', '.')) AS new_address,
                                   lower(replace(q.was, ' ', '.')) AS was_address) p
    """
    return replace(CVS, own={**CVS.own, **own}, joins=joins)


def _run(stage: str, only: list[int]) -> None:
    """For these rows alone, whatever else may be waiting, until nothing is left."""
    while runner.run(get_stage(stage), limit=1000, only=only, trigger="command").more:
        pass
