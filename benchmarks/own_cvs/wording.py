"""How a CV of one language is worded: its headings, and its periods in one of the forms that people use there."""

from __future__ import annotations

import calendar
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from benchmarks.own_cvs.person import Moment

_WORDING = Path(__file__).parent / "wording.yaml"
_SECTIONS = ("contact", "summary", "work", "education", "skills", "languages", "certificates", "interests", "title")


@cache
def _all() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_WORDING.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Wording:
    """One choice of headings and of how dates are written; the same seed makes the same choice."""

    language: str
    headings: dict[str, str]
    fields: dict[str, str]
    form: str
    closed: str
    open: str

    @classmethod
    def choose(cls, language: str, rng: random.Random) -> Wording:
        words = _all()[language]
        form = rng.choice(sorted(words["periods"]))
        return cls(
            language,
            {section: rng.choice(words[section]) for section in _SECTIONS},
            words["fields"],
            form,
            rng.choice(words["periods"][form]),
            rng.choice(words["current"]),
        )

    def shown(self, moment: Moment) -> str:
        """The date to the precision that is printed; "" for a job that goes on."""
        if moment.iso == "now":
            return ""
        return moment.iso[:4] if self.form == "yyyy" or moment.printed else moment.iso

    def period(self, start: Moment, end: Moment) -> str:
        if end.iso == "now":
            genitive = self.form in {"full", "genitive"} and self.open.startswith("od ")
            return self.open.format(a=self._date(start, "genitive" if genitive else self._upright()))
        if self.shown(start) == self.shown(end):
            return self._date(start, self._upright())
        if self.closed == "{same}":
            if start.iso[:4] == end.iso[:4]:
                return f"{start.iso[5:]}–{end.iso[5:]}/{end.iso[:4]}"
            return f"{self._date(start, self.form)} – {self._date(end, self.form)}"
        a, b = self._date(start, self.form), self._date(end, self.form, last=True)
        return self.closed.format(a=a, b=b, A=a[0].upper() + a[1:], B=b[0].upper() + b[1:])

    def _upright(self) -> str:
        return "full" if self.form == "genitive" else self.form

    def _date(self, moment: Moment, form: str, *, last: bool = False) -> str:
        if moment.printed or len(moment.iso) == 4 or form == "yyyy":
            return moment.printed or moment.iso[:4]
        year, month = int(moment.iso[:4]), int(moment.iso[5:])
        day = calendar.monthrange(year, month)[1] if last else 1
        words = _all()[self.language]
        if form in {"full", "genitive", "short"}:
            name = words[{"full": "months"}.get(form, form)][month - 1]
            pattern = words.get("full", "{month} {year}") if form == "full" else "{month} {year}"
            return str(pattern.format(month=name, year=year))
        written = form.replace("yyyy", str(year)).replace("yy", f"{year % 100:02}")
        return written.replace("mm", f"{month:02}").replace("dd", f"{day:02}")
