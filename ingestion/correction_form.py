"""Corrections as people write and read them: the form with what stands there and what was wrong in it, and the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cvmatch.core.errors import CvmatchError
from ingestion.corrections import FIELDS, Corrected, Target, resolve
from ingestion.corrections.check import LONGEST, LONGEST_LINE
from ingestion.corrections.schema import BASICS, COUNTRY, DATE, EMAIL, LIST, PHONE, TEXT
from ingestion.models import Correction
from ingestion.reading import name_of, title_of

VALUE = "value"
_HINTS = {
    DATE: gettext_lazy("A year, or year and month: 2019 or 2019-03"),
    COUNTRY: gettext_lazy("Two letters, as in DE"),
}
_CURRENT = gettext_lazy("Empty for a current position")
_TYPES = {EMAIL: "email", PHONE: "tel"}


@dataclass(frozen=True)
class Input:
    """One field of the form; ``was`` is what stood there when the form was made, so that only what was typed is sent on."""

    name: str
    label: str
    value: str
    was: str
    kind: str
    hint: str = ""
    error: str = ""

    @property
    def is_long(self) -> bool:
        return self.kind in {TEXT, LIST}

    @property
    def type(self) -> str:
        return _TYPES.get(self.kind, "text")

    @property
    def longest(self) -> int:
        return LONGEST.get(self.kind, LONGEST_LINE)


@dataclass(frozen=True)
class Form:
    """``address`` is where it stands and what it is about; ``is_new`` when something is added by it."""

    address: str
    title: str
    inputs: tuple[Input, ...]
    is_new: bool
    can_remove: bool
    error: str = ""


@dataclass(frozen=True)
class Past:
    """One correction of the history in words."""

    correction: Correction
    title: str
    was: str
    value: str


def history_of(corrections: Iterable[Correction]) -> tuple[Past, ...]:
    """What was corrected, in the order in which it was."""
    return tuple(
        Past(one, _named(one.section, one.field), _told(one.was_json), _told(one.value_json)) for one in corrections
    )


def form_of(
    reading: Corrected, path: str, typed: Mapping[str, str] | None = None, error: CvmatchError | None = None
) -> Form:
    """The form for an address: one value, all fields of an entry, a new entry of a section, a new text of a list.

    ``typed`` is what somebody has written already. Raises InvalidInput or NotFound for an address that leads nowhere.
    """
    target = resolve(reading.sheet, path)
    is_new = target.entry is None or (target.kind == LIST and target.item is None)
    whole = not target.field
    names = [name for name, kind in FIELDS[target.section].items() if kind != LIST] if whole else [VALUE]
    wrong = str((error.details.get("field") if error else "") or "")
    inputs = tuple(_input(target, name, (typed or {}), _error(error, wrong, target, name)) for name in names)
    return Form(
        address=target.path,
        title=_title(target, is_new),
        inputs=inputs,
        is_new=is_new,
        can_remove=not is_new and target.path != BASICS,
        error=error.message if error and not any(field.error for field in inputs) else "",
    )


def written(form: Form, typed: Mapping[str, str]) -> dict[str, str]:
    """What was really typed: a field that was sent as it was shown says nothing, whoever has changed it meanwhile."""
    return {
        field.name: typed[field.name]
        for field in form.inputs
        if field.name in typed and typed[field.name] != typed.get(f"was.{field.name}", "")
    }


def _input(target: Target, name: str, typed: Mapping[str, str], error: str) -> Input:
    field = target.field if name == VALUE else name
    kind = FIELDS[target.section][field]
    now = target.text if name == VALUE else (target.entry.text(name) if target.entry else "")
    hint = str(_HINTS.get(kind, ""))
    if field == "endDate" and target.section == "work":
        hint = f"{hint}. {_CURRENT}"
    return Input(
        name, name_of(target.section, field), typed.get(name, now), typed.get(f"was.{name}", now), kind, hint, error
    )


def _error(error: CvmatchError | None, wrong: str, target: Target, name: str) -> str:
    is_here = bool(wrong) and wrong == (target.field if name == VALUE else name)
    return error.message if error and is_here else ""


def _title(target: Target, is_new: bool) -> str:
    text = _("Add: %s") if is_new else _("Correct: %s")
    return text % _named(target.section, target.field)


def _named(section: str, field: str) -> str:
    return f"{title_of(section)} · {name_of(section, field)}" if field else title_of(section)


def _told(value: Any) -> str:
    """A text as it is, the fields of an entry side by side."""
    return value if isinstance(value, str) else " · ".join(_texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)
