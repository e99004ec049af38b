"""Where the processes of one machine or container count together (cvmatch/core/metrics.py)."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def count_together(folder: Path) -> Path | None:
    """Name the folder where prometheus_client looks for it; None where nothing can be written, and each counts for itself."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        count_alone()
        return None
    os.environ[FOLDER] = str(folder)
    return folder


def count_alone() -> None:
    os.environ.pop(FOLDER, None)
