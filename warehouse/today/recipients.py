"""Who is told what to see to: `CHM_NOTIFY` as a person writes it, and as it may be shown.

    mailto:ops@example.org?via=smtp://mail.example.org:25          several addresses are joined by commas
    mailto:ops@example.org?via=smtps://user:password@mail.example.org
    https://hooks.example.org/services/...                         a webhook that takes {"text": ...}

A setting lives in the environment, so a password or a webhook's address stands in no file of ours; `shown` is
without them.
"""

from __future__ import annotations

from typing import TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Struct

_PORTS = {"smtp": 25, "smtps": 465}
_FORMS = "must be mailto:NAME@HOST?via=smtp://HOST:PORT (or smtps) or the http(s) address of a webhook"


class Mailbox(Struct, frozen=True, kw_only=True):
    """Mail to `to` through a server; `secure` from the first byte, else from STARTTLS on where it is offered."""

    to: tuple[str, ...]
    host: str
    port: int
    secure: bool
    user: str | None = None
    password: str | None = None

    @property
    def shown(self) -> str:
        """The recipient without secrets."""
        scheme = "smtps" if self.secure else "smtp"
        return f"mailto:{','.join(self.to)}?via={scheme}://{'***@' if self.user else ''}{self.host}:{self.port}"


class Webhook(Struct, frozen=True, kw_only=True):
    """An address that takes a POST of JSON."""

    url: str

    @property
    def shown(self) -> str:
        """The recipient without secrets: who knows the path may write there."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}/***"


Recipient: TypeAlias = Mailbox | Webhook


def parse(value: str) -> Recipient:
    """The recipient that `CHM_NOTIFY` names.

    Raises:
        ValueError: it names none; says what is allowed, and repeats nothing that may be a secret.
    """
    scheme, _, rest = value.strip().partition(":")
    if scheme.lower() == "mailto":
        return _mailbox(rest)
    parts = _split(value.strip())
    if parts.scheme not in ("http", "https"):
        raise ValueError(_FORMS)
    return Webhook(url=value.strip())


def _mailbox(rest: str) -> Mailbox:
    names, _, query = rest.partition("?")
    to = tuple(unquote(name).strip() for name in names.split(","))
    key, _, server = query.partition("=")
    if key != "via" or not all(name.count("@") == 1 and name.strip("@") == name and name.isprintable() for name in to):
        raise ValueError(_FORMS)
    via = _split(server)
    if via.scheme not in _PORTS or via.path.strip("/") or (via.password and not via.username):
        raise ValueError(_FORMS)
    return Mailbox(
        to=to,
        host=str(via.hostname),
        port=via.port or _PORTS[via.scheme],
        secure=via.scheme == "smtps",
        user=unquote(via.username) if via.username else None,
        password=unquote(via.password) if via.password else None,
    )


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        good = bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that are no IPv6 address, a port that is no number
        good = False
    if not good:
        raise ValueError(_FORMS)
    return parts
