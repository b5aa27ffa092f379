"""Which addresses may be asked. The polite client and the spiders ask the same guard.

What a site names (a redirect, a next link, a DNS answer) is hostile until judged. Two judgements: `check_url` reads
the address as written; `resolve` looks the name up and judges every address found, and the caller connects to what
`resolve` returned and to nothing else, so that a DNS answer that changes in between is harmless.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import NamedTuple, TypeAlias
from urllib.parse import SplitResult, urlsplit

from harvesters.errors import AddressRefused

IP: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# What `allow_private` opens: a machine's own and a local network's addresses. Nothing else is ever opened, for no
# source lives on a link-local, multicast or reserved address.
_PRIVATE = tuple(
    ipaddress.ip_network(block)
    for block in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1", "fc00::/7")
)
# Where clouds serve their machines' credentials, inside blocks that `allow_private` opens.
_METADATA = {ipaddress.ip_address("100.100.100.200"), ipaddress.ip_address("fd00:ec2::254")}
# Of IANA's special-purpose registries, what the `is_global` of Python 3.11 does not know yet.
_SPECIAL = tuple(ipaddress.ip_network(block) for block in ("192.0.0.0/24", "192.88.99.0/24", "2002::/16", "3fff::/20"))
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # the only part of IPv6 that IANA has given out
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: how an IPv6-only network reaches the IPv4 world

# Names that mean this machine or its own network everywhere: RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`.
_LOCAL_NAMES = ("localhost", "localdomain", "local", "internal", "home.arpa", "ip6-localhost", "ip6-loopback")
# WHATWG URL, 3.5: a host whose last label is a number is an IPv4 address, in whatever spelling.
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")  # read differently by different parsers


class Endpoint(NamedTuple):
    """A checked address to connect to, as `socket.socket(family)` and `connect(address)` take it."""

    family: socket.AddressFamily
    address: tuple[str, int]


class Guard:
    """Refuses every address that is not public; with `allow_private`, loopback and private ones may be asked too."""

    def __init__(self, *, allow_private: bool = False) -> None:
        self._allow_private = allow_private

    def check_url(self, url: str) -> None:
        """Judge an address as written; nothing is looked up.

        Raises:
            AddressRefused: it is no plain http or https address, or its host is a special address in any spelling.
        """
        host = _host(url)
        if _is_local_name(host) and not self._allow_private:
            raise _refused(url, f"`{host}` is a name of the machine itself or of its own network.")
        number = _address(url, host)
        if number and (why := self._objection(number)):
            raise _refused(url, why)

    def resolve(self, host: str, port: int) -> list[Endpoint]:
        """Look a host up: at least one endpoint, in the resolver's order, each of them checked.

        A host with one special address among public ones is refused whole: it is misconfigured or hostile.

        Raises:
            AddressRefused: an address of the host is special.
            OSError: the name is not known or no name server answers (`socket.gaierror`).
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        endpoints = []
        for family, _type, _protocol, _name, address in found:
            # An IPv6 tuple's flow and scope are left out: only a link-local address has a scope, and it is refused.
            number = ipaddress.ip_address(str(address[0]).partition("%")[0])
            if why := self._objection(number):
                raise _refused(host, why)
            endpoints.append(Endpoint(family, (str(number), port)))
        return endpoints

    def _objection(self, address: IP) -> str | None:
        """Why an address may not be asked, as a sentence; None where it may."""
        inner = _unwrapped(address)
        if self._allow_private and inner not in _METADATA and any(inner in block for block in _PRIVATE):
            return None
        shown = f"{address}" if inner == address else f"{address} (that is {inner})"
        return f"{shown} is not a public address." if _is_special(inner) else None


def _unwrapped(address: IP) -> IP:
    """The IPv4 address inside an IPv4-mapped or NAT64 one; any other address itself.

    6to4 and Teredo wrap one too, but are refused whole: both are retired, and no site is served over them.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(address.packed[-4:])
    return address


def _is_special(address: IP) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return True
    flagged = not address.is_global or address.is_multicast or address.is_reserved
    return flagged or any(address in block for block in _SPECIAL)


def _host(url: str) -> str:
    """The host of a plain web address: ASCII, lower case, without brackets and trailing dot."""
    if _FORBIDDEN.search(url):
        raise _refused(url, "It contains a blank, a control character or a backslash.")
    parts, host = _split(url)
    if parts.scheme not in ("http", "https"):
        raise _refused(url, f"`{parts.scheme or 'no'}` is not a web scheme; only http and https are asked.")
    if "@" in parts.netloc:
        raise _refused(url, "It carries a user name, which can disguise the host.")
    if not host or "%" in host:
        raise _refused(url, "It has no host, or one with an escape or a zone in it.")
    try:
        # nameprep turns full-width and circled digits and ideographic dots into what a resolver would read.
        return host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise _refused(url, "Its host has a label that is empty or too long.") from None


def _split(url: str) -> tuple[SplitResult, str]:
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError as error:
        raise _refused(url, f"It cannot be read ({error}).") from None
    if not has_port:
        raise _refused(url, "Nothing listens at port 0.")
    return parts, parts.hostname or ""


def _is_local_name(host: str) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in _LOCAL_NAMES)


def _address(url: str, host: str) -> IP | None:
    """The address that a host spells (127.1, 0x7f000001 and 017700000001 are all 127.0.0.1); None for a name."""
    if ":" in host or urlsplit(url).netloc.startswith("["):
        try:
            return ipaddress.IPv6Address(host)
        except ValueError:
            raise _refused(url, f"`[{host}]` is not an IPv6 address.") from None
    if not _ENDS_IN_NUMBER.search(host):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        raise _refused(url, f"`{host}` ends in a number but is not an IPv4 address.") from None


def _refused(url: str, why: str) -> AddressRefused:
    return AddressRefused(
        f"{url[:500]!r} is not asked. {why}",
        advice="Correct the address; for a site on your own network set `allow_private: true` in its source file, "
        "or CHM_ALLOW_PRIVATE=yes.",
    )
