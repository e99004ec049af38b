"""What sources say in free words, read into the fields of a posting: places, pay, workplace, level, sections of text."""

from ingestion.sources.wording.gazetteer import is_town
from ingestion.sources.wording.pay import HOURLY_BELOW, pay_of
from ingestion.sources.wording.places import place_of, places_of, worded_places
from ingestion.sources.wording.words import level_of, sections_html, workplace_of

__all__ = [
    "HOURLY_BELOW",
    "is_town",
    "level_of",
    "pay_of",
    "place_of",
    "places_of",
    "sections_html",
    "worded_places",
    "workplace_of",
]
