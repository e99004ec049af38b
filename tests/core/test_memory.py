"""What is loaded once is not looked through again for garbage, and what comes after it seldom."""

from __future__ import annotations

import subprocess
import sys

from cvmatch.core.memory import THRESHOLDS

SHOWN = """
import gc
from cvmatch.core.memory import settle
kept = [[n] for n in range(5000)]
settle()
print(gc.get_freeze_count() > 5000, gc.get_threshold())
"""


def test_a_process_that_has_settled_keeps_what_it_loaded_out_of_the_search_for_garbage() -> None:
    told = subprocess.run([sys.executable, "-c", SHOWN], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.strip() == f"True {THRESHOLDS}"
