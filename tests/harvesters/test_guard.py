"""The guard lets nobody ask an address that is not public, in whatever spelling it comes."""

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.errors import AddressRefused
from harvesters.guard import Guard

NO_WEB_ADDRESS = [
    "file:///etc/passwd",
    "ftp://example.org/",
    "gopher://example.org/",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "//example.org/",
    "example.org",
    "",
    "http://",
    "http:///path",
    "http://user@example.org/",
    "http://example.org@127.0.0.1/",
    "http://example.org:80@127.0.0.1/",
    "http://example.org\\@127.0.0.1/",
    "http://example.org/\r\nHost: 127.0.0.1",
    " http://example.org/",
    "http://exa mple.org/",
    "http://example.org:0/",
    "http://example.org:99999/",
    "http://example.org:port/",
    "http://[::1/",
    "http://[v1.fe80]/",
    "http://[example.org]/",
    "http://%31%32%37.0.0.1/",
    "http://a..b/",
    f"http://{'a' * 64}.org/",
    "http://256.1.1.1/",
    "http://1.2.3.4.5/",
    "http://0xzz.1/",
    "http://08.8.8.8/",
]
OUR_OWN = [
    "http://localhost/",
    "http://LOCALHOST:8080/",
    "http://localhost./",
    "http://www.localhost/",
    "http://ⓛocalhost/",
    "http://printer.local/",
    "http://metadata.google.internal/",
    "http://nas.home.arpa/",
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0X7F.0.0.1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://10.0.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::10.0.0.1]/",
]
NEVER = [
    "http://0.0.0.0/",
    "http://0/",
    "http://0.1.2.3/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://100.100.100.200/",
    "http://[fd00:ec2::254]/",
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::7f00:1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[100::1]/",
    "http://[2001::1]/",
    "http://[2001:db8::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:808:808::]/",
    "http://[3fff::1]/",
    "http://[5f00::1]/",
    "http://[64:ff9b:1::808:808]/",
    "http://[4000::1]/",
]
PUBLIC = [
    "http://www.biodiv.be/",
    "https://example.org:8443/path?query=http://127.0.0.1/#fragment",
    "HTTPS://EXAMPLE.ORG./",
    "http://bücher.example.org/",
    "http://пример.рф/",
    "http://under_score.example.org/",
    "http://localhost.example.org/",
    "http://8.8.8.8/",
    "http://134744072/",
    "http://[2606:4700::1111]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[64:ff9b::8.8.8.8]/",
]


@pytest.mark.parametrize("url", [*NO_WEB_ADDRESS, *OUR_OWN, *NEVER])
def test_hostile_addresses_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        Guard().check_url(url)


@pytest.mark.parametrize("url", PUBLIC)
def test_public_addresses_are_not(url: str) -> None:
    assert Guard().check_url(url) is None


@pytest.mark.parametrize("url", OUR_OWN)
def test_allow_private_opens_the_machine_and_its_network(url: str) -> None:
    assert Guard(allow_private=True).check_url(url) is None


@pytest.mark.parametrize("url", [*NO_WEB_ADDRESS, *NEVER])
def test_allow_private_opens_nothing_else(url: str) -> None:
    with pytest.raises(AddressRefused):
        Guard(allow_private=True).check_url(url)


SPELLINGS = [
    lambda ip: str(int(ip)),
    lambda ip: hex(int(ip)),
    lambda ip: f"0{int(ip):o}",
    lambda ip: ".".join(f"0{part:o}" for part in ip.packed),
    lambda ip: ".".join(hex(part) for part in ip.packed),
    lambda ip: f"{ip.packed[0]}.{int(ip) & 0xFFFFFF}",
    lambda ip: f"[::ffff:{ip}]",
    lambda ip: f"[64:ff9b::{ip}]",
    lambda ip: str(ip).translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}),
    lambda ip: f"{ip}.",
]


@given(
    address=st.sampled_from(["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]).flatmap(
        lambda block: st.ip_addresses(v=4, network=block)
    ),
    spell=st.sampled_from(SPELLINGS),
)
def test_no_spelling_of_a_private_address_gets_through(address: ipaddress.IPv4Address, spell: Any) -> None:
    with pytest.raises(AddressRefused):
        Guard().check_url(f"http://{spell(address)}/")


@given(st.ip_addresses(v=6).filter(lambda ip: not ip.is_global))
def test_no_special_ipv6_address_gets_through(address: ipaddress.IPv6Address) -> None:
    with pytest.raises(AddressRefused):
        Guard().check_url(f"http://[{address}]/")


@given(st.text(max_size=60))
def test_any_text_is_judged_without_a_crash(text: str) -> None:
    for url in (text, f"http://{text}/", f"http://[{text}]/", f"http://example.org:{text}"):
        try:
            Guard().check_url(url)
        except AddressRefused:
            continue
        assert url.lower().startswith("http")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost", "::1", "::ffff:127.0.0.1"])
def test_resolving_refuses_what_the_resolver_finds_on_the_machine(host: str) -> None:
    with pytest.raises(AddressRefused):
        Guard().resolve(host, 80)


def test_resolving_gives_the_checked_addresses() -> None:
    assert Guard().resolve("8.8.8.8", 443) == [(socket.AF_INET, ("8.8.8.8", 443))]
    assert Guard(allow_private=True).resolve("127.1", 80) == [(socket.AF_INET, ("127.0.0.1", 80))]


@pytest.mark.parametrize("found", [["8.8.8.8", "10.0.0.1"], ["169.254.169.254", "8.8.8.8"], ["2606:4700::1", "::1"]])
def test_one_special_address_among_public_ones_refuses_the_host(
    found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [(socket.AF_INET6 if ":" in ip else socket.AF_INET, 1, 6, "", (ip, 80)) for ip in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: answers)
    with pytest.raises(AddressRefused, match="is not a public address"):
        Guard().resolve("mixed.example.org", 80)


def test_a_refusal_names_the_address_the_reason_and_what_to_do() -> None:
    with pytest.raises(AddressRefused) as refusal:
        Guard().check_url("http://0x7f000001/feed")
    assert "'http://0x7f000001/feed'" in str(refusal.value)
    assert "127.0.0.1 is not a public address" in str(refusal.value)
    assert "`allow_private: true`" in refusal.value.advice
