"""The errors that cvmatch raises on purpose, where the cause is known; the API, the stage runner and the pages handle them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class CvmatchError(Exception):
    """An expected failure with a message for the person who can do something about it.

    ``permanent`` says that trying again cannot help: a stage parks the row at once instead of retrying it.
    ``details`` holds ids and limits, never text from a CV; a stage leaves the row alone for ``wait_s`` of them at least.
    """

    status = 500
    title = "Something went wrong"

    def __init__(self, message: str, *, permanent: bool = False, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.details = dict(details or {})


class InvalidInput(CvmatchError):
    """What came in cannot be used as it is; the sender has to change it."""

    status = 422
    title = "The input cannot be used"

    def __init__(self, message: str, *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, permanent=True, details=details)


class UnreadableDocument(InvalidInput):
    """A file that is not a CV we can read: wrong type, empty, too large, encrypted, damaged or without text."""

    title = "The file cannot be read"


class NotFound(CvmatchError):
    """The thing asked for does not exist, or the asker may not know that it does."""

    status = 404
    title = "Not found"

    def __init__(self, message: str, *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, permanent=True, details=details)


class Gone(CvmatchError):
    """The thing asked for was here, and its time is over."""

    status = 410
    title = "Gone"

    def __init__(self, message: str, *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, permanent=True, details=details)


class Conflict(CvmatchError):
    """What is asked for cannot be done in the state that the thing is in."""

    status = 409
    title = "Not at this moment"

    def __init__(self, message: str, *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, permanent=True, details=details)


class NotAllowed(CvmatchError):
    """The asker is known and may not do this."""

    status = 403
    title = "Not allowed"

    def __init__(self, message: str, *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, permanent=True, details=details)


class LeaseLost(CvmatchError):
    """A worker took longer than its lease, and another one has the row now; the late result is thrown away."""
