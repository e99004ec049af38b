"""JSON Resume (jsonresume.org schema) as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Location:
    address: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country_code: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    network: str = ""
    username: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Basics:
    name: str = ""
    label: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    summary: str = ""
    location: Location = field(default_factory=Location)
    profiles: tuple[Profile, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """``name`` is the employer; dates are ``YYYY-MM`` or ``YYYY``; a current job has no end date."""

    name: str = ""
    position: str = ""
    location: str = ""
    url: str = ""
    start_date: str = ""
    end_date: str = ""
    summary: str = ""
    highlights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Volunteer:
    organization: str = ""
    position: str = ""
    start_date: str = ""
    end_date: str = ""
    summary: str = ""
    highlights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Education:
    institution: str = ""
    area: str = ""
    study_type: str = ""
    start_date: str = ""
    end_date: str = ""
    score: str = ""
    courses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skill:
    """A single skill, or with keywords a named group of skills."""

    name: str = ""
    level: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    language: str = ""
    fluency: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    name: str = ""
    issuer: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    name: str = ""
    description: str = ""
    start_date: str = ""
    end_date: str = ""
    highlights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Award:
    title: str = ""
    awarder: str = ""
    date: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    name: str = ""
    publisher: str = ""
    release_date: str = ""


@dataclass(frozen=True, slots=True)
class Interest:
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Who would speak for the person, with how to reach them where that is told, or the words of a recommendation."""

    name: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """JSON Resume (jsonresume.org schema), the parts we read."""

    basics: Basics = field(default_factory=Basics)
    work: tuple[Work, ...] = ()
    volunteer: tuple[Volunteer, ...] = ()
    education: tuple[Education, ...] = ()
    skills: tuple[Skill, ...] = ()
    languages: tuple[Language, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    projects: tuple[Project, ...] = ()
    awards: tuple[Award, ...] = ()
    publications: tuple[Publication, ...] = ()
    interests: tuple[Interest, ...] = ()
    references: tuple[Reference, ...] = ()
