"""Addresses of this machine: which only it can reach, and which it has."""

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
    """What the name of this machine or container stands for, IPv6 in brackets as in a Host header; none if for nothing."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)}
    except OSError:
        return []
    return sorted(f"[{address}]" if ":" in address else address for address in found)
