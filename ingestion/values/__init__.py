"""What we read from a CV: the document with its positions, and the JSON Resume with confidence and evidence."""

from ingestion.values.document import Concern, Document, Line, Link, Span
from ingestion.values.parsed import PARSER_VERSION, Evidence, Mention, ParsedCV
from ingestion.values.resume import (
    Award,
    Basics,
    Certificate,
    Education,
    Interest,
    Language,
    Location,
    Profile,
    Project,
    Publication,
    Reference,
    Resume,
    Skill,
    Volunteer,
    Work,
)

__all__ = [
    "PARSER_VERSION",
    "Award",
    "Basics",
    "Certificate",
    "Concern",
    "Document",
    "Education",
    "Evidence",
    "Interest",
    "Language",
    "Line",
    "Link",
    "Location",
    "Mention",
    "ParsedCV",
    "Profile",
    "Project",
    "Publication",
    "Reference",
    "Resume",
    "Skill",
    "Span",
    "Volunteer",
    "Work",
]
