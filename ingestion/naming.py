"""What people are called, and what may be shown of their texts, for the user who looks."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cvmatch.core.errors import NotAllowed
from cvmatch.core.models import User
from ingestion.identity import cover_in, veil
from ingestion.models import CV


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


def refuse_blind(user: User) -> None:
    """For what shows a person as a whole, such as the file. Raises NotAllowed for those who read blind."""
    if user.is_blind:
        raise NotAllowed(_("You read blind, and this would show who the candidate is. Switch Blind off to open it."))


def text_for(user: User, cv: CV) -> str:
    """The CV's text, of the same length with the person covered for those who read blind; loads what that needs."""
    return veil(cv.text, cv.matched_text, cv.parsed) if user.is_blind else cv.text
