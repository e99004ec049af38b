"""How good the postings of a source are, from 0 to 100, from counts alone."""

from __future__ import annotations

from dataclasses import dataclass

# What each part weighs. The text weighs most: without it nothing can be matched. The last two count once they are known.
WEIGHTS = {
    "full text": 30,
    "company": 15,
    "place": 15,
    "date": 10,
    "pay": 10,
    "no duplicates": 10,
    "fresh": 10,
    "working links": 10,
    "clicked": 5,
}
# A median age up to the first counts in full, from the second on not at all.
FRESH_DAYS, STALE_DAYS = 7.0, 60.0


@dataclass(frozen=True)
class SourceFacts:
    """Counts of the open postings of one source; None where something is not known of it."""

    postings: int
    full_text: int = 0
    company: int = 0
    place: int = 0
    dated: int = 0
    pay: int = 0
    duplicates: int = 0
    median_age_days: float | None = None
    broken_links: float | None = None
    click_through: float | None = None


@dataclass(frozen=True)
class SourceQuality:
    """``parts`` holds the share of each part that is known, 0 to 1, by its name in WEIGHTS."""

    score: int
    parts: dict[str, float]


def source_quality(facts: SourceFacts) -> SourceQuality | None:
    """The weighted mean of the parts that are known; None without postings.

    ``broken_links`` and ``click_through`` are shares of those that were looked at; of clicks a tenth is as good as any.
    """
    if not facts.postings:
        return None
    parts = {
        "full text": facts.full_text / facts.postings,
        "company": facts.company / facts.postings,
        "place": facts.place / facts.postings,
        "date": facts.dated / facts.postings,
        "pay": facts.pay / facts.postings,
        "no duplicates": 1 - facts.duplicates / facts.postings,
    }
    if facts.median_age_days is not None:
        aged = (facts.median_age_days - FRESH_DAYS) / (STALE_DAYS - FRESH_DAYS)
        parts["fresh"] = 1 - min(1.0, max(0.0, aged))
    if facts.broken_links is not None:
        parts["working links"] = 1 - facts.broken_links
    if facts.click_through is not None:
        parts["clicked"] = min(1.0, facts.click_through * 10)
    weight = sum(WEIGHTS[name] for name in parts)
    return SourceQuality(round(100 * sum(WEIGHTS[name] * share for name, share in parts.items()) / weight), parts)
