"""Which values of a JSON Resume people may correct, and of what kind each is."""

from __future__ import annotations

LINE, TEXT, DATE, EMAIL, PHONE, URL, COUNTRY, LIST = "line", "text", "date", "email", "phone", "url", "country", "list"

BASICS, PROFILES, MENTIONED = "basics", "basics.profiles", "mentionedSkills"

# Section → field → kind; a list holds texts. Nested fields are written with a dot.
FIELDS: dict[str, dict[str, str]] = {
    BASICS: {
        "name": LINE,
        "label": LINE,
        "email": EMAIL,
        "phone": PHONE,
        "url": URL,
        "location.address": LINE,
        "location.postalCode": LINE,
        "location.city": LINE,
        "location.region": LINE,
        "location.countryCode": COUNTRY,
        "summary": TEXT,
    },
    PROFILES: {"network": LINE, "username": LINE, "url": URL},
    "work": {
        "position": LINE,
        "name": LINE,
        "location": LINE,
        "url": URL,
        "startDate": DATE,
        "endDate": DATE,
        "summary": TEXT,
        "highlights": LIST,
    },
    "volunteer": {
        "position": LINE,
        "organization": LINE,
        "startDate": DATE,
        "endDate": DATE,
        "summary": TEXT,
        "highlights": LIST,
    },
    "education": {
        "institution": LINE,
        "studyType": LINE,
        "area": LINE,
        "startDate": DATE,
        "endDate": DATE,
        "score": LINE,
        "courses": LIST,
    },
    "skills": {"name": LINE, "level": LINE, "keywords": LIST},
    "languages": {"language": LINE, "fluency": LINE},
    "certificates": {"name": LINE, "issuer": LINE, "date": DATE},
    "projects": {"name": LINE, "description": TEXT, "startDate": DATE, "endDate": DATE, "highlights": LIST},
    "awards": {"title": LINE, "awarder": LINE, "date": DATE, "summary": TEXT},
    "publications": {"name": LINE, "publisher": LINE, "releaseDate": DATE},
    "interests": {"name": LINE},
    "references": {"name": LINE, "reference": TEXT},
    MENTIONED: {"name": LINE},
}

# The field that an entry goes by in its section; entries of other sections are known by all their words.
NAMES = {
    PROFILES: "url",
    "skills": "name",
    "languages": "language",
    "certificates": "name",
    "projects": "name",
    "awards": "title",
    "publications": "name",
    "interests": "name",
    "references": "name",
    MENTIONED: "name",
}
# Sections whose entries are little more than that name: another name is another entry, however alike the rest.
BY_NAME_ONLY = {PROFILES, "skills", "languages", "interests", MENTIONED}

MAX_ENTRIES, MAX_ITEMS, MAX_CORRECTIONS = 100, 100, 1000
MAX_HELD = 4_000_000  # characters that the corrections of a CV hold on to: each keeps what was read in its entry
