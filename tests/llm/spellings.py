"""Ways to write an address that lies inside; {port} is where a listener waits on loopback.

Each names this machine, the metadata of a cloud, or a network behind a firewall.
"""

from __future__ import annotations

HOSTS = (
    # this machine, as it is usually written
    "127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "[::1]", "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::1%25lo]", "ip6-localhost", "127.0.0.2",
    "127.255.255.254",
    # numbers in other bases and with parts left out
    "2130706433", "0x7f000001", "0x7F.0.0.1", "0x7f.1", "017700000001", "0177.0.0.1", "0177.1",
    "127.1", "127.0.1", "127.0.0.01", "127.000.000.001", "00000177.0.0.1", "0x7f.0x0.0x0.0x1",
    "2130706433.", "127.0.0.0x1", "4294967297",
    # nobody's address, which some systems take for their own
    "0.0.0.0", "0", "0x0", "00", "[::]", "[::0]",
    # IPv4 inside IPv6
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:7f00:0001]", "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:0001::1]", "[::ffff:0:127.0.0.1]",
    "[2001:0:7f00:1::]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[fd00::1]",
    "[fd00:ec2::254]", "[ff02::1]", "[100::1]", "[2001:db8::1]", "[2001:10::1]",
    # networks behind a firewall, and the metadata of clouds
    "10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.0.1", "192.168.255.255", "100.64.0.1",
    "100.127.255.254", "169.254.169.254", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]",
    "100.100.100.200", "192.0.0.192", "198.18.0.1", "192.0.2.1", "203.0.113.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "2852039166", "0xa9fea9fe",
    # names that lead there, and letters that look like others
    "inside.example", "both.example", "mapped.example", "①②⑦.⓪.⓪.①", "ⓛocalhost", "127。0。0。1",
    "localhost%00.example", "localhost%2eexample", "%6c%6f%63%61%6c%68%6f%73%74", "127.0.0.1%20",
    # who is asked, and as whom
    "example.com@127.0.0.1", "example.com%40127.0.0.1", "user:word@localhost",
    "127.0.0.1\\@a.example",
    "a.example\\.localhost", "a.example#@127.0.0.1", "a.example?@127.0.0.1", "[::1]@a.example",
    "a.example@[::1]", " localhost", "local\thost", "localhost\n", "[127.0.0.1]", "[localhost]",
    "::1", "", "-localhost", "local host",
)  # fmt: skip

# What the names above lead to, for the resolver of the tests.
NAMES = {
    "inside.example": ["127.0.0.1"],
    "both.example": ["93.184.216.34", "127.0.0.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "ip6-localhost": ["::1"],
    "localhost.": ["127.0.0.1"],
}
