"""Which text of a CV and of a job is embedded."""

from __future__ import annotations

from ingestion.identity import hide_in
from ingestion.values import ParsedCV, Resume, Span
from jobs.titles import read_title

# Below this share of the document, the parse missed most of it and the document itself says more.
ENOUGH_OF_TEXT = 0.3
RECENT_TITLES = 3
MOST_TITLES = 8


def cv_text(matched_text: str, parsed: ParsedCV) -> str:
    """What the CV says of the work; ``matched_text`` is its text with the person hidden."""
    told = hide_in("\n".join(_told(parsed.resume)), parsed)
    shown = _without_blanks(matched_text)
    return told if len(told) >= ENOUGH_OF_TEXT * len(shown) else shown


def _without_blanks(text: str) -> str:
    """Without the spaces that stand for what was hidden: how much that was must not show."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def cv_title_text(parsed: ParsedCV, matched_text: str) -> str:
    """The person's own label and latest positions; without any, the first short line."""
    titles = [read_title(hide_in(title, parsed)).core for title in parsed.titles[:RECENT_TITLES]]
    return ", ".join(dict.fromkeys(title for title in titles if title)) or _first_line(_without_blanks(matched_text))


def cv_title_spans(parsed: ParsedCV) -> tuple[Span, ...]:
    """Where the person's label and positions stand in the text, in the order of the reading, each wording once."""
    places = [("basics.label", parsed.resume.basics.label)]
    places += [(f"work[{number}].position", work.position) for number, work in enumerate(parsed.resume.work)]
    first = {text: parsed.evidence[path].span for path, text in reversed(places) if text and path in parsed.evidence}
    return tuple(sorted(first.values(), key=lambda span: span.start))[:MOST_TITLES]


def job_text(title: str, description: str) -> str:
    return f"{title}\n{description}".strip()


def job_title_text(title: str) -> str:
    """The title without level, place and gender marks; the title itself when nothing else is left."""
    return read_title(title).core or title


def _told(resume: Resume) -> list[str]:
    lines = [resume.basics.label, resume.basics.summary]
    for job in resume.work:
        lines += [job.position, job.summary, *job.highlights]
    for project in resume.projects:
        lines += [project.name, project.description, *project.highlights]
    lines += [", ".join((skill.name, *skill.keywords)) for skill in resume.skills]
    lines += [" ".join((entry.study_type, entry.area)) for entry in resume.education]
    lines += [certificate.name for certificate in resume.certificates]
    return [line.strip() for line in lines if line.strip()]


def _first_line(text: str) -> str:
    lines = (line.strip() for line in text[:1000].splitlines())
    return next((line for line in lines if 3 <= len(line) <= 90), "")
