"""Addresses that must not be reached, by the trick that they play. Collected from the OWASP cheat sheet on SSRF
prevention, the RFCs on IPv6 transition (3056, 4380, 6052, 8215) and WHATWG's reading of IPv4 hosts."""

TRICKS = {
    "loopback": ["https://127.0.0.1/", "https://127.255.255.254/", "https://[::1]/", "https://[0:0:0:0:0:0:0:1]/"],
    "this host": ["https://0.0.0.0/", "https://0/", "https://[::]/", "https://0.1.2.3/"],
    "fewer parts": ["https://127.1/", "https://127.0.1/", "https://10.1/", "https://192.168.257/"],
    "one number": ["https://2130706433/", "https://3232235777/", "https://2852039166/latest/meta-data/"],
    "octal": ["https://0177.0.0.1/", "https://017700000001/", "https://0300.0250.1.1/", "https://00000177.1/"],
    "hexadecimal": ["https://0x7f.0.0.1/", "https://0x7f000001/", "https://0x7f.1/", "https://0xa9.0xfe.0xa9.0xfe/"],
    "mixed bases": ["https://0x7f.0.0.01/", "https://127.0x0.00.1/", "https://0xa.012.1/"],
    "private": ["https://10.1.2.3/", "https://172.16.0.1/", "https://172.31.255.255/", "https://192.168.1.1/"],
    "link-local and metadata": [
        "https://169.254.169.254/latest/meta-data/", "https://169.254.170.2/v2/credentials/", "https://[fe80::1]/",
        "https://[fd00:ec2::254]/latest/meta-data/", "https://100.100.100.200/latest/meta-data/", "https://192.0.0.192/",
    ],
    "shared by a provider": ["https://100.64.0.1/", "https://100.127.255.255/"],
    "documentation and tests": [
        "https://192.0.2.1/", "https://198.51.100.7/", "https://203.0.113.9/", "https://198.18.0.1/",
        "https://[2001:db8::1]/", "https://[3fff::1]/",
    ],
    "multicast and broadcast": [
        "https://224.0.0.1/", "https://239.255.255.250/", "https://255.255.255.255/", "https://240.0.0.1/",
        "https://[ff02::1]/",
    ],
    "unique and site-local": ["https://[fc00::1]/", "https://[fd12:3456::1]/", "https://[fec0::1]/"],
    "IPv4 in IPv6": [
        "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::ffff:10.0.0.1]/", "https://[::127.0.0.1]/",
        "https://[::ffff:0:127.0.0.1]/", "https://[0:0:0:0:0:ffff:a9fe:a9fe]/",
    ],
    "translators and tunnels": [
        "https://[64:ff9b::127.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[64:ff9b:1::1]/",
        "https://[2002:7f00:1::]/", "https://[2002:c0a8:101::1]/", "https://[2001:0:53aa:64c:0:0:80ff:fffe]/",
        "https://192.88.99.1/", "https://[5f00::1]/",
    ],
    "zone": ["https://[fe80::1%25eth0]/", "https://[::1%25lo]/", "https://[fe80::1%eth0]/"],
    "names of this host": [
        "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://ip6-localhost/",
        "https://inside.example/", "https://alias.example/", "https://half.example/",
    ],
    "trailing dots": ["https://127.0.0.1./", "https://10.0.0.1./", "https://0x7f.1./"],
    "other digits and dots": [
        "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "https://127．0．0．1/", "https://１２７.0.0.1/", "https://ⓛocalhost/",
    ],
    "name and password": [
        "https://user:pass@1.1.1.1/", "https://user@1.1.1.1/", "https://1.1.1.1@127.0.0.1/", "https://@127.0.0.1/",
        "https://1.1.1.1%40127.0.0.1/", "https://127.0.0.1\\@1.1.1.1/", "https://1.1.1.1\\@127.0.0.1/",
        "https://127.0.0.1#@1.1.1.1/", "https://127.0.0.1?@1.1.1.1/",
    ],
    "percent signs": ["https://%31%32%37.0.0.1/", "https://127%2e0%2e0%2e1/", "https://%6cocalhost/"],
    "ports": [
        "https://1.1.1.1:8443/", "https://1.1.1.1:22/", "https://1.1.1.1:6379/", "https://1.1.1.1:80/",
        "https://1.1.1.1:99999/", "https://1.1.1.1:abc/", "https://1.1.1.1:0443:22/", "https://1.1.1.1:-1/",
    ],
    "schemes": [
        "http://1.1.1.1/", "ftp://1.1.1.1/", "file:///etc/passwd", "file://1.1.1.1/share", "gopher://1.1.1.1/_X",
        "dict://1.1.1.1:11211/stat", "ldap://1.1.1.1/", "tftp://1.1.1.1/x", "unix:///run/docker.sock",
        "jar:https://1.1.1.1!/", "data:text/plain,hi", "javascript:alert(1)", "ws://1.1.1.1/", "sftp://1.1.1.1/",
    ],
    "broken": [
        "", "https://", "https:///path", "1.1.1.1", "//1.1.1.1/", "https://[::1", "https://[]/", "https://[1.1.1.1]/",
        "https://\x00/", "https://a b/", "https://.../", "https://-/", "https://" + "a" * 300 + "/",
        "https:1.1.1.1/", "https://1.1.1.1 .evil.example/", "https://256.256.256.256/",
    ],
}  # fmt: skip
# Where the names above lead. Each answer is the whole one; `half` mixes a public address in.
NAMES = {
    "inside.example": [["10.0.0.7"]],
    "alias.example": [["alias:inside.example"]],
    "half.example": [["93.184.216.34", "fd00::7"]],
    "localhost": [["127.0.0.1", "::1"]],
    "ip6-localhost": [["::1"]],
}
CORPUS = [pair for trick, urls in TRICKS.items() for pair in ((trick, url) for url in urls)]
