"""Which addresses are out on the internet."""

from ipaddress import ip_address

import pytest

from corpblog.kernel.addresses import is_outside

INSIDE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255", "192.88.99.1", "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "fec0::1",
    "ff02::1", "ff0e::1", "2001:db8::1", "3fff::1", "5f00::1", "4000::1", "2001:10::1", "2001:20::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:7f00:1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::", "2002:c0a8:101::",
    "2001:0:53aa:64c:0:0:80ff:fffe", "100::1",
]  # fmt: skip
OUTSIDE = [
    "1.1.1.1", "93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450::1",
    "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_not(address):
    assert not is_outside(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_are(address):
    assert is_outside(ip_address(address))
