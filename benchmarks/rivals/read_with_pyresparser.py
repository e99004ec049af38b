"""pyresparser: PDF and DOCX; employers and positions are two lists, paired in the order in which they were found."""

from __future__ import annotations

import itertools
import warnings
from pathlib import Path
from typing import Any

from answers import run, skills, use_model

warnings.simplefilter("ignore")


def stop_words() -> None:
    """Its import wants NLTK's list of stop words, which is no package; nothing that it still does uses them."""
    import nltk
    from spacy.lang.en.stop_words import STOP_WORDS

    folder = Path(nltk.data.path[1]) / "corpora" / "stopwords"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "english").write_text("\n".join(sorted(STOP_WORDS)), encoding="utf-8")


use_model("en_core_web_sm")
stop_words()
from pyresparser import ResumeParser  # noqa: E402


def parse(path: Path) -> dict[str, Any]:
    found = ResumeParser(str(path)).get_extracted_data()
    jobs = itertools.zip_longest(found["company_names"] or (), found["designation"] or (), fillvalue="")
    schools, degrees = found["college_name"] or (), found["degree"] or ()
    schools = [schools] if isinstance(schools, str) else schools
    basics = {"name": found["name"], "email": found["email"], "phone": found["mobile_number"]}
    return {
        "basics": {key: value or "" for key, value in basics.items()},
        "work": [{"name": name, "position": position} for name, position in jobs],
        "education": [
            {"institution": school, "studyType": degree}
            for school, degree in itertools.zip_longest(schools, degrees, fillvalue="")
        ],
        "skills": skills(found["skills"]),
    }


run(parse)
