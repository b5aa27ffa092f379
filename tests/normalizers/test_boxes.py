"""Boxes on earth and identifiers of schemes, as formats write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.boxes import box, named_box, number, shape_box
from normalizers.identifier_schemes import in_scheme
from normalizers.model import Box

HERE = Box(west=2, south=1, east=4, north=3)


@pytest.mark.parametrize(
    ("text", "found"),
    [("4", 4), (" -4.25 ", -4.25), ("+004.5", 4.5), ("4.", 4), ("", None), ("nan", None), ("1e2", None), ("1_0", None),
     ("4,5", None), ("4°", None), ("٤", None), ("1234", None)],
)  # fmt: skip
def test_degrees_are_decimal_numbers_and_nothing_else(text, found):
    assert number(text) == found


@pytest.mark.parametrize(
    ("sides", "found"),
    [
        ((2, 1, 4, 3), HERE),
        ((170, 1, -170, 3), Box(west=170, south=1, east=-170, north=3)),
        ((2, 3, 4, 1), None),
        ((-181, 1, 4, 3), None),
        ((2, 1, 360, 3), None),
        ((2, -91, 4, 3), None),
        ((2, None, 4, 3), None),
    ],
)
def test_a_box_is_on_earth_and_may_cross_the_antimeridian(sides, found):
    assert box(*sides) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("northlimit=3; eastlimit=4; southlimit=1; westlimit=2; units=signed decimal degrees", HERE),
        ("North 3, South 1, East 4, West 2", HERE),
        ("north: 3 east: 4", Box(west=4, south=3, east=4, north=3)),
        ("North 3, South 1, East 4", None),
        ("North 3, North 2, South 1, East 4, West 2", None),
        ("north", None),
        ("Northern Ireland", None),
        ("north 1.5 " * 100, None),
    ],
)
def test_named_sides_are_read_in_any_order(text, found):
    assert named_box(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("POLYGON((2 1, 4 1, 4 3, 2 3, 2 1))", HERE),
        ("<http://www.opengis.net/def/crs/EPSG/0/4326> POLYGON((1 2, 3 4))", HERE),
        ("POINT(4 3)", Box(west=4, south=3, east=4, north=3)),
        ("ENVELOPE(2, 4, 3, 1)", HERE),
        ('{"type": "Polygon", "coordinates": [[[2.0, 1.0], [4.0, 3.0], [2.0, 1.0]]]}', HERE),
        ("POINT Z (4 3 100)", None),
        ("POINT(400 3)", None),
        ("POINT EMPTY", None),
        ("", None),
        ("1 2 " * 50_000, None),
    ],
)
def test_the_box_around_a_shape(text, found):
    assert shape_box(text) == found


degrees = st.floats(-200, 200).map(lambda degrees: round(degrees, 6))


@given(degrees, degrees, degrees, degrees)
def test_a_box_that_was_written_reads_as_itself_in_every_form(west, south, east, north):
    here = box(west, south, east, north)
    numbers = [f"{side:.6f}" for side in (west, south, east, north)]
    assert box(*map(number, numbers)) == here
    if here is not None:
        assert named_box("westlimit={}; southlimit={}; eastlimit={}; northlimit={}".format(*numbers)) == here
        assert shape_box("ENVELOPE({0}, {2}, {3}, {1})".format(*numbers)) == here


@given(st.text(max_size=60))
def test_no_text_crashes_a_reader_of_boxes(text):
    for read in (number, named_box, shape_box):
        read(text)
        read(f"north{text}1 2")


@pytest.mark.parametrize(
    ("value", "scheme", "found"),
    [
        ("10.1234/x", "DOI", "10.1234/x"),
        ("https://x.org/1", "URL", "https://x.org/1"),
        ("1/2", "Handle", "https://hdl.handle.net/1/2"),
        ("hdl:1/2", "hdl", "hdl:1/2"),
        ("978-2", "isbn", "isbn 978-2"),
        ("ISBN 978-2", "isbn", "ISBN 978-2"),
        ("urn:nbn:de:1", "URN", "urn:nbn:de:1"),
        ("ivo://x/1", "ivoid", "ivo://x/1"),
        ("17", "local", "17"),
        ("17", None, "17"),
        ("", "isbn", ""),
    ],
)
def test_an_identifier_stands_alone_whatever_scheme_it_is_of(value, scheme, found):
    assert in_scheme(value, scheme) == found
