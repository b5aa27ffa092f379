"""The pages that every arm asks for: rendered once, before anything is measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.network.library import documents, dublin_core

PAGE = 100  # records
_START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">'
    "<responseDate>2026-03-01T12:00:00Z</responseDate>"
)
IDENTIFY = (
    f'{_START}<request verb="Identify">http://bench.example/oai</request><Identify>'
    "<repositoryName>Bench</repositoryName><baseURL>http://bench.example/oai</baseURL>"
    "<protocolVersion>2.0</protocolVersion><adminEmail>bench@bench.example</adminEmail>"
    "<earliestDatestamp>2001-01-01T00:00:00Z</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
    "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify></OAI-PMH>\n"
)


def render(folder: Path, count: int, prefix: str = "") -> None:
    """Write `Identify.xml` and `0.xml`, `1.xml` ... with `count` records of the demonstration network's library.

    The library's documents come round again under new identifiers; the token of a page is the next one's number. With a
    `prefix` they are another list: pages and tokens begin with it, and so do the titles.
    """
    (folder / "Identify.xml").write_text(IDENTIFY, "utf-8")
    starts = range(0, count, PAGE)
    for number, start in enumerate(starts):
        numbers = range(start, min(start + PAGE, count))
        token = f"{prefix}{number + 1}" if number + 1 < len(starts) else ""
        text = (
            f'{_START}<request verb="ListRecords">http://bench.example/oai</request><ListRecords>\n'
            f"{''.join(_records(numbers)).replace('<dc:title>', f'<dc:title>{prefix}')}"
            f'<resumptionToken completeListSize="{count}" cursor="{start}">{token}</resumptionToken>\n'
            "</ListRecords></OAI-PMH>\n"
        )
        (folder / f"{prefix}{number}.xml").write_text(text, "utf-8")


def _records(numbers: range) -> Iterator[str]:
    library = documents(1)
    for number in numbers:
        document = library[number % len(library)]
        status = ' status="deleted"' if document.deleted else ""
        specs = "".join(f"<setSpec>{name}</setSpec>" for name in document.sets)
        metadata = "" if document.deleted else f"<metadata>{dublin_core(document)}</metadata>"
        yield (
            f"<record><header{status}><identifier>oai:bench.example:{number:07}</identifier>"
            f"<datestamp>{document.datestamp}</datestamp>{specs}</header>{metadata}</record>\n"
        )
