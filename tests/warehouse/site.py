"""A national OAI-PMH repository of a few records, on a socket of its own, that changes as a test tells it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from tests.harvesters.oai_server import OAI_DC, envelope, error, identify
from tests.harvesters.servers import Site, reply

DAY_ONE = datetime(2026, 3, 1, 6, tzinfo=UTC)
_DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:title>{title}</dc:title><dc:type>{kind}</dc:type>{subjects}</oai_dc:dc>"
)


class Country(Site):
    """Records are titles by identifier, None where deleted; `now` is its own clock, moved by `later`."""

    def __init__(self, records: int = 5) -> None:
        super().__init__({})
        self.now = DAY_ONE
        self.page_size = 3
        self.answers_left: int | None = None  # after so many it answers 503
        self.silence: threading.Event | None = None  # then, instead of 503, nothing until it is set
        self.broken = False  # a record without an identifier on every first page: an issue of severity error
        self.announced: int | None = None  # completeListSize on the page that ends a list
        self.stamped: dict[str, tuple[str | None, datetime]] = {}
        self.subjects: dict[str, tuple[str, ...]] = {}  # of records that have any
        self.metadata: dict[str, str] = {}  # XML of records that have other than the usual title, type and subjects
        for number in range(records):
            self.put(f"r{number}", f"Title {number}")
        self.later()

    def put(self, name: str, title: str) -> None:
        self.stamped[name] = (title, self.now)

    def delete(self, name: str) -> None:
        self.stamped[name] = (None, self.now)

    def hide(self, *names: str) -> dict[str, tuple[str | None, datetime]]:
        """Show records no longer, without a word; returns what to put back."""
        return {name: self.stamped.pop(name) for name in names}

    def later(self, **by: float) -> None:
        self.now += timedelta(**by) if by else timedelta(days=1)

    def live(self) -> dict[str, str]:
        return {name: title for name, (title, _) in self.stamped.items() if title is not None}

    def dead(self) -> set[str]:
        return {name for name, (title, _) in self.stamped.items() if title is None}

    def asked_for(self) -> list[dict[str, str]]:
        """The arguments of every OAI-PMH request so far."""
        return [
            {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}
            for path in self.paths()
            if path.startswith("/oai")
        ]

    def since(self) -> list[str | None]:
        """`from` of every list that was begun."""
        lists = [each for each in self.asked_for() if each["verb"] == "ListRecords" and "resumptionToken" not in each]
        return [each.get("from") for each in lists]

    def answer(self, path: str) -> Iterator[bytes]:
        if not path.startswith("/oai"):
            yield reply(404)
        elif self.answers_left == 0 and self.silence:
            self.silence.wait(20)
        elif self.answers_left == 0:
            yield reply(503, b"down", content_type="text/plain")
        else:
            if self.answers_left is not None:
                self.answers_left -= 1
            yield reply(200, self._oai({key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}))

    def _oai(self, asked: dict[str, str]) -> bytes:
        if asked["verb"] == "Identify":
            return identify(response_date=self._date(self.now))
        if asked["verb"] == "ListMetadataFormats":
            return OAI_DC
        if asked["verb"] == "ListSets":
            return error("noSetHierarchy")
        since, start = asked.get("from", ""), 0
        if token := asked.get("resumptionToken"):
            since, _, offset = token.partition("|")
            start = int(offset)
        wanted = [
            self._record(name, title, stamp)
            for name, (title, stamp) in self.stamped.items()
            if self._date(stamp) >= since
        ]
        if not wanted:
            return error("noRecordsMatch")
        end = start + self.page_size
        rest = f"<resumptionToken>{since}|{end}</resumptionToken>" if end < len(wanted) else ""
        if not rest and self.announced is not None:
            rest = f'<resumptionToken completeListSize="{self.announced}"/>'
        nameless = "<record><header><datestamp>2026-01-01</datestamp></header></record>" if self.broken else ""
        inside = f"<ListRecords>{nameless}{''.join(wanted[start:end])}{rest}</ListRecords>"
        return envelope(inside, response_date=self._date(self.now))

    def _record(self, name: str, title: str | None, stamp: datetime) -> str:
        head = f"<identifier>{name}</identifier><datestamp>{self._date(stamp)}</datestamp>"
        if title is None:
            return f'<record><header status="deleted">{head}</header></record>'
        subjects = "".join(f"<dc:subject>{escape(each)}</dc:subject>" for each in self.subjects.get(name, ()))
        usual = _DC.format(title=escape(title), kind="Report", subjects=subjects)
        told = self.metadata.get(name, usual)
        return f"<record><header>{head}</header><metadata>{told}</metadata></record>"

    @staticmethod
    def _date(moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
