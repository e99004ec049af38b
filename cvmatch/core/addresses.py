"""Which addresses only this machine can reach, and which are its own."""

from __future__ import annotations

import contextlib
import ipaddress
import socket


def is_loopback(host: str) -> bool:
    """Whether a host name or address stays on this machine."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def own_addresses() -> list[str]:
    """The addresses that this machine or container has under its own name, as they stand in a Host header."""
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    known = {str(address[0]) for _, _, _, _, address in found}
    return sorted(f"[{address}]" if ":" in address else address for address in known)
