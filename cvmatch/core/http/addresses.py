"""Which addresses may be asked: a name that leads into the network we run in is refused, however it is written."""

from __future__ import annotations

import ipaddress
import socket

from cvmatch.core.fetching import FetchFailed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Translates to the IPv4 address in its last 32 bits (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def resolve(host: str, port: int, *, allow_private: bool = False) -> list[str]:
    """The addresses of a host, in the order to try. Raises FetchFailed unless all are public, OSError where there is none.

    Connect to these and not to the name: asked again, it may lead somewhere else.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private and not all(is_public(address) for address in addresses):
        raise FetchFailed(
            f"{host} is an address inside a network and is not asked. Where sources inside your own network are meant, "
            "set CVMATCH_FETCH_PRIVATE=on.",
            permanent=True,
        )
    return addresses


def is_public(text: str) -> bool:
    """Whether an IP address is one of the open Internet, and so are the IPv4 addresses that it stands for."""
    address = ipaddress.ip_address(text.split("%")[0])  # an IPv6 address may name an interface
    return all(map(_is_open, _meant(address)))


def _is_open(address: Address) -> bool:
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    # The one kind that the standard library counts as global though it is not routed (RFC 3879).
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not special and not site_local


def _meant(address: Address) -> list[Address]:
    """The addresses that a connection to this one ends at: IPv6 has four ways to carry an IPv4 address."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    carried = [address.sixtofour, *(address.teredo or ())]
    return [address, *(each for each in carried if each)]
