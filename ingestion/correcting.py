"""The only writer of corrections and confirmations: each is one transaction that holds the CV's row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import User
from cvmatch.core.queue import announce
from ingestion.changes import ADD, CHANGE, REMOVE
from ingestion.corrections import (
    FIELDS,
    GONE,
    MAX_CORRECTIONS,
    MAX_ENTRIES,
    MAX_HELD,
    MAX_ITEMS,
    Target,
    check_period,
    checked,
    corrected,
    is_there,
    json_of,
    resolve,
)
from ingestion.corrections.schema import BASICS, BY_NAME_ONLY, LIST, MENTIONED, NAMES
from ingestion.models import CV, Confirmation, Correction
from ingestion.services import store_reading


def correct(cv: CV, *, path: str, value: str, by: User) -> Correction | None:
    """Put ``value`` where ``path`` leads; an empty one takes away what stands there. None when it stands there already.

    Raises InvalidInput for a value that cannot be right, with the field in ``details``, and NotFound for an address
    where nothing is any more.
    """
    with _desk(cv, by) as desk:
        return desk.change(path, value)


def correct_entry(cv: CV, *, path: str, values: Mapping[str, str], by: User) -> list[Correction]:
    """Put several fields of one entry, or of basics, right at once: all of them or, when one cannot be right, none."""
    with _desk(cv, by) as desk:
        entry = desk.at(path)
        if entry.section != BASICS and not _is_left(entry, values):
            raise InvalidInput("Nothing would be left of it; remove it as a whole instead.")
        # What is emptied comes last, so that the entry is there until then.
        ordered = sorted(values.items(), key=lambda pair: not pair[1].strip())
        made = [desk.change(f"{entry.path}.{name}", text, alone=False) for name, text in ordered]
        desk.check_period_of(entry)
        return [correction for correction in made if correction is not None]


def remove(cv: CV, *, path: str, by: User) -> Correction:
    """Take away a value, a text of a list, or a whole entry that the CV does not say or that does not hold."""
    with _desk(cv, by) as desk:
        return desk.remove(path)


def add(cv: CV, *, path: str, values: Mapping[str, str] | str, by: User) -> Correction:
    """Add an entry to a section (values by field) or a text to a list of an entry (``work[0].highlights``)."""
    with _desk(cv, by) as desk:
        return desk.add_item(path, values) if isinstance(values, str) else desk.add_entry(path, values)


def undo(cv: CV, *, correction_id: int, by: User) -> Correction:
    """Let what was there before hold again; raises NotFound when there is no such correction, or it is undone already."""
    with _desk(cv, by) as desk:
        correction = next((one for one in desk.history if one.pk == correction_id and one.undone_at is None), None)
        if correction is None:
            raise NotFound("There is no such correction of this CV, or it has been undone.")
        correction.undone_by, correction.undone_at = by, timezone.now()
        correction.save(update_fields=["undone_by", "undone_at"])
        desk.is_touched = True
        return correction


def confirm(cv: CV, *, by: User) -> Confirmation:
    """Keep what holds now as truth: somebody says that all of it is right."""
    with _desk(cv, by) as desk:
        parsed = desk.cv.parsed
        resume = {name: value for name, value in parsed.to_json().items() if name != "meta"}
        defaults = {
            "resume_json": {**resume, "meta": {"format": parsed.format}},
            "made_by": by,
            "made_at": timezone.now(),
        }
        return Confirmation.objects.update_or_create(cv=desk.cv, defaults=defaults)[0]


class _Desk:
    """A CV with its row locked, and what holds of it after each step."""

    def __init__(self, cv: CV, by: User) -> None:
        self.cv, self.by, self.is_touched = cv, by, False
        self.read = cv.read
        self.history = list(cv.corrections.select_related("made_by"))
        self._changes = [correction.change for correction in self.history if correction.undone_at is None]
        self._reading = corrected(self.read, self._changes)

    def at(self, path: str) -> Target:
        return resolve(self._reading.sheet, path)

    def change(self, path: str, value: str, *, alone: bool = True) -> Correction | None:
        target = self.at(path)
        if target.entry is None or not target.field or target.section == MENTIONED:
            raise InvalidInput("Say which value is to be changed, as in work[0].position.")
        if target.kind == LIST and target.item is None:
            raise InvalidInput(f"{target.field} is a list: say which of its texts, or add one.")
        text = checked(value, target.kind, name=target.field)
        if text == target.text:
            return None
        if not text:
            return self.remove(path)
        made = self._record(CHANGE, target, was=target.text, value=text)
        if alone and target.section != BASICS and target.field in {"startDate", "endDate"}:
            self._check_period(target.section, target.entry.key, name=target.field)
        return made

    def remove(self, path: str) -> Correction:
        target = self.at(path)
        if target.field == NAMES.get(target.section) and target.section in BY_NAME_ONLY and not _has_texts(target):
            target = replace(target, field="")  # without its name nothing is left of it
        if target.entry is None or (target.section == BASICS and not target.field):
            raise InvalidInput("Say what is to be removed, as in work[0] or work[0].position.")
        was: Any = json_of(target.entry) if not target.field else target.text
        if target.kind == LIST and target.item is None:
            raise InvalidInput(f"{target.field} is a list: say which of its texts is to be removed.")
        if not was:
            raise NotFound(GONE)
        return self._record(REMOVE, target, was=was)

    def add_item(self, path: str, text: str) -> Correction:
        target = self.at(path)
        if target.kind != LIST or target.entry is None or target.item is not None:
            raise InvalidInput("Say which list of which entry, as in work[0].highlights.")
        shown = checked(text, LIST, name=target.field)
        items = target.entry.lists[target.field]
        if not shown:
            raise _missing(target.field)
        if len(items) >= MAX_ITEMS:
            raise InvalidInput(f"There are {len(items)} already; more than {MAX_ITEMS} cannot be kept.")
        return self._record(ADD, target, value=shown)

    def add_entry(self, path: str, values: Mapping[str, str]) -> Correction:
        target = self.at(path)
        section = target.section
        if target.entry is not None or section == MENTIONED:
            raise InvalidInput("Say to which section it is to be added, as in work or skills.")
        shown = {name: checked(text, self._kind(section, name), name=name) for name, text in values.items()}
        shown = {name: text for name, text in shown.items() if text}
        needed = NAMES.get(section) or next(iter(FIELDS[section]))
        if not shown or (section in NAMES and needed not in shown):
            raise _missing(needed)
        check_period(shown.get("startDate", ""), shown.get("endDate", ""), name="endDate")
        entries = self._reading.sheet[section]
        if is_there(self._reading.sheet, section, shown):
            raise InvalidInput("It is there already.", details={"field": needed})
        if len(entries) >= MAX_ENTRIES:
            raise InvalidInput(f"There are {len(entries)} already; more than {MAX_ENTRIES} cannot be kept.")
        return self._record(ADD, target, value=shown)

    def check_period_of(self, target: Target) -> None:
        if target.entry is not None and target.section != BASICS:
            self._check_period(target.section, target.entry.key, name="endDate")

    def _check_period(self, section: str, key: str, *, name: str) -> None:
        entry = next((entry for entry in self._reading.sheet[section] if entry.key == key), None)
        if entry is not None:
            check_period(entry.text("startDate"), entry.text("endDate"), name=name)

    @staticmethod
    def _kind(section: str, name: str) -> str:
        kind = FIELDS[section].get(name)
        if kind is None or kind == LIST:
            simple = ", ".join(field for field, kind in FIELDS[section].items() if kind != LIST)
            raise InvalidInput(f"An entry of {section} cannot be added with {name!r}, only with: {simple}.")
        return kind

    def _record(self, kind: str, target: Target, *, was: Any = "", value: Any = "") -> Correction:
        size = sum(len(json.dumps(correction.anchor_json, ensure_ascii=False)) for correction in self.history)
        if len(self.history) >= MAX_CORRECTIONS or size >= MAX_HELD:
            raise InvalidInput(f"This CV has {len(self.history)} corrections already; upload a newer version instead.")
        correction = Correction.objects.create(
            cv=self.cv,
            kind=kind,
            section=target.section,
            field=target.field,
            anchor_json=target.anchor.to_json(),
            was_json=was,
            value_json=value,
            made_by=self.by,
        )
        self.history.append(correction)
        self._changes.append(correction.change)
        self._reading = corrected(self.read, self._changes)
        self.is_touched = True
        return correction


@contextmanager
def _desk(cv: CV, by: User) -> Iterator[_Desk]:
    """Locks the CV's row: what several people do at once happens one after the other, and so does a parse that ends."""
    with transaction.atomic():
        locked = CV.objects.select_for_update(no_key=True).defer("search").filter(pk=cv.pk).first()
        if locked is None:
            raise NotFound("There is no such CV any more.")
        if not locked.is_read:
            raise InvalidInput("This CV has not been read yet; there is nothing to correct before that.")
        if not locked.is_latest:
            raise InvalidInput("A newer version of this CV has replaced this one; correct that one.")
        desk = _Desk(locked, by)
        yield desk
        if desk.is_touched:
            Confirmation.objects.filter(cv=locked).delete()
            locked.interactive = True  # somebody is waiting for the new list
            store_reading(locked, desk.read, desk.history, beside=["interactive"])
            announce("cv.parsed", [locked.pk], interactive=True)


def _is_left(target: Target, values: Mapping[str, str]) -> bool:
    """Whether the entry still says something once these values are in it."""
    now = {name: value.text for name, value in target.entry.fields.items()} if target.entry else {}
    return _has_texts(target) or any(text.strip() for text in {**now, **values}.values())


def _has_texts(target: Target) -> bool:
    return target.entry is not None and any(target.entry.lists.values())


def _missing(name: str) -> InvalidInput:
    return InvalidInput("Nothing was written here.", details={"field": name})
