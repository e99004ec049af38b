"""What a candidate is called on a page: by name, or by number for those who read blind."""

from __future__ import annotations

from django import template

from cvmatch.core.models import User
from ingestion.models import CV
from ingestion.naming import label_for, name_for

register = template.Library()


@register.filter
def called(cv: CV, user: User) -> str:
    """``{{ cv|called:user }}``: never write ``{{ cv }}`` or ``{{ cv.name }}`` where a recruiter looks."""
    return name_for(user, cv)


@register.filter
def label(cv: CV, user: User) -> str:
    """What the CV says its person is, such as Data Engineer."""
    return label_for(user, cv)
