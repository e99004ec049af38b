"""How often a long-lived process looks for garbage in cycles."""

from __future__ import annotations

import gc

# A ranked list makes some 100,000 objects and next to no cycles. With Python's own thresholds (700, 10, 10) it is looked
# through hundreds of times while it is made, and the vocabulary with it: half of the time of a list (docs/ranking.md).
THRESHOLDS = (20_000, 50, 50)


def settle() -> None:
    """Look for cycles seldom, and never again in what is loaded by now; called once a process has loaded what it keeps."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
