"""How many calls a limit lets in and how long to wait for the next one: a sliding window in two counts."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cvmatch.core.errors import InvalidInput

SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86_400}
# Of a key or user; of a key or user at operations that do much at once; of those without either, by address; of an
# address as a whole, whoever calls from there.
DEFAULTS = {"default": "100/min", "bulk": "30/min", "anonymous": "20/min", "address": "600/min"}


@dataclass(frozen=True)
class Limit:
    """At most ``amount`` calls in ``seconds``."""

    name: str
    amount: int
    seconds: int


@dataclass(frozen=True)
class Usage:
    """What is used of a limit after a call was counted or refused; ``elapsed_s`` of the window of now have passed.

    The window before counts as far as it reaches into the last ``limit.seconds``, as if its calls had come evenly: after a
    burst at the end of a window room comes back bit by bit, where plain windows would let the same burst in at once.
    """

    limit: Limit
    hits: int
    hits_before: int
    elapsed_s: float
    is_let_in: bool

    @property
    def left(self) -> int:
        """How many more would be let in right now."""
        before = self.hits_before * (1 - self.elapsed_s / self.limit.seconds)
        return max(0, math.floor(self.limit.amount - before - self.hits))

    @property
    def reset_s(self) -> int:
        """Seconds until the window of now ends."""
        return max(1, math.ceil(self.limit.seconds - self.elapsed_s))

    @property
    def wait_s(self) -> int:
        """Seconds after which the next call is let in, if nobody else calls meanwhile; 1 at least."""
        length, room = self.limit.seconds, self.limit.amount - self.hits - 1
        if room >= 0:
            begins = length * (1 - room / self.hits_before) if self.hits_before else 0.0
            return max(1, math.ceil(begins - self.elapsed_s))
        # Its own calls fill the window: in the next one they are the calls before.
        begins = length * (1 - (self.limit.amount - 1) / self.hits)
        return max(1, math.ceil(length - self.elapsed_s + begins))


def limits_of(given: Mapping[str, str]) -> dict[str, Limit | None]:
    """Each limit by its name, as DEFAULTS says where ``given`` does not; None where it is "off".

    Raises InvalidInput for an unknown name or an amount that is not like 100/min.
    """
    unknown = sorted(set(given) - set(DEFAULTS))
    if unknown:
        raise InvalidInput(f"There is no limit {', '.join(unknown)}, only {', '.join(DEFAULTS)}.")
    return {name: _limit(name, text) for name, text in {**DEFAULTS, **given}.items()}


@cache
def _limit(name: str, text: str) -> Limit | None:
    if text == "off":
        return None
    found = re.fullmatch(r"([1-9]\d{0,8})/(s|min|h|day)", text)
    if not found:
        raise InvalidInput(f"The limit {name} is {text!r}; it must be like 100/min (s, min, h, day), or off.")
    return Limit(name, int(found[1]), SECONDS[found[2]])
