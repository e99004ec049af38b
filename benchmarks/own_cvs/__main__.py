"""Makes the set: ``python -m benchmarks.own_cvs FOLDER`` writes files/ and truth/ there, always the same."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.own_cvs import LAYOUTS, make
from benchmarks.own_cvs.person import LANGUAGES


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.own_cvs", description=__doc__)
    parser.add_argument("folder", type=Path, help="gets files/ and truth/ with the same names; made if missing")
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES, help="default: all eight")
    parser.add_argument("--layouts", nargs="+", choices=[*LAYOUTS], default=[*LAYOUTS], help="default: all")
    parser.add_argument("--split", choices=("dev", "held-out"), help="default: both")
    options = parser.parse_args()
    written = make(options.folder, languages=options.languages, layouts=options.layouts, split=options.split)
    sys.stdout.write(f"{written} CVs with truth in {options.folder}\n")


if __name__ == "__main__":
    main()
