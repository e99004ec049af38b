"""Small facts about text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cvmatch.core.text import content_hash, englishness, squeeze

ENGLISH = (
    "We are looking for an engineer who builds and runs the pipelines of our platform with a small team in Berlin."
)
GERMAN = (
    "Wir suchen eine Person, die unsere Plattform mit einem kleinen Team weiterentwickelt und zuverlässig betreibt."
)
LIST = "Python SQL PostgreSQL Docker Kubernetes Terraform Airflow Kafka Spark Redis Linux Git Jenkins Ansible"


parts = st.lists(st.text(alphabet="ab\ud800", max_size=4), min_size=1, max_size=4)


@given(parts, parts)
def test_different_parts_have_different_hashes(one: list[str], other: list[str]) -> None:
    assert (content_hash(*one) == content_hash(*other)) == (one == other)


def test_the_place_of_the_cut_counts() -> None:
    assert content_hash("ab", "c") != content_hash("a", "bc")
    assert len(content_hash("")) == 64


@given(st.text())
def test_squeezing_leaves_one_line_without_double_spaces(text: str) -> None:
    squeezed = squeeze(text)
    assert squeezed == squeeze(squeezed)
    assert "  " not in squeezed
    assert "\n" not in squeezed


def test_english_is_told_from_other_languages_and_a_short_text_is_given_the_benefit() -> None:
    assert englishness(ENGLISH) == 1
    assert englishness(GERMAN) < 0.3
    assert englishness("Krankenpfleger") == 1
    assert 0 <= englishness(LIST) <= 1


@given(st.text())
def test_englishness_is_a_share(text: str) -> None:
    assert 0 <= englishness(text) <= 1
