"""Whether two texts say the same word for word, but for skills in other words for the same and what these imply beside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobs.skills.vocabulary import vocabulary
from matching.tailoring.support import named_in, narrower_than, says_the_same, squeezed

# Words, and every sign but brackets: a comma can turn a "no" into another one.
_TOKEN = re.compile(r"\w+(?:[.,]\d+)*|[^\w\s()]")
# Said or left out, they change nothing.
_GLUE = {"and", "und"}


class Unsupported(Exception):
    """An edit says or does what the CV does not support; the message is a sentence for people."""


def check_same_words(before: str, after: str) -> None:
    """Raises Unsupported where a word is new, gone or elsewhere, but for skills in other words and what these imply."""
    old, new = list(_tokens(before)), list(_tokens(after))
    at = 0
    for token in new:
        if at < len(old) and _is_same(old[at], token):
            at += 1
        elif not _stands_beside(token, old[max(at - 1, 0) : at + 1]):
            raise Unsupported(f"It says {token.words!r}, which the CV does not say there.")
    if at < len(old):
        raise Unsupported(f"It leaves out {old[at].words!r}.")
    often = _times(old)
    if any(times > max(often[words], 1) for words, times in _times(new).items()):
        raise Unsupported("It says a skill once more, to be found more often.")


def _times(tokens: Sequence[_Token]) -> Counter[str]:
    return Counter(squeezed(token.words) for token in tokens if token.skill_id)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, or a skill as a whole with its id."""

    words: str
    skill_id: str = ""


def _tokens(text: str) -> Iterator[_Token]:
    done = 0
    for mention in named_in(text):
        yield from _plain(text[done : mention.start])
        yield _Token(mention.surface, mention.skill_id)
        done = mention.end
    yield from _plain(text[done:])


def _plain(text: str) -> Iterator[_Token]:
    yield from (_Token(word) for word in _TOKEN.findall(text) if word not in _GLUE)


def _is_same(old: _Token, new: _Token) -> bool:
    if old.skill_id != new.skill_id:
        return False
    return says_the_same(old.skill_id, old.words, new.words) if old.skill_id else old.words == new.words


def _stands_beside(new: _Token, said: Sequence[_Token]) -> bool:
    """A skill beside one that it is another word for, or that cannot be had without it."""
    return bool(new.skill_id) and any(_is_same(own, new) or _is_implied(own, new) for own in said)


def _is_implied(own: _Token, new: _Token) -> bool:
    name = vocabulary().get(new.skill_id).name
    return own.skill_id in narrower_than(new.skill_id) and squeezed(new.words) == squeezed(name)
