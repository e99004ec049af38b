"""A document in, a JSON Resume with confidence and evidence out; every value stands in the document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ingestion.integrity import without_concerns
from ingestion.parse.assemble import assemble
from ingestion.parse.confidence import calibrated, fitted
from ingestion.parse.contact import ContactArea, as_e164, find_addresses, find_email, find_phone, find_region
from ingestion.parse.education import read_education
from ingestion.parse.languages import mentioned_languages, read_languages
from ingestion.parse.listings import (
    read_awards,
    read_certificates,
    read_interests,
    read_projects,
    read_publications,
    read_references,
    read_summary,
)
from ingestion.parse.location import find_location
from ingestion.parse.mentions import mentioned_skills
from ingestion.parse.person import find_label, find_name
from ingestion.parse.pieces import Entry, Found
from ingestion.parse.regions import likely_country
from ingestion.parse.running import with_lines
from ingestion.parse.sections import Section, split_sections
from ingestion.parse.skills import read_skills
from ingestion.parse.strays import stray_skills, unnamed_skills
from ingestion.parse.work import read_work
from ingestion.values import Document, Line, ParsedCV

READERS: dict[str, Callable[[list[Line]], list[Entry]]] = {
    "work": read_work,
    "volunteer": lambda lines: read_work(lines, employer_key="organization"),
    "education": read_education,
    "skills": read_skills,
    "languages": read_languages,
    "certificates": read_certificates,
    "projects": read_projects,
    "awards": read_awards,
    "publications": read_publications,
    "interests": read_interests,
    "references": read_references,
}


def parse_document(document: Document) -> ParsedCV:
    return calibrated(parse_raw(document), document, fitted())


def parse_raw(document: Document) -> ParsedCV:
    """The same with the parser's own confidence, on which the calibration is fitted."""
    document = without_concerns(document)
    document = with_lines(document)
    sections = split_sections(document)
    area = _contact_area(document, sections)
    basics = _basics(sections, area)
    tree: dict[str, Any] = {"basics": basics}
    for kind, reader in READERS.items():
        found = [entry for section in sections if section.kind == kind for entry in reader(section.lines)]
        if kind == "skills":
            found += unnamed_skills(sections) or ([] if found else stray_skills(sections))
        if kind == "languages" and not found:
            found = mentioned_languages(sections[0].lines if sections else [])
        if found:
            tree[kind] = found
    phone = basics["phone"]
    parsed = assemble(document, tree, phone_e164=as_e164(phone.value, area.region) if phone else "")
    return replace(parsed, mentioned_skills=mentioned_skills(document, sections, parsed.resume))


def _contact_area(document: Document, sections: list[Section]) -> ContactArea:
    own = [line for s in sections if s.kind in ("", "contact", "profiles") for line in s.lines]
    own += _beside_the_top(sections, own) + _beside_the_email(sections, own)
    email = find_email(ContactArea(document, own, ""))
    named = find_region(own + _about(sections), email.value if email else "")
    headings = [section.heading.text for section in sections if section.heading]
    return ContactArea(document, own, named or likely_country(own, headings))


def _about(sections: list[Section]) -> list[Line]:
    return [line for s in sections if s.kind == "summary" for line in s.lines]


def _basics(sections: list[Section], area: ContactArea) -> dict[str, Any]:
    top = sections[0].lines if sections and not sections[0].kind else []
    about = _about(sections)
    email = find_email(area)
    url, profiles = find_addresses(area)
    if url and email and email.value.endswith(url.value):
        url = None  # the rest of a wrapped e-mail address
    name, label = find_name(area.document, top, email.value if email else "")
    return {
        "name": name,
        "label": label or find_label(top, name),
        "email": email,
        "phone": find_phone(area) or find_phone(ContactArea(area.document, about, area.region)),
        "url": url,
        "summary": _summary(sections, name),
        "location": find_location(area.lines, name) or find_location(about),
        "profiles": profiles,
    }


def _beside_the_top(sections: list[Section], own: list[Line]) -> list[Line]:
    """Lines that stand higher on the first page than any heading, though another column holds them."""
    heights = [s.heading.y0 for s in sections if s.heading and s.heading.page == 1 and s.heading.y0]
    limit = min(heights, default=0)
    return [line for s in sections for line in s.lines if line.page == 1 and line.y0 < limit and line not in own]


def _beside_the_email(sections: list[Section], own: list[Line]) -> list[Line]:
    """Where a section of another name, such as *About*, holds the e-mail, its short lines are contact details."""
    if any("@" in line.text for line in own):
        return []
    holder = next((s.lines for s in sections if any("@" in line.text for line in s.lines)), [])
    return [line for line in holder if len(line.text) < 60 and line not in own]


def _summary(sections: list[Section], name: Found | None) -> Found | None:
    """The section made for it, else a long text at the top."""
    for section in sections:
        if section.kind == "summary" and (summary := read_summary(section.lines)):
            return summary
    top = sections[0].lines if sections and not sections[0].kind else []
    long = [line for line in top if len(line.text) > 60 and "@" not in line.text and line.text.count(" ") > 7]
    return read_summary(long)
