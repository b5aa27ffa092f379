"""One request on the wire: time limits that hold on the socket, caps, compression, checked addresses, TLS."""

import gzip
import socket
import ssl
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.errors import AddressRefused, HarvestError, ProtocolError, TooLarge, TooSlow, Unreachable
from harvesters.http import Http
from tests.harvesters.servers import CONTACT, FakeClock, Site, client, reply, source


def drip(*pieces: bytes, every: float = 0.02) -> Callable[[], Iterator[bytes]]:
    """A route that sends its pieces, the last one again and again, until the client hangs up."""

    def route() -> Iterator[bytes]:
        yield from pieces
        while True:
            time.sleep(every)
            yield pieces[-1]

    return route


def cut(*pieces: bytes) -> Callable[[], Iterable[bytes]]:
    """A route that sends its pieces and hangs up."""
    return lambda: pieces


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "route",
    [
        drip(HEAD + b"Content-Length: 100000\r\n\r\n", b"x"),
        drip(HEAD + b"\r\n", b"x"),
        drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
        drip(HEAD, b"X-Drip: 1\r\n"),
        drip(b"H"),
    ],
    ids=["length", "no length", "chunks", "chunk size", "headers", "status line"],
)
def test_a_server_that_drips_is_cut_at_the_total_time_limit(
    route: Callable[[], Iterator[bytes]], tmp_path: Path
) -> None:
    with Site({"/": route}) as site, client(source(site.url(), timeout=0.4), tmp_path) as http:
        began = time.monotonic()
        with pytest.raises(TooSlow, match=r"did not end within 0\.4 seconds"):
            http.get(site.url())
    assert time.monotonic() - began < 5  # and not the hours that the drip would take


def test_silence_is_a_fault_that_is_tried_again(tmp_path: Path) -> None:
    def silent() -> Iterator[bytes]:
        time.sleep(0.3)
        yield reply()

    with Site({"/": [silent, reply(200, b"well")]}) as site, client(source(site.url(), timeout=0.3), tmp_path) as http:
        assert http.get(site.url()).body == b"well"


@pytest.mark.parametrize(
    "route",
    [
        reply(200, b"x" * 1001),
        cut(HEAD + b"\r\n", *[b"x" * 500] * 3),
        cut(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1f4\r\n" + b"x" * 500 + b"\r\n"] * 3, b"0\r\n\r\n"),
        drip(HEAD + b"\r\n", b"x" * 65536, every=0),
        cut(HEAD + b"Content-Length: 99999999999999999999\r\n\r\n"),
        reply(200, gzip.compress(b"\0" * 10**6), content_encoding="gzip"),
        reply(200, gzip.compress(b"\0" * 10**6)),
        reply(200, zlib.compress(b"\0" * 10**6), content_encoding="deflate"),
        reply(200, gzip.compress(b"") * 500, content_encoding="gzip"),
    ],
    ids=["stated", "unstated", "chunked", "endless", "absurd", "bomb", "hidden bomb", "deflate bomb", "hollow members"],
)
def test_more_bytes_than_the_cap_are_not_read_before_or_after_unpacking(route: Any, tmp_path: Path) -> None:
    with (
        Site({"/": route}) as site,
        client(source(site.url(), max_bytes=1000), tmp_path) as http,
        pytest.raises(TooLarge, match="more than 1,000 bytes"),
    ):
        http.get(site.url())


def test_a_bomb_takes_no_more_memory_than_the_cap(tmp_path: Path) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    with (
        Site({"/": reply(200, bomb, content_encoding="gzip")}) as site,
        client(source(site.url(), max_bytes=100_000), tmp_path) as http,
    ):
        http.get(site.url("/other"))
        tracemalloc.start()
        with pytest.raises(TooLarge):
            http.get(site.url())
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 2_000_000


def test_the_cap_itself_is_allowed(tmp_path: Path) -> None:
    body = b"x" * 1000
    routes = {"/": reply(200, body), "/zip": reply(200, gzip.compress(body), content_encoding="gzip")}
    with Site(routes) as site, client(source(site.url(), max_bytes=1000), tmp_path) as http:
        assert http.get(site.url("/")).body == http.get(site.url("/zip")).body == body


def test_a_redirect_with_an_endless_body_is_followed_all_the_same(tmp_path: Path) -> None:
    endless = drip(b"HTTP/1.1 302 Found\r\nLocation: /end\r\n\r\n", b"x" * 65536, every=0)
    with Site({"/": endless, "/end": reply(200, b"end")}) as site, client(site.url(), tmp_path) as http:
        assert http.get(site.url()).body == b"end"


TEXT = "Biodiversité, 生物多样性 " * 50
PLAIN = TEXT.encode()
RAW_DEFLATE = zlib.compress(PLAIN)[2:-4]


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, gzip.compress(PLAIN), content_encoding="gzip"),
        reply(200, gzip.compress(PLAIN), content_encoding="x-gzip"),
        reply(200, gzip.compress(PLAIN), content_encoding="GZIP"),
        reply(200, zlib.compress(PLAIN), content_encoding="deflate"),
        reply(200, RAW_DEFLATE, content_encoding="deflate"),
        reply(200, gzip.compress(PLAIN[:99]) + gzip.compress(PLAIN[99:]), content_encoding="gzip"),
        reply(200, gzip.compress(PLAIN) + b"\0" * 20, content_encoding="gzip"),
        reply(200, gzip.compress(PLAIN), content_type="text/xml"),
        reply(200, PLAIN, content_encoding="identity"),
    ],
    ids=["gzip", "x-gzip", "upper case", "zlib", "raw deflate", "members", "padding", "unannounced", "identity"],
)
def test_a_body_comes_without_its_compression(answer: bytes, tmp_path: Path) -> None:
    with Site({"/": answer}) as site, client(site.url(), tmp_path) as http:
        assert http.get(site.url()).body == PLAIN


