"""Has a language model put the first accounts of a list into words, where one is set up and tells the truth."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import structlog
from django.conf import settings

from matching.explain.narrated import ChatEndpoint, Failed, narrate
from matching.models import Match
from matching.values import Account

# For one chunk of the explain stage: the rest of the time-out of its task is for the explanations themselves.
BUDGET_S = 60.0

log = structlog.get_logger(__name__)


def narrated(matches: Sequence[Match], accounts: Sequence[Account]) -> list[Account]:
    """The accounts, those of the first lines of their lists with the sentences of the model that hold."""
    endpoint, until = _endpoint(), time.monotonic() + BUDGET_S
    told = list(accounts)
    if endpoint is None:
        return told
    for number, match in enumerate(matches):
        if match.rank <= settings.LLM["LINES"] and time.monotonic() < until:
            try:
                told[number] = _told(match, told[number], endpoint)
            except Failed as error:  # the words by template are there; the next chunk asks again
                log.warning("language model failed", match=match.pk, reason=error.message)
                break
    return told


def _told(match: Match, account: Account, endpoint: ChatEndpoint) -> Account:
    cv, job_text = match.cv, match.job.description
    written = narrate(account, cv_text=cv.text, matched_text=cv.matched_text, job_text=job_text, endpoint=endpoint)
    return replace(account, written=written)


def _endpoint() -> ChatEndpoint | None:
    given = settings.LLM
    if not given["URL"]:
        return None
    return ChatEndpoint(given["URL"], given["MODEL"], given["KEY"], given["TIMEOUT_S"], given["MAX_TOKENS"])
