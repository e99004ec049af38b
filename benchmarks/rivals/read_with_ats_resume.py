"""ats-resume's importer: contact, headline, summary and skills; it leaves jobs and studies as raw text on purpose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from answers import run, skills
from ats_resume.importer import import_resume


def parse(path: Path) -> dict[str, Any]:
    found = import_resume(path)
    basics = found["basics"]
    profiles = [{"network": n, "url": basics[n]} for n in ("linkedin", "github") if basics.get(n)]
    known = {key: basics.get(key, "") for key in ("name", "email", "phone")}
    return {
        "basics": {**known, "label": basics.get("headline", ""), "summary": found["summary"], "profiles": profiles},
        "skills": skills([item for group in found["skills"] for item in group["items"]]),
    }


run(parse)
