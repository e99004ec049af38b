"""Makes the demo corpus anew, byte for byte: run ``python -m cvmatch.demo.make`` after changing the data it is made from."""

from __future__ import annotations

import sys
from pathlib import Path

from cvmatch.demo import CVS, JOBS
from cvmatch.demo.docx_cvs import write_docx, write_txt
from cvmatch.demo.pdf_cvs import write_pdf
from cvmatch.demo.people import Person, read_people
from cvmatch.demo.postings import write_postings

_WRITERS = {"pdf": write_pdf, "docx": write_docx, "txt": write_txt}


def make_cvs() -> int:
    """Writes one file per person and removes those whose person has gone."""
    CVS.mkdir(exist_ok=True)
    written = {write_one(person, CVS) for person in read_people()}
    for left_over in set(CVS.iterdir()) - written:
        left_over.unlink()
    return len(written)


def write_one(person: Person, folder: Path) -> Path:
    """Writes one person's CV in the format and layout that are theirs."""
    path = folder / f"{person.id}.{person.format}"
    _WRITERS[person.format](person, path)
    return path


def main() -> None:
    jobs, cvs = write_postings(JOBS), make_cvs()
    sys.stdout.write(f"{jobs} jobs in {JOBS.name}, {cvs} CVs in {CVS.name}/\n")


if __name__ == "__main__":
    main()
