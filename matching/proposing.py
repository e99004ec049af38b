"""Who proposes the edits of a tailored CV: the rules, and where somebody asked for it a language model beside them."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.conf import settings

from cvmatch.core.chat import Chat, Failed
from cvmatch.core.errors import CvmatchError
from cvmatch.core.fetching import FetchFailed
from cvmatch.core.http.breaker import Breaker
from cvmatch.core.http.clock import DatabaseClock
from cvmatch.core.http.failures import Passing
from matching.model_budget import is_on, reserved, tokens_of
from matching.tailoring import Edit, Facts, rules
from matching.tailoring.by_model import RULES, edits_of, question_of

# The name under which the breaker keeps what it knows of the endpoint.
SERVICE = "language model"
NOT_SET_UP = "No language model is set up for this here."

log = structlog.get_logger(__name__)


class ModelProposer:
    """The edits of the rules, then those of the model; the rules alone where it fails, rests, or the budget is spent.

    Its edits come second, so that none of them is in the way of one by rule. ``fell_back`` says why there are none of it,
    in words without anything of the CV. Must not be called inside a transaction.
    """

    def __init__(self) -> None:
        self.fell_back = ""

    def __call__(self, facts: Facts) -> Sequence[Edit]:
        edits = list(rules(facts))
        try:
            return [*edits, *self._asked(facts)]
        except (FetchFailed, Failed) as error:
            self.fell_back = error.message[:300]
            log.warning("language model failed", reason=error.message)
            return edits

    def _asked(self, facts: Facts) -> list[Edit]:
        if not is_on():
            raise Failed(NOT_SET_UP)
        chat = _chat()
        breaker = Breaker(SERVICE, DatabaseClock(), failures=5, trial_s=chat.timeout_s + 10)
        breaker.check()  # before anything is put aside for it
        question = question_of(facts)
        tokens_in = tokens_of(RULES) + tokens_of(question)
        with reserved(tokens_in=tokens_in, tokens_out=chat.max_tokens) as spent, breaker.guard():
            spent.tokens_in = tokens_in  # from here on it may be paid for, answered or not
            try:
                reply = chat.ask(RULES, question)
                # What it says of itself is believed as far as what was put aside for it goes.
                spent.tokens_in = min(tokens_in, reply.tokens_in or tokens_in)
                spent.tokens_out = min(chat.max_tokens, reply.tokens_out or tokens_of(reply.content))
                return edits_of(facts, reply.object())
            except CvmatchError as error:
                raise Passing(error.message) from error


def _chat() -> Chat:
    given = settings.LLM
    return Chat(given["URL"], given["MODEL"], given["KEY"], given["TIMEOUT_S"], given["TAILORING_TOKENS"])
