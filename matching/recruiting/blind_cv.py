"""The page of a CV for those who read blind: what it says of the work, with the person covered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cvmatch.core.web import current_user
from ingestion.identity import close
from ingestion.models import CV
from ingestion.naming import label_for, name_for, text_for


def blind_page(request: HttpRequest, cv: CV) -> HttpResponse:
    """Without the file, its facts and its versions, which would tell who it is."""
    user = current_user(request)
    context = {
        "cv": cv,
        "name": name_for(user, cv),
        "label": label_for(user, cv),
        "text": close(text_for(user, cv)),
        "skills": [skill.name for skill in cv.skills],
        "here": request.path,
    }
    return render(request, "matching/cv_blind.html", context)
