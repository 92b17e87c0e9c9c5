"""Which network addresses are out on the internet, whatever they are wrapped in."""

import ipaddress
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Protocol assignments, relays and documentation, which Python counts as public in part.
_NOT_PLACES: Final = tuple(
    ipaddress.ip_network(network) for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")
)
# All that is handed out to be reached from everywhere (RFC 4291, 2.4). The rest of IPv6 has many uses inside, some of
# which Python calls global: site-local fec0::/10, translators at ::ffff:0:0/96, segment routing at 5f00::/16.
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")


def is_outside(address: Address) -> bool:
    """Whether the address, and any IPv4 address wrapped in it, is a public one."""
    wrapped = _unwrapped(address)
    if wrapped is not None:
        return is_outside(wrapped)
    if isinstance(address, ipaddress.IPv6Address) and address not in _UNICAST:
        return False
    if any(address in network for network in _NOT_PLACES):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _unwrapped(address: Address) -> ipaddress.IPv4Address | None:
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address in _NAT64 or address in _V4_COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
