"""What the scripts share that run other parsers: files in, one JSON Resume a file out, and a way to split "2019 - 2021"."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

_RANGE = re.compile(r"\s*(?:-|–|—|\bto\b|\buntil\b)\s*(?=\D*\d{4}|present|current|now)", re.IGNORECASE)


def run(parse: Callable[[Path], dict[str, Any]]) -> None:
    """``SCRIPT OUT FILE …``: writes OUT/<name>.json for every file that ``parse`` can read, and the seconds it took."""
    out, files = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    started, failed = time.perf_counter(), []
    with ThreadPoolExecutor(1) as pool:
        for path in files:
            answer = pool.submit(parse, path)
            error = answer.exception()  # whatever another parser raises, it has not read the file
            if error is None:
                (out / f"{path.stem}.json").write_text(
                    json.dumps(answer.result(), ensure_ascii=False), encoding="utf-8"
                )
            else:
                failed.append(f"{path.name}: {type(error).__name__}: {error}"[:200])
    figures = {"seconds": time.perf_counter() - started, "files": len(files), "failed": failed}
    (out / "_figures").write_text(json.dumps(figures), encoding="utf-8")


def use_model(package: str) -> None:
    """Makes ``spacy.load("en_core_web_sm")`` load the model of a package that carries it under another name."""
    import spacy

    load = spacy.load
    model = next(path.parent for path in Path(import_module(package).__file__ or "").parent.glob("*/meta.json"))
    spacy.load = lambda name, **options: load(model if name == "en_core_web_sm" else name, **options)


def dates(duration: str) -> dict[str, str]:
    """The two ends of a range as start and end date; an end that is still open stays out."""
    start, _, end = _RANGE.sub("\n", duration or "", count=1).partition("\n")
    open_end = not re.search(r"\d{4}", end)
    return {"startDate": start.strip(), **({} if open_end else {"endDate": end.strip()})}


def skills(names: list[str] | None) -> list[dict[str, str]]:
    return [{"name": str(name)} for name in names or () if name]
