"""Sends the operator's digest to `CHM_NOTIFY`: once a day, and only where there is something to tell."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

import msgspec
import requests

from harvesters.errors import HarvestError
from warehouse.context import Warehouse
from warehouse.files import read_json, write_json
from warehouse.runs import Refused, alone
from warehouse.today import concerns, digest_views
from warehouse.today.digest import Digest, Look, look
from warehouse.today.recipients import Mailbox, Recipient, Webhook

_PATIENCE = 30.0  # seconds for each answer of a mail server or webhook


class Undelivered(HarvestError):
    """The digest could not be handed over; it is tried again, for nothing is remembered of it."""


def send(warehouse: Warehouse) -> str:
    """Send what there is to tell, unless it was told today (UTC); returns in a sentence what became of it.

    Raises:
        Refused: `CHM_NOTIFY` is not set, or another process sends.
        Undelivered: the server did not take it.
    """
    recipient, layout = warehouse.settings.notify, warehouse.layout
    if recipient is None:
        raise Refused("CHM_NOTIFY is not set.", advice="Say who is to be told; `chm settings` shows how.")
    with alone(layout, "notify"):
        path = layout.look("notify")
        last = read_json(path, Look)
        if last and last.at.date() == warehouse.clock.now().date():
            return f"It was sent today at {last.at:%H:%M} UTC."
        digest = concerns.gather(warehouse, last)
        if digest.is_clean:
            return "Nothing to tell."
        _deliver(recipient, digest, warehouse.settings.contact.mail)
        write_json(path, look(digest))
    return f"Sent to {recipient.shown}: {digest_views.subject(digest)}"


def _deliver(recipient: Recipient, digest: Digest, sender: str) -> None:
    try:
        match recipient:
            case Mailbox():
                _mail(recipient, _message(recipient, digest, sender))
            case Webhook():
                _post(recipient, digest)
    except (OSError, smtplib.SMTPException) as error:  # requests' own errors are OSErrors
        told = "" if isinstance(error, requests.RequestException) else f": {error}"  # theirs hold the secret address
        cause = f"{recipient.shown} did not take the digest ({type(error).__name__}{told})."
        raise Undelivered(
            cause, advice="Look at CHM_NOTIFY and at that server; the same command tries again."
        ) from None


def _message(mailbox: Mailbox, digest: Digest, sender: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = sender or mailbox.to[0]
    message["To"] = ", ".join(mailbox.to)
    message["Subject"] = digest_views.subject(digest)
    message["Date"] = format_datetime(digest.at)
    message["Message-ID"] = make_msgid(domain=message["From"].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices, please
    message.set_content(digest_views.text(digest))
    message.add_alternative(digest_views.page(digest).decode(), subtype="html")
    return message


def _mail(mailbox: Mailbox, message: EmailMessage) -> None:
    trusted = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(mailbox.host, mailbox.port, timeout=_PATIENCE, context=trusted)
        if mailbox.secure
        else smtplib.SMTP(mailbox.host, mailbox.port, timeout=_PATIENCE)
    )
    with server:
        server.ehlo()
        if not mailbox.secure and server.has_extn("starttls"):
            server.starttls(context=trusted)
            server.ehlo()
        if mailbox.user:
            server.login(mailbox.user, mailbox.password or "")
        server.send_message(message)


def _post(webhook: Webhook, digest: Digest) -> None:
    """What Slack, Mattermost, Teams' workflows and their like show is `text`; the rest is for programs."""
    told = f"{digest_views.subject(digest)}\n{digest_views.text(digest)}"
    body = msgspec.json.encode({"text": told, "digest": digest})
    headers = {"Content-Type": "application/json"}
    answer = requests.post(webhook.url, data=body, headers=headers, timeout=_PATIENCE, allow_redirects=False)
    if not answer.ok or answer.is_redirect:
        cause = f"{webhook.shown} answers {answer.status_code}."
        raise Undelivered(cause, advice="Look at CHM_NOTIFY and at that server; the same command tries again.")
