"""What tailoring a CV to a job works with, as frozen values: what is known of both, edits, gaps, and the outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class EditKind(StrEnum):
    """What an edit does: bring forward what is asked, say it in the job's words, say what the CV shows, leave out."""

    MOVE_UP = "move_up"
    REPHRASE = "rephrase"
    MAKE_EXPLICIT = "make_explicit"
    CUT = "cut"


class Shown(StrEnum):
    """How a CV shows a skill: by name, by another one that cannot be had without it, or not at all."""

    STATED = "stated"
    IMPLIED = "implied"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class CVLine:
    """One line of the CV's text; ``number`` counts from 1.

    ``section`` is what the parser takes it for ("" for the top, summary, work, education, skills …); ``is_heading`` and
    ``is_bullet`` say what it looks like; ``is_fixed`` that it holds what makes an entry: employer, title, school, degree,
    date, name, contact; ``continues`` that it goes on with the line above. ``shown`` is its text with
    the person hidden: nothing else may leave for a model.
    """

    number: int
    text: str
    section: str = ""
    is_heading: bool = False
    is_bullet: bool = False
    is_fixed: bool = False
    continues: bool = False
    shown: str = ""


@dataclass(frozen=True, slots=True)
class AskedSkill:
    """A skill that the job asks for: ``words`` are the job's own, ``said`` those of the CV, ``lines`` where they stand.

    ``through`` are the ids of skills that imply it where it is only implied.
    """

    skill_id: str
    name: str
    words: str
    must: bool
    state: Shown
    said: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a proposer of edits may know. ``language`` is that of the CV: en or de."""

    lines: tuple[CVLine, ...]
    asked: tuple[AskedSkill, ...]
    job_title: str
    job_text: str
    language: str = "en"

    def line(self, number: int) -> CVLine:
        """Raises IndexError where there is no such line."""
        if not 1 <= number <= len(self.lines):
            raise IndexError(number)
        return self.lines[number - 1]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the text.

    ``where`` counts lines of ``Tailored.text_before`` from 1:

    - ``"12"`` or ``"12-15"``: ``before`` are these lines, exactly, joined by newlines; ``after`` stands there instead. Cut:
      ``after`` is empty.
    - ``">12"``: nothing is replaced (``before`` is empty), ``after`` is put in above line 12. Make explicit only.
    - ``"14-15>12"``: these lines move to above line 12; ``before`` and ``after`` are the same. Move up only. (The items of
      one line are brought forward by a move up at ``"12"``.)

    ``reason`` is for people. ``evidence`` are quotes of the CV, to the letter, that ``after`` rests on.
    """

    kind: EditKind
    where: str
    before: str
    after: str
    reason: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedEdit:
    """An edit that was proposed and not made, and why: unsupported, in the way of another one, or it lowers the score."""

    edit: Edit
    why: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A skill that the job asks for and the CV does not show: to be learnt, or told where it is there, never claimed.

    ``importance`` is must or nice; ``evidence`` are lines of the CV that come near, if any.
    """

    skill: str
    importance: str
    advice: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of the diff. ``kind`` is same, removed, added, or moved (at its new place); ``before`` and ``after`` are line
    numbers from 1, None where the line is not in that text."""

    kind: str
    text: str
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Tailored:
    """A CV for one job. The scores are the real scorer's, 0 to 100; ``score_after`` is never below ``score_before``."""

    cv_id: int
    job_id: int
    edits: tuple[Edit, ...]
    gaps: tuple[Gap, ...]
    refused: tuple[RefusedEdit, ...]
    text_before: str
    text_after: str
    diff: tuple[DiffLine, ...]
    score_before: float
    score_after: float
    # What each line of text_after is, for the files: title, heading, bullet or line.
    styles: tuple[str, ...] = field(default=(), repr=False)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; ``from_json`` reads them again."""
        return asdict(self)

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Tailored:
        """The inverse of ``as_json``."""
        return cls(
            cv_id=row["cv_id"],
            job_id=row["job_id"],
            edits=tuple(map(edit_from_json, row["edits"])),
            gaps=tuple(Gap(**{**gap, "evidence": tuple(gap["evidence"])}) for gap in row["gaps"]),
            refused=tuple(RefusedEdit(edit_from_json(one["edit"]), one["why"]) for one in row["refused"]),
            text_before=row["text_before"],
            text_after=row["text_after"],
            diff=tuple(DiffLine(**line) for line in row["diff"]),
            score_before=row["score_before"],
            score_after=row["score_after"],
            styles=tuple(row["styles"]),
        )


def edit_from_json(row: dict[str, Any]) -> Edit:
    """An edit from plain values, such as a model's answer. Raises KeyError, TypeError or ValueError where it is none."""
    texts = {name: row[name] for name in ("where", "before", "after", "reason")}
    if not all(isinstance(text, str) for text in (*texts.values(), *row["evidence"])):
        raise TypeError("The fields of an edit are texts.")
    return Edit(kind=EditKind(row["kind"]), evidence=tuple(row["evidence"]), **texts)


# Proposes edits; what it proposes is checked afterwards, so that it need not be trusted.
Proposer = Callable[[Facts], Sequence[Edit]]
