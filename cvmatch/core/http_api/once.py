"""Writes that are done once however often they are sent: with the same Idempotency-Key comes the same answer."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cvmatch.core.http_api.callers import caller_of
from cvmatch.core.http_api.errors import UNREADABLE, unreadable
from cvmatch.core.http_api.problems import Answering, problem
from cvmatch.core.models import IdempotentCall, User

HEADER, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
METHODS = {"POST", "PUT", "PATCH", "DELETE"}
KEPT = timedelta(hours=24)
# Longer than the web server lets a request run: whoever still holds a claim then is dead.
LEASE = timedelta(minutes=2)
LONGEST_BYTES = 256 * 1024
KEPT_HEADERS = ("Content-Type", "Location", "Retry-After", "ETag")
# Say something about the moment or the caller, not about the request: it may fare better when it is sent again.
_PASSING = {401, 403, 408, 409, 425, 429}


@dataclass(frozen=True)
class _Key:
    """One key of one user. Neither it nor what was answered under it can be read in the database."""

    user: User
    text: str

    @property
    def hash(self) -> str:
        return salted_hmac("cvmatch.once.hash", f"{self.user.pk} {self.text}", algorithm="sha256").hexdigest()

    @property
    def cipher(self) -> Fernet:
        secret = salted_hmac("cvmatch.once.cipher", f"{self.user.pk} {self.text}", algorithm="sha256").digest()
        return Fernet(base64.urlsafe_b64encode(secret))


def once(request: HttpRequest, get_response: Answering) -> HttpResponseBase:
    """The answer; the one that was given before where this very request was made before under its key."""
    text, user = request.headers.get(HEADER), caller_of(request).user
    if text is None or user is None or request.method not in METHODS:
        return get_response(request)
    if not re.fullmatch(r"[!-~]{1,200}", text):
        said = "1 to 200 visible ASCII characters, such as a UUID."
        return problem(status=422, detail=said, errors=[{"field": f"header.{HEADER}", "message": said}])
    key = _Key(user, text)
    try:
        request_hash = _fingerprint(request)
    except UNREADABLE as error:
        return unreadable(error)
    claimed = _claim(key, request_hash, timezone.now())
    if isinstance(claimed, HttpResponse):
        return claimed
    response = get_response(request)
    _keep(claimed, key, response)
    return response


def delete_old_calls(limit: int) -> int:
    """Forget calls that nobody may repeat any more; returns how many."""
    old = IdempotentCall.objects.filter(started_at__lt=timezone.now() - KEPT).values("pk")[:limit]
    return IdempotentCall.objects.filter(pk__in=old).delete()[0]


def _claim(key: _Key, request_hash: str, now: datetime) -> IdempotentCall | HttpResponse:
    """The call, now ours to make; or what to answer where it was made, is being made, or is another one."""
    fresh = {"request_hash": request_hash, "started_at": now, "leased_until": now + LEASE}
    call, is_ours = IdempotentCall.objects.get_or_create(user=key.user, key_hash=key.hash, defaults=fresh)
    if is_ours:
        return call
    is_old = call.started_at < now - KEPT
    if not is_old and call.request_hash != request_hash:
        said = "This key came with another request. Take a new one, or send the first request again unchanged."
        return problem(status=422, kind="key-reused", detail=said)
    if not is_old and call.status is not None:
        return _kept(call, key)
    if is_old or call.leased_until < now:
        taken = {**fresh, "claim": uuid.uuid4(), "status": None, "answer": None}
        # Two may find it so; the claim that they saw lets one of them through.
        if IdempotentCall.objects.filter(pk=call.pk, claim=call.claim).update(**taken):
            call.claim = taken["claim"]  # type: ignore[assignment]
            return call
    return problem(status=409, kind="call-running", headers={"Retry-After": "1"})


def _keep(call: IdempotentCall, key: _Key, response: HttpResponseBase) -> None:
    """The answer for the next one who asks; what would be another one next time is not kept, and the key is free again."""
    ours = IdempotentCall.objects.filter(pk=call.pk, claim=call.claim)
    status = response.status_code
    if status >= 500 or status in _PASSING or not isinstance(response, HttpResponse):
        ours.delete()
        return
    answer = None
    if len(response.content) <= LONGEST_BYTES:
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        body = base64.b64encode(response.content).decode()
        answer = key.cipher.encrypt(json.dumps({"headers": headers, "body": body}).encode())
    ours.update(status=status, answer=answer)


def _kept(call: IdempotentCall, key: _Key) -> HttpResponse:
    if call.answer is None:
        return problem(status=409, kind="answer-not-kept")
    kept = json.loads(key.cipher.decrypt(bytes(call.answer)))
    headers = {**kept["headers"], REPLAYED: "true"}
    return HttpResponse(base64.b64decode(kept["body"]), status=call.status, headers=headers)


def _fingerprint(request: HttpRequest) -> str:
    """Hash of method, address and body. Of a form its fields and files: the lines between them differ each time it is sent."""
    digest = hashlib.sha256()

    def add(*parts: str | bytes) -> None:
        for part in parts:
            raw = part.encode() if isinstance(part, str) else part
            digest.update(b"%d:" % len(raw))  # so that the ends of two parts cannot be moved
            digest.update(raw)

    add(request.method or "", request.get_full_path(), request.content_type or "")
    if request.content_type != "multipart/form-data" or request.method != "POST":
        add(request.body)
        return digest.hexdigest()
    for name, values in sorted(request.POST.lists()):
        add("field", name, *values)
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            add("file", name, file.name or "", hashlib.file_digest(file, "sha256").digest())
            file.seek(0)
    return digest.hexdigest()
