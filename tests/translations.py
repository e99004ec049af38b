"""What has to be translated: every text of templates and code, and words that are kept in English and said in a page.

``python -m tests.translations`` adds what is new to the catalogue, takes out what is gone, and compiles it.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"
APPS = ("cvmatch", "jobs", "ingestion", "matching")
# Reasons of failures are raised in English, as the API says them, and translated where a page shows them.
ERRORS = ("NotFound", "InvalidInput", "NotAllowed", "Gone", "Conflict", "UnreadableDocument", "CvmatchError")
SINGLE = {*ERRORS, "_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
# What only programs and those who run commands are told stays English.
ENGLISH = {
    "migrations",
    "demo",
    "management",
    "api",
    "http_api",
    "sources",
    "skills",
    "settings",
    "google_talent",
    "linking",
    "learning",
}
ENGLISH_FILES = {
    "operations_api.py",
    "webhooks_api.py",
    "searches_api.py",
    "performance_api.py",
    "experiments_api.py",
    "api.py",
    "up.py",
    "embedded.py",
    "taxonomy.py",
}
ENGLISH_FILES |= {"evaluation.py", "trec.py", "reproducing.py", "catalogue.py", "streams.py", "queue.py", "openapi.py"}

NOISE = tuple(f'"{name}' for name in ("Report-", "POT-", "PO-Rev", "Last-", "Language-T", "Generated", "Project"))

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

Message = str | tuple[str, ...]


def messages() -> Catalog:
    """Everything that a page may say, in no language yet."""
    found: dict[str, Message] = {}
    for message in (*_of_templates(), *_of_code(), *_words()):
        single = message if isinstance(message, str) else message[0]
        if single and (single not in found or not isinstance(message, str)):
            found[single] = message
    catalog = Catalog(locale="de", project="cvmatch", header_comment="# The German texts of cvmatch.", fuzzy=False)
    for single in sorted(found, key=lambda text: (text.casefold(), text)):
        catalog.add(found[single])
    return catalog


def _of_templates() -> Iterator[Message]:
    for path in sorted((ROOT / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt"}:
            # Django turns a template into what its own makemessages reads: calls of gettext with everything else blanked out.
            blanked = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            yield from _calls(re.sub(r"^[ \t]+", "", blanked, flags=re.MULTILINE))


def _of_code() -> Iterator[Message]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not (ENGLISH & set(path.parts) or path.name in ENGLISH_FILES or path.name.startswith("admin")):
                calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
                yield from (message for call in calls if (message := _said_by(call)))


def _said_by(call: ast.Call) -> Message | None:
    """The text that a call translates or fails with, unless it is put together first."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    count = 2 if name in PLURAL else int(name in SINGLE)
    texts = tuple(
        one.value for one in call.args[:count] if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )
    return (texts if count == 2 else texts[0]) if texts else None


def _calls(source: str) -> Iterator[Message]:
    for _line, message, _comments, _context in extract("python", io.BytesIO(source.encode())):
        texts = (message,) if isinstance(message, str) else tuple(text for text in message if text)
        yield texts if len(texts) > 1 else texts[0]


def _words() -> Iterator[str]:
    """Tables of words in modules that know nothing of Django."""
    from cvmatch.core import errors
    from cvmatch.core.models import Status
    from cvmatch.insights.counting import STEPS
    from ingestion import reading, source_quality
    from ingestion.corrections import FIELDS
    from ingestion.quality import CHECKS, KINDS
    from jobs.facets import POSTED_DAYS
    from jobs.requirements.facts import _DEGREES
    from jobs.titles import Level
    from jobs.values import EMPLOYMENT_TYPES
    from matching import steps
    from matching.selectors.lines import PART_NAMES
    from matching.tailoring.by_model import REASONS
    from matching.values.scores import BANDS, NOT_ENOUGH_DATA

    yield from (getattr(errors, name).title for name in ERRORS)
    yield from reading._SECTIONS.values()
    yield from reading._NAMES.values()
    yield from reading._NAME_IN.values()
    plain = {field.rpartition(".")[2] for fields in FIELDS.values() for field in fields}
    yield from (field.capitalize() for field in plain - set(reading._NAMES))
    yield from source_quality.WEIGHTS
    yield from (check.capitalize() for check in CHECKS)
    yield from (text + end for text in KINDS.values() for end in ("", "."))
    yield from Status.labels
    yield from STEPS
    yield from ("a day", *(f"{days} days" for days in POSTED_DAYS if days > 1))
    yield from (level.value.replace("_", " ") for level in Level)
    yield from (degree for degree, _words in _DEGREES)
    yield from steps._NAMES.values()
    yield from ("working …", "failed", "no sure difference", "ours is better", "ours is worse")
    yield from PART_NAMES.values()
    yield from REASONS.values()
    yield from (name for _least, name in BANDS)
    yield NOT_ENOUGH_DATA
    yield from (name.replace("_", " ") for name in EMPLOYMENT_TYPES)
    yield from ("minutes", "hours", "days", "minute", "hour", "day")


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w+\}", text))


def read() -> Catalog:
    with PO.open("rb") as file:
        catalog = read_po(file, locale="de")
    catalog.creation_date = catalog.revision_date = LONG_AGO  # else the compiled file tells when it was read
    return catalog


def compiled(catalog: Catalog) -> bytes:
    written = io.BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def renew() -> None:
    """What is there stays; new texts come in untranslated."""
    known = read() if PO.exists() else Catalog(locale="de")
    catalog = messages()
    for message in catalog:
        old = known.get(message.id) if message.id else None
        if old is not None and old.string:
            message.string = old.string
    written = io.BytesIO()
    write_po(written, catalog, width=0, no_location=True)
    # Without dates and names of nobody: the same texts make the same file.
    lines = written.getvalue().decode().splitlines(keepends=True)
    PO.write_text("".join(line for line in lines if not line.startswith(NOISE)), encoding="utf-8")
    PO.with_suffix(".mo").write_bytes(compiled(read()))


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cvmatch.settings.test")
    django.setup()
    renew()
