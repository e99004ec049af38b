"""What tailoring may ask of the language model: an estimate before anything is spent, and a budget of tokens for each day."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import F, Value
from django.utils import timezone
from django.utils.translation import gettext_noop

from cvmatch.core.fetching import BudgetSpent
from ingestion.models import CV
from jobs.models import Job
from matching.models import ModelUse
from matching.tailoring.by_model import CV_LINES, JOB_CHARS, RULES

# The tokens of an unknown model cannot be counted; three bytes of UTF-8 a token is on the safe side.
BYTES_PER_TOKEN = 3
SPENT = gettext_noop("Today's budget for the language model is used up.")
# Around each line of the CV, and for all that the job asks for together.
TOKENS_PER_LINE, TOKENS_OF_ASKED = 20, 800


@dataclass(frozen=True)
class Estimate:
    """What asking about one pair takes at most. ``cost`` is in the currency of the prices, None where none is set.

    ``why_not`` says why it cannot be asked now; empty where it can.
    """

    tokens_in: int
    tokens_out: int
    cost: float | None
    left_today: int
    why_not: str

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out


@dataclass
class Spent:
    """What a question took so far: nothing until it is sent."""

    tokens_in: int = 0
    tokens_out: int = 0


def is_on() -> bool:
    """Whether this installation lets people have edits proposed by a language model."""
    return bool(settings.LLM["TAILORING"] and settings.LLM["URL"])


def tokens_of(text: str) -> int:
    """An upper estimate."""
    return math.ceil(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN)


def cost_of(tokens_in: int, tokens_out: int) -> float | None:
    """By the prices of a million tokens; None where none is set."""
    prices = settings.LLM["PRICE_IN"], settings.LLM["PRICE_OUT"]
    return (tokens_in * prices[0] + tokens_out * prices[1]) / 1_000_000 if any(prices) else None


def estimate(cv: CV, job: Job) -> Estimate:
    """Before anything is sent, from the lengths of the two texts."""
    lines = min(cv.matched_text.count("\n") + 1, CV_LINES)
    texts = tokens_of(RULES) + tokens_of(cv.matched_text) + tokens_of(job.description[:JOB_CHARS])
    tokens_in = texts + lines * TOKENS_PER_LINE + TOKENS_OF_ASKED
    tokens_out = int(settings.LLM["TAILORING_TOKENS"])
    left = left_today()
    why_not = ""
    if not is_on():
        why_not = gettext_noop("No language model is set up for this here.")
    elif tokens_in + tokens_out > left:
        why_not = gettext_noop("Today's budget for the language model is used up. It is asked again tomorrow (UTC).")
    return Estimate(tokens_in, tokens_out, cost_of(tokens_in, tokens_out), left, why_not)


def left_today() -> int:
    """Tokens of today's budget that nothing has been used or put aside of."""
    use = ModelUse.objects.filter(day=_today()).first()
    used = use.tokens_in + use.tokens_out + use.reserved if use else 0
    return max(0, int(settings.LLM["TOKENS_A_DAY"]) - used)


@contextmanager
def reserved(*, tokens_in: int, tokens_out: int) -> Iterator[Spent]:
    """Around one question: puts aside what it takes at most, and counts what it took. Raises BudgetSpent.

    Of a process that dies in the middle of it all that was put aside stays counted for that day.
    """
    day, most, spent = _today(), tokens_in + tokens_out, Spent()
    _reserve(day, most)
    try:
        yield spent
    finally:
        ModelUse.objects.filter(day=day).update(
            reserved=F("reserved") - most,
            tokens_in=F("tokens_in") + spent.tokens_in,
            tokens_out=F("tokens_out") + spent.tokens_out,
        )


def _reserve(day: date, tokens: int) -> None:
    """One statement decides, so that questions of several workers at once stay inside the budget together."""
    ModelUse.objects.bulk_create([ModelUse(day=day)], ignore_conflicts=True)
    room = Value(int(settings.LLM["TOKENS_A_DAY"]) - tokens) - F("tokens_in") - F("tokens_out")
    taken = ModelUse.objects.filter(day=day, reserved__lte=room)
    if not taken.update(reserved=F("reserved") + tokens, requests=F("requests") + 1):
        raise BudgetSpent(SPENT)


def _today() -> date:
    return timezone.now().date()
