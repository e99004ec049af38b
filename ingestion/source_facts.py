"""What the open postings of each source have and lack, and how good the source is therefore."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, replace
from typing import Any

from django.core.cache import cache
from django.db import connection

from ingestion.source_quality import SourceFacts, SourceQuality, source_quality

# By the size that is stored, since counting characters would read and unpack every text. Enough for a few sentences.
_FULL_TEXT_BYTES = 300
_JUDGED = "source-qualities"
_FACTS = """
SELECT source, count(*),
       count(*) FILTER (WHERE NOT is_snippet AND pg_column_size(description) >= %(full)s),
       count(*) FILTER (WHERE company <> ''),
       count(*) FILTER (WHERE city <> '' OR country <> '' OR remote),
       count(posted_at),
       count(coalesce(salary_min, salary_max)),
       count(*) - count(DISTINCT (content_hash, company, city_key, region, country)),
       (extract(epoch FROM now() - percentile_disc(0.5) WITHIN GROUP (ORDER BY posted_at)) / 86400)::float8
  FROM jobs_job WHERE status = 'active' AND (%(only)s::text[] IS NULL OR source = ANY(%(only)s)) GROUP BY source
"""
# Fewer say nothing: one broken link of five may be chance.
_LEAST_LINKS = 20
_LINKS = """
SELECT source, avg((outcome <> 'works')::int)::float8 FROM ingestion_linkcheck c JOIN jobs_job j ON j.id = c.job_id
 WHERE checked_at > now() - interval '30 days' AND outcome <> 'unknown' AND (%(only)s::text[] IS NULL OR source = ANY(%(only)s))
 GROUP BY source HAVING count(*) >= %(least)s
"""
_REPAIRS = """
SELECT source, repair, count(*) FROM jobs_job, jsonb_array_elements_text(repairs) AS repair
 WHERE status = 'active' AND (%(only)s::text[] IS NULL OR source = ANY(%(only)s))
 GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
"""


def source_facts(*names: str) -> dict[str, SourceFacts]:
    """By name, connected or not; of all sources, or only of those that are named. Reads their open postings once."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"full": _FULL_TEXT_BYTES, "only": list(names) or None})
        facts = {row[0]: SourceFacts(*row[1:]) for row in cursor.fetchall()}
        cursor.execute(_LINKS, {"least": _LEAST_LINKS, "only": list(names) or None})
        broken = dict(cursor.fetchall())
    return {name: replace(each, broken_links=broken.get(name)) for name, each in facts.items()}


def source_qualities(*names: str) -> dict[str, SourceQuality]:
    """The quality of every source that has open postings, or of those that are named."""
    judged = {name: source_quality(facts) for name, facts in source_facts(*names).items()}
    return {name: quality for name, quality in judged.items() if quality is not None}


def judge_sources() -> int:
    """Judge every source now and remember it for :func:`judged_sources`; returns how many. Reads all open postings."""
    judged = source_qualities()
    # Plain values: the cache may keep JSON.
    cache.set(_JUDGED, {name: asdict(quality) for name, quality in judged.items()}, None)
    return len(judged)


def judged_sources() -> dict[str, SourceQuality]:
    """The qualities as they were judged last, at the cost of one look into the cache; none before the first time."""
    kept: dict[str, dict[str, Any]] = cache.get(_JUDGED) or {}
    return {name: SourceQuality(**row) for name, row in kept.items()}


def repairs_by_source(*names: str) -> dict[str, dict[str, int]]:
    """How many open postings of each source needed each repair, the most frequent first."""
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_REPAIRS, {"only": list(names) or None})
        for name, repair, count in cursor.fetchall():
            sums[name][repair] = count
    return dict(sums)
