"""From CVs and jobs to their vectors, through a cache that gives each whole text to the model once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from django.conf import settings
from django.db import transaction

from cvmatch.core import cache_counts
from cvmatch.core.cache import VECTORS, lasting, store
from cvmatch.core.text import content_hash
from ingestion.models import CV
from ingestion.values import ParsedCV
from jobs.models import Job
from jobs.skills import skill_name
from matching.embedding import Vector, built, embed, get_provider, provider_in_use
from matching.embedding import text as texts
from matching.embedding.passages import cv_passages, job_passages
from matching.linking import Linker, read_sure_linker
from matching.linking.implied import Told, implied_skills
from matching.models import Kind, TextEmbedding
from matching.values import Passage, Passages, Role, SkillLink


@dataclass(frozen=True)
class TextVectors:
    """All vectors of one CV or job: one by kind (a text without a word in it has none), and one by passage; of a CV also the
    skills that its passages mean without naming them."""

    by_kind: Mapping[str, Vector]
    passages: Passages
    links: tuple[SkillLink, ...] = ()


def cv_vectors(cvs: Sequence[CV]) -> list[TextVectors]:
    """The vectors of each CV."""
    parsed = [cv.parsed for cv in cvs]
    of_each = [cv_texts(cv, resume) for cv, resume in zip(cvs, parsed, strict=True)]
    by_kind = _by_kind({kind: [of_cv[kind] for of_cv in of_each] for kind in Kind})
    passages = _embedded(
        [
            (cv.matched_text, cv_passages(cv.matched_text, texts.cv_title_spans(resume)))
            for cv, resume in zip(cvs, parsed, strict=True)
        ]
    )
    return [TextVectors(*row) for row in zip(by_kind, passages, _links(cvs, passages), strict=True)]


def cv_texts(cv: CV, parsed: ParsedCV) -> dict[Kind, str]:
    """The whole texts of a CV that are embedded through the cache."""
    return {
        Kind.TEXT: texts.cv_text(cv.matched_text, parsed),
        Kind.TITLE: texts.cv_title_text(parsed, cv.matched_text),
        Kind.SKILLS: _names(mention.skill_id for mention in cv.skills),
    }


def job_vectors(jobs: Sequence[Job]) -> list[TextVectors]:
    """The vectors of each job."""
    by_kind = _by_kind(
        {
            Kind.TEXT: [texts.job_text(job.title, job.description) for job in jobs],
            Kind.TITLE: [texts.job_title_text(job.title) for job in jobs],
            Kind.SKILLS: [_names(skill.skill_id for skill in job.requirements.skills) for job in jobs],
        }
    )
    passages = _embedded([(job.description, job_passages(job.description)) for job in jobs])
    return [TextVectors(*both) for both in zip(by_kind, passages, strict=True)]


def embed_cached(texts: Sequence[str]) -> list[Vector]:
    """Vectors for the texts; a text is given to the model once, ever, and after that comes from Redis (L3) or the database."""
    provider = get_provider()
    hashes = [content_hash(text) for text in texts]
    vectors = _near_at_hand(provider.name, set(hashes))
    stored = TextEmbedding.objects.filter(model=provider.name, content_hash__in=set(hashes) - vectors.keys())
    fetched = {key: np.asarray(half, np.float32) for key, half in stored.values_list("content_hash", "embedding")}
    new = {key: text for key, text in zip(hashes, texts, strict=True) if key not in vectors and key not in fetched}
    made: dict[str, Vector] = {}
    if new:
        made = dict(zip(new, embed(list(new.values())), strict=True))
        TextEmbedding.objects.bulk_create(
            [TextEmbedding(content_hash=key, model=provider.name, embedding=made[key]) for key in sorted(new)],
            ignore_conflicts=True,
        )
    _keep_at_hand(provider.name, fetched | made)
    cache_counts.count(VECTORS.name, hits=len(vectors) + len(fetched), misses=len(made))
    vectors |= fetched | made
    return [vectors[key] for key in hashes]


def forget_vectors(hashes: Collection[str]) -> None:
    """Forget the vectors of the texts with these hashes, by whatever model."""
    rows = TextEmbedding.objects.filter(content_hash__in=hashes)
    keys = [_vector_key(model, key) for model, key in rows.values_list("model", "content_hash")]
    rows.delete()
    if settings.REDIS_URL:
        transaction.on_commit(lambda: store.delete(keys))


def _near_at_hand(model: str, hashes: Collection[str]) -> dict[str, Vector]:
    """Those in Redis; a table before the table of vectors would be no quicker."""
    if not settings.REDIS_URL:
        return {}
    keys = {_vector_key(model, key): key for key in hashes}
    found = store.get_many(keys)
    return {keys[name]: np.frombuffer(value, dtype=np.float16).astype(np.float32) for name, value in found.items()}


def _keep_at_hand(model: str, vectors: Mapping[str, Vector]) -> None:
    """With half precision, as the database has them."""
    if settings.REDIS_URL and vectors:
        halves = {_vector_key(model, key): vector.astype(np.float16).tobytes() for key, vector in vectors.items()}
        store.put(halves, lasting(VECTORS.life_s))


def _vector_key(model: str, text_hash: str) -> str:
    return f"{VECTORS.name}:{model}:{text_hash}"


def cv_linker() -> Linker | None:
    """What links CVs, loaded once in a process; none where the model is not the one that linking was fitted on."""
    return _linker_of(provider_in_use())


@cache
def _linker_of(provider_name: str) -> Linker | None:
    provider = built(provider_name)
    return read_sure_linker(provider.name, provider.embed)


def _links(cvs: Sequence[CV], passages: Sequence[Passages]) -> list[tuple[SkillLink, ...]]:
    linker = cv_linker()
    if linker is None:
        return [()] * len(cvs)
    lines = [[(p.start, p.end) for p in of_cv.passages if p.role is Role.SHOWS] for of_cv in passages]
    told = (Told(cv.matched_text, of_cv, cv.skill_mentions) for cv, of_cv in zip(cvs, lines, strict=True))
    return implied_skills(linker, list(told))


def _names(skill_ids: Iterable[str]) -> str:
    """The skills in a fixed order, since the same set is the same text."""
    return ", ".join(sorted({skill_name(skill_id) for skill_id in skill_ids}))


def _said(piece: str, passage: Passage) -> str:
    """What is embedded of a passage: of a title the occupation, as with the titles of jobs."""
    return texts.job_title_text(piece) if passage.role is Role.TITLE else piece


def _by_kind(texts_by_kind: Mapping[Kind, Sequence[str]]) -> list[dict[str, Vector]]:
    flat = [text for texts in texts_by_kind.values() for text in texts]
    vectors = iter(embed_cached(flat))
    columns = {kind.value: [next(vectors) for _ in texts] for kind, texts in texts_by_kind.items()}
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return [{kind: vector for kind, vector in row.items() if vector.any()} for row in rows]


def _embedded(cut: Sequence[tuple[str, tuple[Passage, ...]]]) -> list[Passages]:
    """The passages of each text with vectors. They are not cached one by one: they change only together with their text,
    and there are twenty times as many of them as of texts."""
    pieces = [[_said(text[p.start : p.end], p) for p in passages] for text, passages in cut]
    unique = sorted({piece for row in pieces for piece in row})
    vectors = dict(zip(unique, embed(unique), strict=True)) if unique else {}
    return [
        Passages(passages, np.array([vectors[piece] for piece in row], dtype=np.float32).reshape(-1, 384))
        for (_, passages), row in zip(cut, pieces, strict=True)
    ]
