"""Who is in an experiment, and in which arm: a pure function of its salt and the user, so that nothing is kept of anybody."""

from __future__ import annotations

from hashlib import sha256

CONTROL, TREATMENT = "control", "treatment"
_WHOLE = 2**64


def arm_of(user_id: int, *, salt: str, share: float, share_of_treatment: float) -> str | None:
    """The arm that a user is in for as long as the experiment lasts; None for those outside.

    Two independent draws between 0 and 1 from one SHA-256: whether they are in, and where. A larger ``share`` lets others in
    and moves nobody, and under another salt everybody is drawn anew.
    """
    digest = sha256(f"{salt}:{user_id}".encode()).digest()
    inside, arm = (int.from_bytes(digest[begin : begin + 8]) / _WHOLE for begin in (0, 8))
    if inside >= share:
        return None
    return TREATMENT if arm < share_of_treatment else CONTROL
