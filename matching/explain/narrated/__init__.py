"""Accounts told by a language model, which may say only what the findings say: each sentence is checked and may be dropped."""

from __future__ import annotations

from cvmatch.core.chat import Failed
from matching.explain.narrated.checking import holds
from matching.explain.narrated.endpoint import ChatEndpoint
from matching.explain.narrated.facts import facts_of, hidden_words
from matching.values import Account, Written

__all__ = ["ChatEndpoint", "Failed", "narrate"]

MOST_SENTENCES = 5


def narrate(
    account: Account, *, cv_text: str, matched_text: str, job_text: str, endpoint: ChatEndpoint
) -> tuple[Written, ...]:
    """The sentences of the model that hold; none when it says nothing that does. Raises Failed.

    ``matched_text`` is the CV's text with the person hidden at the same places: nothing else of it leaves this machine.
    """
    facts = facts_of(account, matched_text=matched_text, job_text=job_text)
    if not facts:
        return ()
    private = hidden_words(cv_text, matched_text)
    told = endpoint.tell(facts)[:MOST_SENTENCES]
    by_id = {fact.id: fact for fact in facts}
    return tuple(
        Written(text, tuple(by_id[one].number for one in cites))
        for text, cites in told
        if holds(text, cites, facts=by_id, private=private)
    )
