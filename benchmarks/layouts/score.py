"""Scores the parser on a set made by ``make.py``: by field, layout and format, and what two columns cost.

    .venv/bin/python benchmarks/layouts/score.py SET --scorer score_cv.py [--json OUT]

The scorer is any program called as SCORER PREDICTIONS TRUTH --json FILE.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path, help="folder with files/ and truth/")
    parser.add_argument("--scorer", type=Path, default=PROJECT.parent / "shared" / "tools" / "score_cv.py")
    parser.add_argument("--json", type=Path, help="keep the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        predictions, result = Path(folder) / "out", options.json or Path(folder) / "result.json"
        files = sorted((options.set / "files").iterdir())
        subprocess.run(
            [sys.executable, "manage.py", "parse_cv", *files, "--out", predictions], cwd=PROJECT, check=False
        )
        subprocess.run(
            [sys.executable, options.scorer, predictions, options.set / "truth", "--json", result], check=True
        )
        say_columns(json.loads(result.read_text("utf-8"))["layout"])


def say_columns(layouts: dict[str, Any]) -> None:
    """What each kind of two columns costs against one column with the same people and words, in points of macro score."""
    one = layouts.get("columns-one", {}).get("macro")
    for name, figures in layouts.items():
        if one is not None and name.startswith("columns-") and name != "columns-one":
            print(
                f"{name:<16} macro {figures['macro']:.3f}, {100 * (one - figures['macro']):+.1f} points against one column"
            )


if __name__ == "__main__":
    main()