def test_a_file_that_is_gzip_by_its_type_stays_as_it_is(tmp_path: Path) -> None:
    packed = gzip.compress(PLAIN)
    with (
        Site({"/": reply(200, packed, content_type="application/x-gzip")}) as site,
        client(site.url(), tmp_path) as http,
    ):
        assert http.get(site.url()).body == packed


@settings(max_examples=15)
@given(parts=st.lists(st.binary(max_size=200), min_size=1, max_size=4), size=st.integers(1, 50))
def test_gzip_is_unpacked_however_it_is_cut_into_members_and_chunks(
    parts: list[bytes], size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    packed = b"".join(gzip.compress(part) for part in parts)
    chunks = [packed[at : at + size] for at in range(0, len(packed), size)]
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    head = HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    with Site({"/": head + body}) as site, client(site.url(), tmp_path_factory.mktemp("state")) as http:
        assert http.get(site.url()).body == b"".join(parts)


@pytest.mark.parametrize(
    ("route", "why"),
    [
        (reply(200, gzip.compress(PLAIN)[:-9], content_encoding="gzip"), "ends too early"),
        (reply(200, gzip.compress(PLAIN)[:-9]), "ends too early"),
        (reply(200, b"no gzip at all", content_encoding="gzip"), "compression is broken"),
        (cut(HEAD + b"Content-Length: 100\r\n\r\nhalf"), "broke in mid-answer"),
        (cut(HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\nhalf"), "broke in mid-answer"),
        (cut(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhalf"), "broke in mid-answer"),
        (cut(b"no HTTP at all\r\n\r\n"), "broke in mid-answer"),
        (cut(), "broke in mid-answer|closed the connection"),
    ],
    ids=["gzip", "unannounced gzip", "false gzip", "length", "chunk", "chunk size", "status line", "nothing"],
)
def test_a_broken_answer_is_tried_again_and_then_unreachable(route: Any, why: str, tmp_path: Path) -> None:
    clock = FakeClock()
    with Site({"/": route}) as site, client(site.url(), tmp_path, clock=clock) as http:
        with pytest.raises(Unreachable, match=why) as error:
            http.get(site.url())
        assert site.paths() == ["/"] * 4
    assert site.url() in error.value.cause
    assert error.value.advice


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
def test_a_compression_that_was_not_offered_is_no_answer(encoding: str, tmp_path: Path) -> None:
    with (
        Site({"/": reply(200, b"x", content_encoding=encoding)}) as site,
        client(site.url(), tmp_path) as http,
        pytest.raises(ProtocolError, match="which we did not offer"),
    ):
        http.get(site.url())


# Names and addresses


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A name server: each look-up of a name takes the next of its addresses, the last one for ever."""
    table: dict[str, list[str]] = {}
    system = socket.getaddrinfo

    def look_up(host: str, *arguments: Any, **options: Any) -> Any:
        if host in table:
            host = table[host].pop(0) if len(table[host]) > 1 else table[host][0]
        elif host.endswith(".example"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return system(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return table


def test_an_answer_of_the_name_server_that_changes_after_the_check_is_harmless(
    names: dict[str, list[str]], tmp_path: Path
) -> None:
    names["chm.example"] = ["127.0.0.1", "169.254.169.254"]
    with Site({"/": reply(200, b"checked")}) as site, client(site.url(host="chm.example"), tmp_path) as http:
        assert http.get(site.url(host="chm.example")).body == b"checked"  # one connection, to the checked address
        site.open[0].shutdown(socket.SHUT_RDWR)
        with pytest.raises(AddressRefused, match=r"169\.254\.169\.254"):
            http.get(site.url(host="chm.example"))
    assert len(site.open) == 1
    assert site.asked[0].headers["host"] == f"chm.example:{site.port}"


def test_a_public_name_with_a_private_address_is_refused_before_any_connection(
    names: dict[str, list[str]], tmp_path: Path
) -> None:
    names["chm.example"] = ["127.0.0.1"]
    with Site({}) as site:
        url = site.url(host="chm.example")
        with (
            Http(source(url), contact=CONTACT, clock=FakeClock(), folder=tmp_path) as http,
            pytest.raises(AddressRefused, match="is not a public address"),
        ):
            http.get(url)
    assert site.open == []


def test_an_unknown_name_says_so(names: dict[str, list[str]], tmp_path: Path) -> None:
    with (
        client("http://gone.example/", tmp_path) as http,
        pytest.raises(HarvestError, match=r"the name gone\.example is not known"),
    ):
        http.get("http://gone.example/")


# TLS


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    trustme = pytest.importorskip("trustme", reason="trustme makes the certificates")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority


def served_by(authority: Any, name: str, greeted: list[str | None]) -> ssl.SSLContext:
    """A server's TLS with a certificate for `name`; the names that clients greet it by go to `greeted`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    context.sni_callback = lambda _socket, greeting, _context: greeted.append(greeting)
    return context


def test_over_tls_the_name_is_greeted_and_its_certificate_checked(
    names: dict[str, list[str]], authority: Any, tmp_path: Path
) -> None:
    names["chm.example"], greeted = ["127.0.0.1"], []
    with Site({"/": reply(200, b"safe")}, tls=served_by(authority, "chm.example", greeted)) as site:
        url = site.url(host="chm.example", scheme="https")
        with client(url, tmp_path) as http:
            assert http.get(url).body == b"safe"
    assert greeted == ["chm.example"]


def test_a_drip_over_tls_is_cut_too(names: dict[str, list[str]], authority: Any, tmp_path: Path) -> None:
    names["chm.example"] = ["127.0.0.1"]
    with Site({"/": drip(HEAD + b"\r\n", b"x")}, tls=served_by(authority, "chm.example", [])) as site:
        url = site.url(host="chm.example", scheme="https")
        with client(source(url, timeout=0.6), tmp_path) as http, pytest.raises(TooSlow):
            http.get(url)


def test_a_certificate_for_another_name_is_one_sources_fault_and_can_be_passed_over(
    names: dict[str, list[str]], authority: Any, tmp_path: Path
) -> None:
    names["chm.example"] = ["127.0.0.1"]
    with Site({"/": reply(200, b"safe")}, tls=served_by(authority, "other.example", [])) as site:
        url = site.url(host="chm.example", scheme="https")
        with client(url, tmp_path) as http, pytest.raises(HarvestError, match="its certificate is for another name"):
            http.get(url)
        with client(source(url, verify_tls=False), tmp_path) as http:
            assert http.get(url).body == b"safe"


def test_a_certificate_of_an_unknown_authority_is_named_with_what_to_do(
    names: dict[str, list[str]], authority: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names["chm.example"] = ["127.0.0.1"]
    monkeypatch.delenv("SSL_CERT_FILE")
    with Site({}, tls=served_by(authority, "chm.example", [])) as site:
        url = site.url(host="chm.example", scheme="https")
        with client(url, tmp_path) as http, pytest.raises(HarvestError, match="from an authority that nobody knows"):
            http.get(url)
