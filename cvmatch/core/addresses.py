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


def own_addresses(host: str) -> list[str]:
    """What a server that listens on all addresses may be called besides its names: Prometheus and probes ask each container
    by its own address. None where ``host`` is another."""
    if host not in {"0.0.0.0", "::"}:  # noqa: S104
        return []
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    known = {str(address[0]) for _, _, _, _, address in found}
    return sorted(f"[{address}]" if ":" in address else address for address in known)
