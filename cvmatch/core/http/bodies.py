"""Reads an answer's body up to a bound, unpacked on the way, so that a small answer never becomes a large one."""

from __future__ import annotations

import zlib

import httpx

from cvmatch.core.fetching import FetchFailed
from cvmatch.core.http.failures import Passing

# What is asked for. The client's own decoders unpack each piece as a whole, a thousandfold at worst.
ENCODING = "gzip"
_ENCODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}


def read_body(response: httpx.Response, most_bytes: int, place: str) -> bytes:
    """The whole body, unpacked. Raises FetchFailed where it is longer than ``most_bytes``, Passing where it was cut."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raise FetchFailed(f"{place} answered in an encoding that was not asked for.", permanent=True)
    try:
        return _unpacked(response, most_bytes) if encoding not in ("", "identity") else _plain(response, most_bytes)
    except OverflowError:
        megabytes = f"{most_bytes / 1024**2:g} MiB"
        advice = f"sent more than {megabytes}. If that is right, raise CVMATCH_FETCH_MAX_MB."
        raise FetchFailed(f"{place} {advice}", permanent=True) from None
    except zlib.error:
        raise Passing(f"{place} sent a body that is cut or damaged.") from None


def _plain(response: httpx.Response, most_bytes: int) -> bytes:
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > most_bytes:
            raise OverflowError
    return bytes(body)


def _unpacked(response: httpx.Response, most_bytes: int) -> bytes:
    packed, body = zlib.decompressobj(zlib.MAX_WBITS | 32), bytearray()  # finds out itself whether gzip or zlib
    begun = False
    for piece in response.iter_raw():
        begun = True
        body += packed.decompress(piece, most_bytes + 1 - len(body))
        if len(body) > most_bytes:
            raise OverflowError
    if begun and not packed.eof:
        raise zlib.error
    return bytes(body)
