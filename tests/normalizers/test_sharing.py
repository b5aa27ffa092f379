"""How much of a record may be shown to everybody, and the care for the people and places that it names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers import care
from normalizers.issues import Issues
from normalizers.model import Box, Draft, Rights, Text
from normalizers.sharing import count_words, decided, first_words
from tests.normalizers.making import source

OPEN = "https://creativecommons.org/licenses/by/4.0/"
NOT_OPEN = "https://creativecommons.org/licenses/by-nc/4.0/"
LABEL = "https://localcontexts.org/label/tk-attribution/"
RESTRICTED = "http://purl.org/coar/access_right/c_16ec"
OPEN_ACCESS = "http://purl.org/coar/access_right/c_abf2"
DAY = "2026-03-01"


# The sharing rule


@pytest.mark.parametrize(
    ("keys", "rights", "schema", "outcome"),
    [
        ({}, {}, "resource", ("metadata", "no_open_licence")),
        ({}, {"licence": NOT_OPEN}, "resource", ("metadata", "no_open_licence")),
        ({}, {"licence": OPEN}, "resource", ("full", "licence")),
        ({"permission": "By letter, 2026"}, {}, "resource", ("full", "permission")),
        ({"share": "full"}, {}, "resource", ("metadata", "no_open_licence")),
        ({"share": "metadata"}, {"licence": OPEN}, "resource", ("metadata", "source")),
        ({"share": "link", "permission": "x"}, {"licence": OPEN}, "resource", ("link", "source")),
        ({"share": "none"}, {"licence": OPEN}, "resource", ("none", "source")),
        ({}, {"licence": OPEN, "labels": (LABEL,)}, "resource", ("link", "labels")),
        ({"share": "full", "permission": "x"}, {"labels": (LABEL,)}, "resource", ("full", "permission")),
        ({"share": "full"}, {"labels": (LABEL,)}, "resource", ("link", "labels")),
        ({}, {"licence": OPEN}, "communityProtocol", ("link", "community")),
        ({}, {"licence": OPEN, "access": RESTRICTED}, "resource", ("metadata", "access")),
        ({}, {"licence": OPEN, "access": OPEN_ACCESS}, "resource", ("full", "licence")),
        ({}, {"licence": OPEN, "embargo": "2026-03-01"}, "resource", ("metadata", "embargo")),
        ({}, {"licence": OPEN, "embargo": "2026"}, "resource", ("metadata", "embargo")),
        ({}, {"licence": OPEN, "embargo": "2026-02-28"}, "resource", ("full", "licence")),
    ],
)  # fmt: skip
def test_what_may_be_shared_follows_from_licence_permission_and_care(keys, rights, schema, outcome):
    shared = decided(Rights(**rights), source(**keys), schema, DAY)
    assert (shared.share, shared.because) == outcome


@pytest.mark.parametrize(
    ("text", "words", "short"),
    [
        ("one two three", 2, "one two …"),
        ("one two", 2, "one two"),
        ("国家公园沿河", 2, "国家公园 …"),
        ("国家公园", 2, "国家公园"),
        ("", 2, ""),
    ],
)
def test_a_text_is_cut_after_its_first_words_or_pairs_of_letters(text, words, short):
    assert first_words(text, words) == short


@given(st.text(), st.integers(1, 20))
def test_what_was_cut_has_the_words_asked_for(text, number):
    short = first_words(text, number)
    assert text.startswith(short.removesuffix(" …"))
    assert count_words(short.removesuffix(" …")) <= max(number, count_words(text) if short == text else 0)


# Labels, access rights and embargoes


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("https://localcontexts.org/label/tk-attribution/", (LABEL,)),
        ("See http://www.localcontexts.org/labels/bc-provenance", ("https://localcontexts.org/label/bc-provenance/",)),
        ("TK Attribution (TK A)", (LABEL,)),
        ("TK Label: Attribution; BC Label Consent Non-Verified",
         (LABEL, "https://localcontexts.org/label/bc-consent-non-verified/")),
        ("https://localcontextshub.org/projects/71a3", ("https://localcontextshub.org/projects/71a3",)),
        ("Attribution 4.0", ()),
        ("the TK of the people", ()),
    ],
)  # fmt: skip
def test_labels_of_local_contexts_are_kept_by_their_address(text, labels):
    assert care.labels([text, text]) == labels


@pytest.mark.parametrize(
    ("texts", "right"),
    [
        (["info:eu-repo/semantics/openAccess"], OPEN_ACCESS),
        (["info:eu-repo/semantics/restrictedAccess"], RESTRICTED),
        (["info:eu-repo/semantics/embargoedAccess"], "http://purl.org/coar/access_right/c_f1cf"),
        (["info:eu-repo/semantics/closedAccess"], "http://purl.org/coar/access_right/c_14cb"),
        (["http://purl.org/coar/access_right/c_16ec"], RESTRICTED),
        (["http://publications.europa.eu/resource/authority/access-right/PUBLIC"], OPEN_ACCESS),
        (["Accès restreint"], RESTRICTED),
        (["Acceso abierto"], OPEN_ACCESS),
        (["open access", "restricted access"], RESTRICTED),
        (["CC BY 4.0", "accessible"], None),
    ],
)
def test_the_narrowest_access_right_stated_is_kept_by_its_address(texts, right):
    assert care.access_right(texts) == right


def test_the_latest_embargo_counts_and_one_that_is_no_date_is_an_issue():
    issues = Issues("be_chm", "1")
    draft = Draft(embargoes=["2025-01-01", "soon"], rights=[Text("info:eu-repo/date/embargoEnd/2027-05-01")])
    assert care.embargo(draft, issues) == "2027-05-01"
    assert [issue.code for issue in issues.found] == ["date_not_understood"]
    assert care.embargo(Draft(), issues) is None


# Coordinates

POINT = Box(west=4.3517, south=50.8467, east=4.3517, north=50.8467)


def read_boxes(draft, **reading):
    issues = Issues("be_chm", "1")
    return care.boxes(draft, source(reading=reading), issues), [issue.code for issue in issues.found]


@pytest.mark.parametrize(
    ("draft", "reading", "edges", "codes"),
    [
        ({}, {}, (4.4, 50.8), []),
        ({}, {"coordinates": "exact", "why": "Parks, no species"}, (4.3517, 50.8467), []),
        ({}, {"coordinates": "hidden"}, None, ["coordinates_hidden"]),
        (
            {"access": [Text("geoprivacy: obscured")]},
            {"coordinates": "exact", "why": "x"},
            None,
            ["coordinates_hidden"],
        ),
        ({"access": [Text("Sensitive species")]}, {}, None, ["coordinates_hidden"]),
        ({"rights": [Text("Todos los derechos reservados")]}, {}, (4.4, 50.8), []),
    ],
)
def test_coordinates_are_as_close_as_they_may_be(draft, reading, edges, codes):
    boxes, found = read_boxes(Draft(coordinates=[POINT, POINT], **draft), **reading)
    assert [(box.west, box.south, box.east, box.north) for box in boxes] == ([edges * 2] if edges else [])
    assert found == codes


@pytest.mark.parametrize("edges", [(4, 91, 4, 91), (4, 51, 4, 50), (181, 0, 181, 0), (float("nan"), 0, 0, 0)])
def test_what_is_no_place_on_earth_is_an_issue(edges):
    box = Box(**dict(zip(("west", "south", "east", "north"), edges, strict=True)))
    assert read_boxes(Draft(coordinates=[box])) == ((), ["coordinates_refused"])


def test_a_box_may_cross_the_180th_meridian():
    fiji = Box(west=177.04, south=-19.22, east=-178.24, north=-16.11)
    assert read_boxes(Draft(coordinates=[fiji]))[0] == (Box(west=177.0, south=-19.2, east=-178.2, north=-16.1),)


# E-mail addresses and telephone numbers


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to anne.lambert@x.example.org.", "Write to [e-mail]."),
        ("mailto:anne@x.org, bo(at)y.org", "[e-mail], [e-mail]"),
        ("Tel. 02 627 42 11", "Tel. [telephone]"),
        ("Call +32 2 627 42 11 or 0032 2 627 42 12", "Call [telephone] or [telephone]"),
        ("Tél. : 01 40 79 30 00; fax 01 40 79 30 01", "Tél. : [telephone]; fax [telephone]"),
        ("هاتف: +962 6 5350149", "هاتف: [telephone]"),
        ("тел. 8 (495) 123-45-67", "тел. [telephone]"),
        ("2020-2022: 1 234 567 birds of 12 species", "2020-2022: 1 234 567 birds of 12 species"),
        ("ISBN 978-92-9225-700-3", "ISBN 978-92-9225-700-3"),
        ("50.8467, 4.3517", "50.8467, 4.3517"),
        ("doi:10.1234/5678901234", "doi:10.1234/5678901234"),
        ("@biodiversity on the web", "@biodiversity on the web"),
    ],
)
def test_personal_addresses_and_numbers_are_masked_and_others_are_not(text, shown):
    assert care.masked(text, "BE") == shown
    assert care.masked(shown, "BE") == shown
