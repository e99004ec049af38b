"""Asks an OpenAI-compatible endpoint one question; what comes back is data to be checked, whatever it says."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import IO, Any

from cvmatch.core.errors import CvmatchError

MOST_BYTES = 200_000


class Failed(CvmatchError):
    """The endpoint did not answer in time, or with something else than was asked for."""


@dataclass(frozen=True)
class Reply:
    """What the model said, and the tokens that the endpoint says it took; None where it does not say so."""

    content: str
    tokens_in: int | None = None
    tokens_out: int | None = None

    def object(self) -> dict[str, Any]:
        """The JSON object in it, also where words or a fence stand around it. Raises Failed."""
        try:
            found = json.loads(self.content[self.content.index("{") : self.content.rindex("}") + 1])
        except (ValueError, RecursionError) as error:
            raise Failed(f"The language model's answer has another form ({type(error).__name__}).") from error
        assert isinstance(found, dict), "it begins with a brace"
        return found


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The key is for the address in the settings and for no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Chat:
    """``url`` is the base, such as ``http://127.0.0.1:11434/v1``; ``timeout_s`` bounds one answer as a whole."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout_s: float = 20.0
    max_tokens: int = 500

    def ask(self, rules: str, question: str) -> Reply:
        """The answer to the question under those rules, not checked. Raises Failed."""
        body = json.dumps(
            {
                "model": self.model,
                "messages": [{"role": "system", "content": rules}, {"role": "user", "content": question}],
                "max_tokens": self.max_tokens,
                "temperature": 0,
            }
        ).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(  # noqa: S310 - cvmatch.checks lets http and https pass only
            f"{self.url.rstrip('/')}/chat/completions", data=body, headers=headers
        )
        try:
            return _reply(json.loads(self._answer(request)))
        except (OSError, http.client.HTTPException) as error:
            raise Failed(f"The language model did not answer ({type(error).__name__}).") from error
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            raise Failed(f"The language model's answer has another form ({type(error).__name__}).") from error

    def _answer(self, request: urllib.request.Request) -> bytes:
        """All of it before the time is over: the socket's own time-out starts anew with every byte."""
        until = time.monotonic() + self.timeout_s
        opener = urllib.request.build_opener(_NoRedirects)
        with opener.open(request, timeout=self.timeout_s) as response:
            return b"".join(_read(response, until))


def _read(response: IO[bytes], until: float) -> list[bytes]:
    pieces: list[bytes] = []
    while piece := response.read1(8192):  # type: ignore[attr-defined]
        pieces.append(piece)
        if time.monotonic() > until or sum(map(len, pieces)) > MOST_BYTES:
            raise TimeoutError
    return pieces


def _reply(answer: Any) -> Reply:
    content = answer["choices"][0]["message"]["content"]
    if not isinstance(content, str):
        raise TypeError
    usage = answer.get("usage")
    used = usage if isinstance(usage, dict) else {}
    return Reply(content, _count(used.get("prompt_tokens")), _count(used.get("completion_tokens")))


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None
