"""From CVs and jobs to their vectors, through a cache that gives each text to the model once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cvmatch.core.text import content_hash
from ingestion.models import CV
from jobs.models import Job
from matching.embedding import Vector, get_provider
from matching.embedding import text as texts
from matching.models import Kind, TextEmbedding

Vectors = Mapping[str, Vector]


def cv_vectors(cvs: Sequence[CV]) -> list[Vectors]:
    """The vectors of each CV by kind; a text without a word in it has none."""
    parsed = [cv.parsed for cv in cvs]
    pairs = list(zip(cvs, parsed, strict=True))
    whole = [texts.cv_text(cv.matched_text, resume) for cv, resume in pairs]
    return _by_kind(whole, [texts.cv_title_text(resume, cv.matched_text) for cv, resume in pairs])


def job_vectors(jobs: Sequence[Job]) -> list[Vectors]:
    """The vectors of each job by kind."""
    whole = [texts.job_text(job.title, job.description) for job in jobs]
    return _by_kind(whole, [texts.job_title_text(job.title) for job in jobs])


def embed_cached(texts: Sequence[str]) -> list[Vector]:
    """Vectors for the texts; a text is given to the model once, ever, and after that comes from the database."""
    provider = get_provider()
    hashes = [content_hash(text) for text in texts]
    known = dict(
        TextEmbedding.objects.filter(model=provider.name, content_hash__in=set(hashes)).values_list(
            "content_hash", "embedding"
        )
    )
    vectors: dict[str, Vector] = {key: np.asarray(half, dtype=np.float32) for key, half in known.items()}
    new = {key: text for key, text in zip(hashes, texts, strict=True) if key not in vectors}
    if new:
        vectors |= dict(zip(new, provider.embed(list(new.values())), strict=True))
        TextEmbedding.objects.bulk_create(
            [TextEmbedding(content_hash=key, model=provider.name, embedding=vectors[key]) for key in sorted(new)],
            ignore_conflicts=True,
        )
    return [vectors[key] for key in hashes]


def _by_kind(whole: Sequence[str], titles: Sequence[str]) -> list[Vectors]:
    vectors = embed_cached([*whole, *titles])
    pairs = zip(vectors[: len(whole)], vectors[len(whole) :], strict=True)
    named = ({Kind.TEXT.value: text, Kind.TITLE.value: title} for text, title in pairs)
    return [{kind: vector for kind, vector in row.items() if vector.any()} for row in named]
