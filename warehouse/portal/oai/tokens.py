"""Resumption tokens (OAI-PMH 2.0, 3.5): where a list stands, and what it is a list of, in the token itself.

Nothing is kept for a harvester, so a token never expires, may be used again, and outlives restarts and releases.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
from msgspec import Struct

from warehouse.portal.oai.errors import Refused


class Position(Struct, frozen=True, kw_only=True, array_like=True):
    """What a list is of, the stamp and identifier of the last entry that was told, and how many were told of how many.

    `first` and `last` are stamps, "" where open; `group` is a setSpec, "" for none.
    """

    verb: str
    prefix: str
    first: str = ""
    last: str = ""
    group: str = ""
    stamp: str = ""
    identifier: str = ""
    told: int = 0
    size: int = 0


_DECODER = msgspec.json.Decoder(Position)


def write_token(position: Position) -> str:
    """The token that leads on from a position."""
    return urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def read_token(token: str, verb: str) -> Position:
    """The position that a token stands for.

    Raises:
        Refused: badResumptionToken, where it is none of ours, or of another verb.
    """
    try:
        position = _DECODER.decode(urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4)))
    except (binascii.Error, msgspec.MsgspecError, ValueError):
        raise Refused("badResumptionToken", "This token is none of ours; begin the list again.") from None
    if position.verb != verb:
        raise Refused("badResumptionToken", f"This token is of {position.verb}.")
    return position
