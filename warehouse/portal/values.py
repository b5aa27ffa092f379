"""The values of exact fields as the index has them: text that sorts as the values do, and back again."""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from math import isfinite

from harvesters.model import Json
from warehouse.portal.questions import QuestionError

LONGEST = 500  # characters of a value that is looked up as a whole; of a longer one so many serve to sort it
_NUMBERS = ("_i", "_is", "_d")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z")


def is_number(field: str) -> bool:
    """Whether a field holds numbers."""
    return field.endswith(_NUMBERS)


def is_single(field: str) -> bool:
    """Whether a document has one value of a field at most, by which it can be sorted."""
    return field == "id" or field.endswith(("_s", "_dt", "_i", "_d", "_b"))


def key_of(value: Json) -> str:
    """One value as the index has it."""
    if isinstance(value, str):
        return value[:LONGEST]
    return str(value).lower() if isinstance(value, bool) else _number(value)


def key_asked(field: str, text: str) -> str:
    """A value as somebody asks for it, as the index has it.

    Raises:
        QuestionError: the field cannot have it; the message says what it can have.
    """
    if is_number(field):
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not isfinite(number):
            raise QuestionError(f"{field}: {text!r} is no number.")
        return _number(number)
    if field.endswith("_dt"):
        time = _TIME.fullmatch(text)
        if not time:
            raise QuestionError(f"{field}: {text!r} is no time; write it as 2026-11-24T00:00:00Z, in UTC.")
        return f"{time.group(1)}Z"
    if field.endswith("_b"):
        return "true" if text[:1] in ("1", "t", "T") else "false"
    if len(text) > LONGEST:
        raise QuestionError(f"{field}: values of more than {LONGEST} characters are not looked up as a whole.")
    return text


def value_of(field: str, key: str) -> Json:
    """A value as the documents have it."""
    if is_number(field):
        bits = int(key, 16) - 2**63
        (number,) = struct.unpack(">d", struct.pack(">q", bits if bits >= 0 else bits ^ (2**63 - 1)))
        return number if field.endswith("_d") else int(number)
    return key == "true" if field.endswith("_b") else key


@lru_cache(maxsize=65_536)
def _number(number: float) -> str:
    """The bits of a double (IEEE 754), turned so that they sort as the numbers do, in hexadecimal."""
    (bits,) = struct.unpack(">q", struct.pack(">d", number + 0.0))
    return f"{(bits if bits >= 0 else bits ^ (2**63 - 1)) + 2**63:016x}"
