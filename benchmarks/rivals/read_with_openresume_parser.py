"""openresume-parser without its calls to outside services: PDF only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from answers import run, skills
from openresume import parse_resume_from_pdf


def parse(path: Path) -> dict[str, Any]:
    answer = parse_resume_from_pdf(str(path))
    if not answer["ok"]:
        raise ValueError(answer["error"]["message"])
    found = answer["resume"]
    studied, place = found["education"], found["location"]
    jobs = [
        {
            "name": job["company"],
            "position": job["title"],
            "startDate": job["start_date"] or "",
            **({"endDate": job["end_date"]} if job["end_date"] and not job["current"] else {}),
        }
        for job in found["experience"]["work_history"]
    ]
    study = {
        "studyType": studied["degree_course"],
        "area": studied["specialization"] or "",
        "endDate": str(studied["passing_year"] or ""),
    }
    basics = {"name": found["full_name"], **{key: found[key] for key in ("email", "phone", "url", "summary")}}
    return {
        "basics": {**basics, "location": {"city": place["city"], "region": place["state"]}},
        "work": jobs,
        "education": [study] if any(study.values()) else [],
        "skills": skills(found["skills"]),
    }


run(parse)
