"""A page of a JSON list: the document, and each item with its own bytes.

JSON is RFC 8259: UTF-8, nothing after the value. What is broken, cut short, or no JSON is refused here, with a
sentence for the operator; what the items hold is for their profile to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import TypeAlias

import msgspec
from msgspec import Raw, Struct

from harvesters.errors import BadStatus, ProtocolError
from harvesters.model import Answer, Json
from harvesters.safe_xml import is_web_page

Path: TypeAlias = Sequence[str]
"""Keys that lead from a JSON document to a value in it; empty for the document itself."""

BOM = b"\xef\xbb\xbf"
_WALL = (b'type="password"', b"type='password'")
_SAYS = ("detail", "message", "title", "description", "error", "msg")  # where APIs put the sentence about an error
_MOST_SAID = 300  # characters of it that are shown


class Item(Struct, frozen=True):
    """One item of a list: its value, and its byte offsets in the answer."""

    value: Json
    start: int
    end: int


def document(answer: Answer) -> Json:
    """The JSON document of an answer.

    Raises:
        BadStatus: the status is not 200.
        ProtocolError: a web page (perhaps a login form), nothing, or JSON that cannot be read.
    """
    if answer.status != HTTPStatus.OK:
        raise bad_status(answer)
    body = answer.body.removeprefix(BOM)
    refuse_page(answer, "JSON")
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unexpected(answer, f"the JSON cannot be read ({error})") from error


def refuse_page(answer: Answer, expected: str) -> None:
    """Raise `ProtocolError` where nothing or a web page came, perhaps a login form, and not what was `expected`."""
    body = answer.body.removeprefix(BOM)
    if not body.strip():
        raise _unexpected(answer, f"an empty answer came where {expected} was expected")
    if is_web_page(body):
        if any(mark in body for mark in _WALL):
            raise ProtocolError(
                f"{answer.url}: a form that asks for a password came where {expected} was expected.",
                advice="Ask the site's administrator to open its API to readers, or take another protocol.",
            )
        raise _unexpected(answer, f"a web page came where {expected} was expected")


def items(answer: Answer, found: Json, path: Path) -> list[Item]:
    """The items of the list at `path` in an answer's document, each with its place; not all need be objects.

    Raises:
        ProtocolError: there is no list; the message repeats what an error document says instead.
    """
    values = at(found, path)
    if not isinstance(values, list):
        told = said(found)
        cause = f"it has no list at `{'.'.join(path) or 'its root'}`" + (f"; it says: {told}" if told else "")
        raise _unexpected(answer, cause)
    inner = Raw(answer.body.removeprefix(BOM))
    for key in path:
        inner = msgspec.json.decode(inner, type=dict[str, Raw])[key]
    position = answer.body.find(bytes(inner))
    placed = []
    for raw, value in zip(msgspec.json.decode(inner, type=list[Raw]), values, strict=True):
        start = answer.body.index(bytes(raw), position)  # from the end of the item before: nothing else lies between
        position = start + len(bytes(raw))
        placed.append(Item(value, start, position))
    return placed


def at(value: Json, path: Path) -> Json:
    """What stands at `path` below `value`; None where the way there is missing or of another type."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text_at(value: Json, *path: str) -> str:
    """The text or number at `path`, as text without space around it; "" where there is none."""
    found = at(value, path)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return str(found).strip()


def bad_status(answer: Answer) -> BadStatus:
    """What an HTTP status other than 200 means for a list."""
    what = {
        401: ("it wants a login (401)", "Ask the site's administrator to open its API to readers."),
        403: ("it does not let us in (403)", "Ask the site's administrator to open its API to readers."),
        404: ("there is no such list here (404)", "Check `url` and `options`, or ask the site whether it moved."),
        410: ("the list is gone for good (410)", "Ask the site what took its place, and correct `url`."),
    }
    cause, advice = what.get(answer.status, (f"the server answered HTTP {answer.status}", "Check `url` and `options`."))
    told = ""
    if not is_web_page(answer.body):
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            told = said(msgspec.json.decode(answer.body))
    return BadStatus(f"{answer.url}: {cause}{f'; it says: {told}' if told else ''}.", advice=advice, answer=answer)


def said(found: Json) -> str:
    """The sentence of an error document: JSON:API's `errors`, WordPress's `message`, CKAN's and Solr's `error` ..."""
    for _ in range(3):  # errors[0].detail, error.message
        if isinstance(found, list):
            found = found[0] if found else None
        if not isinstance(found, dict):
            break
        for key in _SAYS:
            if isinstance(found.get(key), str) and found[key].strip():
                return str(found[key]).strip()[:_MOST_SAID]
        found = found.get("errors") or found.get("error")
    return found.strip()[:_MOST_SAID] if isinstance(found, str) else ""


def _unexpected(answer: Answer, cause: str) -> ProtocolError:
    return ProtocolError(f"{answer.url}: {cause}.", advice="Open the address in a browser, and check `url`.")
