"""Which metadata format is asked for: the richest that is known by its namespace, unless the source says otherwise."""

from __future__ import annotations

import pytest

from harvesters.oai.formats import Format, choose

OAI_DC = Format("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/")
MODS = Format("mods", "http://www.loc.gov/mods/v3")
MARC = Format("marc21", "http://www.loc.gov/MARC21/slim")
KERNEL = Format("oai_datacite4", "http://datacite.org/schema/kernel-4.4")
OWN = Format("mine", "http://site.test/mine")


@pytest.mark.parametrize(
    ("offered", "order", "chosen"),
    [
        ([OAI_DC, MARC, MODS], (), ("mods", "mods")),
        ([OAI_DC, MARC], (), ("marc21", "marcxml")),
        ([OAI_DC, MODS, KERNEL], (), ("oai_datacite4", "datacite")),
        ([OAI_DC, OWN], (), ("oai_dc", "oai_dc")),
        ([OWN], (), ("oai_dc", "oai_dc")),
        ([], (), ("oai_dc", "oai_dc")),
        ([OAI_DC, MODS, OWN], ("mine",), ("mine", "mine")),
        ([OAI_DC, MODS, MARC], ("marcxml", "mods"), ("marc21", "marcxml")),
        ([OAI_DC, MODS, MARC], ("oai_dc",), ("oai_dc", "oai_dc")),
        ([OAI_DC, MODS], ("eml",), ("oai_dc", "oai_dc")),
        ([OAI_DC, Format("mods", "http://site.test/not-mods")], (), ("oai_dc", "oai_dc")),
    ],
)
def test_the_best_format_on_offer_is_chosen(
    offered: list[Format], order: tuple[str, ...], chosen: tuple[str, str]
) -> None:
    assert choose(offered, order) == chosen
