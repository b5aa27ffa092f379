"""What went wrong on the way to a server, in words that tell a person whom to call."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from harvesters.errors import Unreachable
from harvesters.wire import BrokenBody

_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN}
_WRITE = "If it lasts until tomorrow, write to the site's contact."
_NAME = "Check the spelling in the source file; if it is right, the site's domain has lapsed or its DNS is down."
_CERTIFICATE = "Write to the site's contact; until it is mended, `verify_tls: false` in this one source file helps."
_NETWORK = f"Check this machine's network. {_WRITE}"
_SLOW = f"{_WRITE} For a slow server raise `timeout` in the source file."
# OpenSSL's verification codes (x509_vfy.h) that have a cause of their own.
_CERTIFICATES = {
    10: "its certificate has expired",
    9: "its certificate is not valid yet",
    18: "its certificate is signed by itself",
    19: "its certificate is signed by an authority that nobody knows",
    20: "its certificate comes without the intermediate one, or from an authority that nobody knows",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}


def explain(error: BaseException, url: str) -> Unreachable:
    """An `Unreachable` that names the cause found in `error` or beneath it: name, route, TLS, silence or a break."""
    causes = list(_causes(error))
    for cause in reversed(causes):  # the deepest one knows best
        if words := _words(cause, urlsplit(url).hostname or ""):
            return Unreachable(f"{url} cannot be read: {words[0]}.", advice=words[1])
    return Unreachable(f"{url} cannot be read: the connection broke in mid-answer ({causes[-1]}).", advice=_WRITE)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was raised from; requests and urllib3 keep that in `reason`, in `args` or in the chain."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        error = next((each for each in inner if isinstance(each, BaseException)), None)


def _words(cause: BaseException, host: str) -> tuple[str, str] | None:
    """What happened and what to do, where this cause tells; a class comes before those it derives from."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _CERTIFICATES.get(cause.verify_code, f"its certificate is bad ({cause.verify_message})"), _CERTIFICATE
    if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
        return "there is no route to the server", _NETWORK
    if isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_AGAIN:
        return f"no name server answers for {host}", _NETWORK
    for kind, words, advice in (
        (socket.gaierror, f"the name {host} is not known", _NAME),
        ((ssl.SSLEOFError, ConnectionResetError, BrokenPipeError), "the server closed the connection", _WRITE),
        (ssl.SSLError, f"no secure connection can be agreed on ({cause})", _CERTIFICATE),
        (ConnectionRefusedError, "nothing listens at that port", f"Check the address. {_WRITE}"),
        (TimeoutError, "the server is silent for too long", _SLOW),
        (BrokenBody, str(cause), _WRITE),
    ):
        if isinstance(cause, kind):
            return words, advice
    return None
