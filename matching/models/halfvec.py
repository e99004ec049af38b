"""Half-precision vectors out of PostgreSQL as bytes: as text each number is written and read on its own."""

from __future__ import annotations

import numpy as np
from django.db.models import BinaryField, Func
from numpy.typing import NDArray

# What pgvector's send function puts before the numbers: how many there are, and two bytes that are not used.
_HEADER = 4


def as_bytes(column: str) -> Func:
    """The column as pgvector sends it in binary; for ``values_list``, read with :func:`halfvec`."""
    return Func(column, function="halfvec_send", output_field=BinaryField())


def halfvec(sent: bytes | memoryview) -> NDArray[np.float32]:
    """The numbers of what :func:`as_bytes` brought; highest byte first."""
    return np.frombuffer(sent, dtype=">f2", offset=_HEADER).astype(np.float32)
