"""What every embedding provider promises: one unit vector a text, the same each time, whatever the length."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from cvmatch.core.backends import build
from matching.embedding import EmbeddingProvider
from matching.models import DIMENSIONS
from tests.embedding_server import EmbeddingServer, honest

TEXTS = ["Data engineer with Python and SQL", "Krankenpfleger für die Intensivstation", "x", "e\u0301 ✓ \u200b end"]
_built: dict[str, EmbeddingProvider] = {}


# The model takes seconds to load: its tests stay in one process, where it is built once.
@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.xdist_group(f"embedding-{name}")) for name in settings.EMBEDDING_PROVIDERS
    ]
)
def provider(request) -> EmbeddingProvider:
    name = request.param
    if name not in _built:
        _built[name] = build(_spec(name))
    return _built[name]


def _spec(name: str) -> dict[str, Any]:
    """As the settings say; the endpoint is a local server, which lives as long as the process."""
    spec = settings.EMBEDDING_PROVIDERS[name]
    if name != "openai":
        return spec
    named = {"url": EmbeddingServer(honest).url, "model": "hashing", "per_minute": 6000}
    return {**spec, "OPTIONS": {**spec["OPTIONS"], **named}}


def cosine(a, b) -> float:
    return float(np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)))


def test_each_text_becomes_one_vector_of_length_one(provider) -> None:
    vectors = provider.embed(TEXTS)
    assert [vector.shape for vector in vectors] == [(DIMENSIONS,)] * len(TEXTS)
    assert {vector.dtype for vector in vectors} == {np.dtype(np.float32)}
    assert all(abs(float(np.linalg.norm(vector)) - 1) < 1e-3 for vector in vectors)


def test_no_texts_give_no_vectors(provider) -> None:
    assert provider.embed([]) == []


@pytest.mark.parametrize("empty", ["", "   \n\t"])
def test_a_text_without_a_word_gives_zeros_and_does_not_disturb_its_neighbours(provider, empty: str) -> None:
    first, nothing, last = provider.embed([TEXTS[0], empty, TEXTS[1]])
    assert not nothing.any()
    assert cosine(first, provider.embed([TEXTS[0]])[0]) > 0.999
    assert cosine(last, provider.embed([TEXTS[1]])[0]) > 0.999


def test_the_same_text_gives_the_same_vector_also_from_a_new_provider(provider) -> None:
    once, again = provider.embed([TEXTS[0]])[0], provider.embed([TEXTS[0]])[0]
    assert np.array_equal(once, again)
    if provider.name.startswith("hashing"):
        assert np.array_equal(once, type(provider)().embed([TEXTS[0]])[0])


def test_vectors_come_in_the_order_of_the_texts_whatever_their_lengths(provider) -> None:
    texts = [word * length for word, length in (("nurse ", 400), ("cook ", 1), ("pilot ", 90), ("baker ", 700))]
    together = provider.embed(texts)
    for text, vector in zip(texts, together, strict=True):
        assert cosine(vector, provider.embed([text])[0]) > 0.999


def test_a_long_text_is_read_to_its_end(provider) -> None:
    words = random.Random(7)
    kitchen = [words.choice("cook kitchen chef menu restaurant dishes".split()) for _ in range(200)]
    rest = [words.choice("python sql software database engineer code".split()) for _ in range(2800)]
    whole, beginning, end = provider.embed([" ".join([*kitchen, *rest]), " ".join(kitchen), " ".join(rest)])
    assert abs(float(np.linalg.norm(whole)) - 1) < 1e-3
    assert cosine(whole, beginning) < 0.9
    assert cosine(whole, end) > cosine(whole, beginning)


def test_texts_that_share_words_are_nearer_than_texts_that_do_not(provider) -> None:
    engineer, alike, nurse = provider.embed(
        ["Data engineer, Python and SQL", "Python and SQL engineer for data", "Nurse on a children's ward"]
    )
    assert cosine(engineer, alike) > cosine(engineer, nurse) + 0.2


def test_warming_up_is_allowed_at_any_time_and_the_name_fits_its_column(provider) -> None:
    provider.warm_up()
    assert 0 < len(provider.name) <= 60
