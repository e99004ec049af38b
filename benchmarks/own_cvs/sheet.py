"""A person's CV as it will be printed: every text in its wording, before any layout; and the truth about it."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers

from benchmarks.own_cvs.person import Person, Station
from benchmarks.own_cvs.wording import Wording

_NETWORKS = {"linkedin.com": "LinkedIn", "github.com": "GitHub"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One station: its period, what the person was, where, and what they did."""

    when: str
    what: str
    where: str
    place: str
    did: tuple[str, ...] = ()

    @property
    def employer(self) -> str:
        return f"{self.where}, {self.place}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """All texts of one CV."""

    person: Person
    wording: Wording
    work: tuple[Entry, ...]
    education: tuple[Entry, ...]

    @classmethod
    def of(cls, person: Person, seed: str) -> Sheet:
        wording = Wording.choose(person.language, random.Random(f"{person.id} {seed}"))
        work, education = (
            tuple(_entry(station, wording) for station in stations) for stations in (person.work, person.education)
        )
        return cls(person, wording, work, education)

    def heading(self, section: str) -> str:
        return self.wording.headings[section]

    @property
    def address(self) -> str:
        street, postal, town = self.person.address
        return f"{street}, {postal} {town}"

    @property
    def contact(self) -> tuple[str, ...]:
        return (self.address, self.person.phone, self.person.email, *self.person.links)

    @property
    def fields(self) -> Mapping[str, str]:
        """Personal data with their names, as in a table at the head of a CV; without the name."""
        named = self.wording.fields
        always = {named["address"]: self.address, named["phone"]: self.person.phone, named["email"]: self.person.email}
        links = {named["link"]: ", ".join(self.person.links)} if self.person.links else {}
        return {**always, **links, **self.person.details}

    @property
    def details(self) -> tuple[str, ...]:
        return tuple(f"{name}: {value}" for name, value in self.person.details.items())

    @property
    def skills(self) -> tuple[tuple[str, str], ...]:
        """Groups with their members; a flat list is one group without a name."""
        skills = self.person.skills
        groups = skills.items() if isinstance(skills, Mapping) else [("", skills)]
        return tuple((name, ", ".join(members)) for name, members in groups)

    @property
    def certificates(self) -> tuple[str, ...]:
        return tuple(f"{name} ({year})" for name, year in self.person.certificates)

    def truth(self, layout: str, file_format: str, *, hidden: Collection[str] = ()) -> dict[str, Any]:
        """JSON Resume of what a layout shows that leaves out the ``hidden`` basics; ``meta`` says what else counts as right."""
        person = self.person
        number = phonenumbers.parse(person.phone, person.country)
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        shown = "".join(sign for sign in person.phone if sign.isdigit())
        return {
            "basics": {key: value for key, value in self._basics().items() if key not in hidden},
            "work": [self._job(station) for station in person.work],
            "education": [self._study(station) for station in person.education],
            "skills": self._skills(),
            "languages": [{"language": name, "fluency": level} for name, level in person.languages],
            "certificates": [{"name": name, "date": year} for name, year in person.certificates],
            "meta": {
                "layout": layout,
                "format": file_format,
                "language": person.language,
                "country": person.country,
                "split": "held-out" if person.held_out else "dev",
                "nameAccept": list(dict.fromkeys([person.name, person.printed, _family_first(person)])),
                "phoneAccept": list(dict.fromkeys([e164.lstrip("+"), shown])),
                "dateForm": self.wording.form,
            },
        }

    def _basics(self) -> dict[str, Any]:
        person = self.person
        known = [(link, _NETWORKS.get(link.split("/")[0])) for link in person.links]
        profiles = [{"network": n, "username": link.rsplit("/")[-1], "url": link} for link, n in known if n]
        return {
            "name": person.name,
            "label": person.label,
            "email": person.email,
            "phone": person.phone,
            "summary": person.summary,
            "location": {"city": person.address[2], "countryCode": person.country},
            "profiles": profiles,
            "url": next((link for link, network in known if not network), ""),
        }

    def _job(self, station: Station) -> dict[str, Any]:
        return {"name": station.where, "position": station.what, **self._dates(station), "highlights": [*station.did]}

    def _study(self, station: Station) -> dict[str, Any]:
        return {
            "institution": station.where,
            "studyType": station.what,
            "area": station.area,
            **self._dates(station),
        }

    def _dates(self, station: Station) -> dict[str, str]:
        dates = {"startDate": self.wording.shown(station.start), "endDate": self.wording.shown(station.end)}
        return {name: date for name, date in dates.items() if date}

    def _skills(self) -> list[dict[str, Any]]:
        skills = self.person.skills
        if isinstance(skills, Mapping):
            return [{"name": name, "keywords": [*members]} for name, members in skills.items()]
        return [{"name": name} for name in skills]


def _entry(station: Station, wording: Wording) -> Entry:
    what = " ".join(filter(None, (station.what, station.area)))
    return Entry(wording.period(station.start, station.end), what, station.where, station.place, station.did)


def _family_first(person: Person) -> str:
    """ "MARTINEAU Camille" is the same name as "Camille MARTINEAU"; other names have one order only."""
    given, _, family = person.name.partition(" ")
    return f"{family} {given}" if family.isupper() else person.name
