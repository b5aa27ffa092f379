"""Boxes on earth as formats write them: numbers first, then their range; nothing is guessed."""

from __future__ import annotations

import re

from normalizers.model import Box

_NUMBER = re.compile(r"[+-]?\d{1,3}(?:\.\d{0,20})?", re.ASCII)
_DEGREES = re.compile(r"(?<![\w.])[+-]?\d{1,3}(?:\.\d{1,20})?(?![\w.])", re.ASCII)
_PAIR = re.compile(rf"({_DEGREES.pattern})[\s,]+({_DEGREES.pattern})", re.ASCII)
_LONGEST_NAMES = 500
_LONGEST_SHAPE = 100_000
_NAMED = re.compile(r"\b(?P<side>north|south|east|west)(?:limit)?\s*[=:]?\s*(?P<degrees>[+-]?\d{1,3}(?:\.\d{1,20})?)\b")


def number(text: str) -> float | None:
    """Decimal degrees, or None where the text is anything else."""
    text = text.strip()
    return float(text) if _NUMBER.fullmatch(text) else None


def box(west: float | None, south: float | None, east: float | None, north: float | None) -> Box | None:
    """The box, or None where a side is missing or out of range; one that crosses 180° has its west east of its east."""
    if west is None or south is None or east is None or north is None:
        return None
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        return None
    return Box(west=west, south=south, east=east, north=north)


def named_box(text: str) -> Box | None:
    """The box of named sides, whatever their order: DCMI Box and Point, and "North 90.0, South -90.0, ...".

    None where a side is missing or there twice, or where the numbers are out of range.
    """
    text = text.lower()
    if "north" not in text or len(text) > _LONGEST_NAMES:
        return None
    sides = _NAMED.findall(text)
    found = {side: float(degrees) for side, degrees in sides}
    if len(found) != len(sides):
        return None
    if found.keys() == {"north", "east"}:
        return box(found["east"], found["north"], found["east"], found["north"])
    return box(*(found.get(side) for side in ("west", "south", "east", "north")))


def shape_box(text: str) -> Box | None:
    """The box around a point or polygon in WKT or GeoJSON, or of an ENVELOPE; None where there is none to be read.

    Longitude comes first (GeoJSON; GeoSPARQL's default, CRS84), but latitude where WKT names EPSG 4326.
    """
    if len(text) > _LONGEST_SHAPE:
        return None
    crs, _, shape = text.rpartition(">")
    sides = [float(side) for side in _DEGREES.findall(shape)]
    if shape.strip().upper().startswith("ENVELOPE") and len(sides) == 4:  # west, east, north, south
        return box(sides[0], sides[3], sides[1], sides[2])
    pairs = [(float(first), float(second)) for first, second in _PAIR.findall(shape)]
    if not pairs or 2 * len(pairs) != len(sides):  # heights among them, or something else altogether
        return None
    if "4326" in crs:
        pairs = [(second, first) for first, second in pairs]
    longitudes, latitudes = zip(*pairs, strict=True)
    return box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))
