"""Where a connection may lead: https to public addresses, unless an admin lets more.

The name is resolved once, every address that it has is judged, and the connection goes to one of
those very addresses: a name that answers differently a moment later changes nothing.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

PORTS = frozenset({443, 8443})
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|\d+)\.?", re.IGNORECASE)
_NAT64 = ip_network("64:ff9b::/96")
# Instance metadata that lies in ranges which an installation may well use otherwise.
_METADATA = frozenset(map(ip_address, ("100.100.100.200", "fd00:ec2::254", "192.0.0.192")))


class RefusedAddress(Exception):
    """Its words say what is wrong with the address and what to do."""

    @property
    def sentence(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Target:
    scheme: str
    host: str
    port: int


def check_url(url: str, *, allow_private: bool) -> Target:
    """The parts of an address that may be connected to; RefusedAddress says why one may not."""
    if not url.isascii() or not url.isprintable() or re.search(r"[\s\\]", url):
        raise RefusedAddress(
            _("Write the address in plain letters, without spaces or backslashes.")
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise RefusedAddress(_("This is not an address. Write it like https://name/v1.")) from None
    if "@" in parts.netloc:
        raise RefusedAddress(_("Leave out the user name and “@”. The key has a field of its own."))
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise RefusedAddress(_("Leave out everything from “?” or “#” on."))
    check_scheme(parts.scheme, allow_private=allow_private)
    check_host(host)
    return Target(parts.scheme, host, check_port(parts.scheme, port, allow_private=allow_private))


def check_scheme(scheme: str, *, allow_private: bool) -> None:
    if scheme == "https" or (scheme == "http" and allow_private):
        return
    words = _("The address has to begin with https://, unless it lies inside the network.")
    raise RefusedAddress(words)


def check_port(scheme: str, port: int | None, *, allow_private: bool) -> int:
    found = port if port is not None else {"https": 443, "http": 80}[scheme]
    if found in PORTS or (allow_private and found > 0):
        return found
    words = _("Port %(port)s is not allowed. Public addresses are reached on 443 or 8443.")
    raise RefusedAddress(words % {"port": found})


def check_host(host: str) -> None:
    """A name, or an address in its one usual spelling; other spellings of numbers are refused."""
    last = host.rstrip(".").rpartition(".")[2]
    named = _NAME.fullmatch(host) and not _NUMBER.fullmatch(last) and len(host) <= 253
    if not named and not _is_address(host):
        raise RefusedAddress(_("“%(host)s” is not the name of a server.") % {"host": host[:80]})


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host  # which would choose one of the machine's own networks


def check_address(text: str, *, allow_private: bool) -> Address:
    """An address that a name has, if Galley may connect to it."""
    address = _inner(ip_address(text))
    if _is_public(address) or (allow_private and _is_reachable(address)):
        return ip_address(text)
    if allow_private:
        raise RefusedAddress(_("This address serves the machine's own set-up and is never asked."))
    raise RefusedAddress(
        _(
            "This address lies inside the network. An installation admin can allow it on the page "
            "of the connection."
        )
    )


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_public(address: Address) -> bool:
    return address.is_global and _is_reachable(address)


def _is_reachable(address: Address) -> bool:
    """Neither link-local (metadata of clouds lives there), nor for many, nor for nobody."""
    strange = address.is_multicast or address.is_unspecified or address.is_link_local
    loopback = address.is_loopback
    return not strange and (loopback or not address.is_reserved) and address not in _METADATA


async def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, by the system's resolver; none raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))
