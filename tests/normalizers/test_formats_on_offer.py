"""The formats that an OAI-PMH harvest may choose are those that profiles read."""

from __future__ import annotations

from harvesters.oai import formats
from normalizers import profiles


def test_every_format_that_may_be_chosen_has_its_profile() -> None:
    assert set(formats.KNOWN) <= set(profiles.names())
