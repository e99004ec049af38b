"""What people are called, and what may be shown of their texts, for the user who looks."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from django.utils.translation import gettext as _

from cvmatch.core.errors import NotAllowed
from cvmatch.core.models import User
from ingestion.identity import cover_in, veil
from ingestion.models import CV

T = TypeVar("T")


def number_of(cv: CV) -> str:
    """The candidate without a name."""
    return _("Candidate %(number)d") % {"number": cv.candidate_id}


def name_for(user: User, cv: CV) -> str:
    """The name; the number for those who read blind, and where none was read, whose file only its owner knows by name."""
    return number_of(cv) if user.is_blind else cv.name or (number_of(cv) if user.is_recruiter else cv.filename)


def label_for(user: User, cv: CV) -> str:
    return cover_in(cv.label, cv.name) if user.is_blind else cv.label


def words_for(user: User, words: str, cv: CV) -> str:
    """What somebody wrote about the person of this CV."""
    return cover_in(words, cv.name) if user.is_blind else words


def content_for(user: User, content: T, cv: CV) -> T:
    """JSON about the person of this CV, each text of it as ``words_for`` gives it."""
    return cast(T, _covered(content, cv.name)) if user.is_blind else content


def _covered(content: Any, name: str) -> Any:
    if isinstance(content, dict):
        return {key: _covered(value, name) for key, value in content.items()}
    if isinstance(content, list):
        return [_covered(value, name) for value in content]
    return cover_in(content, name) if isinstance(content, str) else content


def refuse_blind(user: User) -> None:
    """For what shows a person as a whole, such as the file. Raises NotAllowed for those who read blind."""
    if user.is_blind:
        raise NotAllowed(_("You read blind, and this would show who the candidate is. Switch Blind off to open it."))


def text_for(user: User, cv: CV) -> str:
    """The CV's text, of the same length with the person covered for those who read blind; loads what that needs."""
    return veil(cv.text, cv.matched_text, cv.parsed) if user.is_blind else cv.text
