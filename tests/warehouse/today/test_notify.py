"""Telling the operators: to a mailbox or a webhook, once a day, where there is something to tell."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import msgspec
import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.harvesters.servers import Site, reply
from tests.warehouse.conftest import Chm
from tests.warehouse.world import ID, World
from warehouse.runs import Refused
from warehouse.today import notify, recipients
from warehouse.today.digest import Digest
from warehouse.today.notify import Undelivered
from warehouse.today.recipients import Mailbox, Webhook


class Post:
    """A mail server on the loopback that keeps what it takes, or refuses it."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.refuses = False

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuses:
            return "452 4.3.1 The disk is full"
        message = message_from_bytes(bytes(envelope.content or b""), policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append((envelope.rcpt_tos, message))
        return "250 Taken"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _how: str, login: Any) -> AuthResult:
        self.logins.append((login.login, login.password))
        return AuthResult(success=login.password == b"se:cret")


class AnyPort(Controller):
    """On a port that the system chooses, which aiosmtpd's own forgets before it knocks at it."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(taker: Post, **keys: Any) -> Iterator[str]:
    """Host and port of a mail server that runs while the block does."""
    controller = AnyPort(taker, hostname="127.0.0.1", port=0, **keys)
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@pytest.fixture
def post() -> Iterator[tuple[Post, str]]:
    taker = Post()
    with serving(taker) as server:
        yield taker, server


@pytest.fixture(autouse=True)
def at_the_worlds_time(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.setattr("warehouse.console.SystemClock", lambda: world.clock)


def tell(world: World, recipient: str) -> str:
    world.environment["CHM_NOTIFY"] = recipient
    return notify.send(world.warehouse)


def test_mail_once_a_day_with_what_there_is_to_tell(chm: Chm, post: tuple[Post, str], world: World) -> None:
    taker, server = post
    told = tell(world, f"mailto:ops@example.org,ana@example.org?via=smtp://{server}")
    assert told.startswith(f"Sent to mailto:ops@example.org,ana@example.org?via=smtp://{server}: CHM aggregator: 1 to")
    ((to, message),) = taker.taken
    assert to == ["ops@example.org", "ana@example.org"]
    assert (message["From"], message["Auto-Submitted"]) == ("operator@example.org", "auto-generated")
    assert message["Subject"] == "CHM aggregator: 1 to see to, 1 new (late)"
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain
    assert html
    assert f"chm run {ID}" in plain.get_content()
    assert f"<code>chm run {ID}</code>" in html.get_content()

    world.later(hours=3)
    assert chm("today", "--send").out == "It was sent today at 06:00 UTC.\n"
    world.later()
    assert "1 to see to, 0 new" in chm("today", "--send").out, "a concern stays one until it is mended"
    world.later()
    world.run()
    assert tell(world, world.environment["CHM_NOTIFY"]).endswith("CHM aggregator: all is well again")
    world.later(hours=21)
    world.run()
    assert chm("today", "--send").out == "Nothing to tell.\n"
    assert len(taker.taken) == 3


def test_a_look_by_hand_hides_nothing_from_the_mail(chm: Chm, post: tuple[Post, str], world: World) -> None:
    chm("today")
    assert "1 to see to, 1 new" in tell(world, f"mailto:ops@example.org?via=smtp://{post[1]}")


def test_a_login_takes_a_password_over_tls_alone(world: World) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    taker = Post()
    with serving(taker, tls_context=context, authenticator=taker.authenticate, auth_required=True) as server:
        recipient = f"mailto:ops@example.org?via=smtp://ana%40example.org:se%3Acret@{server}"
        with pytest.raises(Undelivered, match="certificate verify failed"):
            tell(world, recipient)
        with pytest.MonkeyPatch.context() as patch:
            trusting = ssl.create_default_context()
            authority.configure_trust(trusting)
            patch.setattr(ssl, "create_default_context", lambda: trusting)
            assert "se:cret" not in tell(world, recipient)
    assert taker.logins == [(b"ana@example.org", b"se:cret")]
    assert len(taker.taken) == 1


def test_mail_that_is_not_taken_is_tried_again(post: tuple[Post, str], world: World) -> None:
    taker, server = post
    recipient = f"mailto:ops@example.org?via=smtp://{server}"
    taker.refuses = True
    with pytest.raises(Undelivered, match="The disk is full"):
        tell(world, recipient)
    taker.refuses = False
    assert tell(world, recipient).startswith("Sent to")


def test_a_mail_server_that_is_away_is_a_sentence(chm: Chm, world: World) -> None:
    world.environment["CHM_NOTIFY"] = "mailto:ops@example.org?via=smtp://127.0.0.1:1"
    told = chm("today", "--send")
    assert told.code == 1
    assert told.err.startswith("mailto:ops@example.org?via=smtp://127.0.0.1:1 did not take the digest (ConnectionRefus")


def test_a_webhook_gets_text_for_people_and_the_digest_for_programs(world: World) -> None:
    with Site({"/services/secret": reply(200, b"ok")}) as hook:
        told = tell(world, hook.url("/services/secret"))
        (asked,) = hook.asked
    assert told.startswith(f"Sent to http://127.0.0.1:{hook.port}/***: CHM aggregator: 1 to see to")
    assert asked.headers["content-type"] == "application/json"
    body = msgspec.json.decode(asked.body)
    assert body["text"].startswith("CHM aggregator: 1 to see to, 1 new (late)\n")
    assert msgspec.convert(body["digest"], Digest).concerns[0].sources == (ID,)


@pytest.mark.parametrize("answer", [reply(404), reply(500), reply(302, location="https://elsewhere.example/")])
def test_a_webhook_that_does_not_take_it_is_tried_again_and_its_address_stays_secret(
    answer: bytes, world: World
) -> None:
    with Site({"/services/secret": [answer, reply(204)]}) as hook:
        with pytest.raises(Undelivered) as error:
            tell(world, hook.url("/services/secret"))
        assert "secret" not in str(error.value)
        assert tell(world, hook.url("/services/secret")).startswith("Sent to")
    world.later()
    with pytest.raises(Undelivered) as error:
        tell(world, hook.url("/services/secret"))
    assert "secret" not in str(error.value)


def test_without_a_recipient_nothing_is_sent(chm: Chm, world: World) -> None:
    with pytest.raises(Refused, match="CHM_NOTIFY is not set"):
        tell(world, "")
    assert chm("today", "--send", "--peek").code == 2


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (
            "mailto:a@b.org?via=smtp://mail.b.org",
            Mailbox(to=("a@b.org",), host="mail.b.org", port=25, secure=False),
        ),
        (
            "MAILTO:a@b.org,c@d.org?via=smtps://u%40b:p%2Fw@mail.b.org:4650",
            Mailbox(to=("a@b.org", "c@d.org"), host="mail.b.org", port=4650, secure=True, user="u@b", password="p/w"),
        ),
        ("https://hooks.b.org/x?y=z", Webhook(url="https://hooks.b.org/x?y=z")),
    ],
)
def test_recipients_as_people_write_them(value: str, meant: Mailbox | Webhook) -> None:
    assert recipients.parse(value) == meant


@pytest.mark.parametrize(
    "value",
    [
        "ops@example.org",
        "mailto:ops@example.org",
        "mailto:?via=smtp://host",
        "mailto:ops?via=smtp://host",
        "mailto:a@b%0d%0aBcc:x@y?via=smtp://host",
        "mailto:a@b?via=http://host",
        "mailto:a@b?via=smtp://:secret@host",
        "mailto:a@b?via=smtp://user:secret@host:0",
        "mailto:a@b?via=smtp://user:secret@host:port",
        "ftp://secret.example/",
        "https://",
        "https://[::secret",
    ],
)
def test_what_names_no_recipient_is_refused_without_repeating_a_secret(value: str) -> None:
    with pytest.raises(ValueError, match=r"must be mailto:NAME@HOST\?via=smtp") as error:
        recipients.parse(value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("mailto:a@b.org?via=smtps://user:secret@host", "mailto:a@b.org?via=smtps://***@host:465"),
        ("https://hooks.b.org/secret", "https://hooks.b.org/***"),
    ],
)
def test_chm_settings_shows_no_secret(value: str, shown: str, chm: Chm, world: World) -> None:
    world.environment["CHM_NOTIFY"] = value
    assert chm("settings", "--json").json()["CHM_NOTIFY"] == {"value": shown, "origin": "environment"}
    assert "secret" not in chm("settings").out
