"""The nine sites and the thesaurus together: their day, their addresses and what they were asked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml

from tests.network import (
    bioland_site,
    catalogue_site,
    oai_site,
    plain_site,
    ptk_site,
    structured_site,
    thesaurus_site,
    wordpress_rest_site,
    wordpress_site,
)
from tests.network.days import http_date, moment
from tests.network.server import LOOPBACK, Request, Server

SOURCES = Path(__file__).parent / "sources"
SITES = {
    "ca_demo": (oai_site.make_app, "/oai"),
    "be_demo": (ptk_site.make_app, "/localchannels_rdf"),
    "pe_demo": (wordpress_site.make_app, "/feed/"),
    "eg_demo": (bioland_site.make_app, "/"),
    "cm_demo": (wordpress_rest_site.make_app, "/wp-json/"),
    "co_demo": (catalogue_site.make_ckan, "/api/3/action/"),
    "ke_demo": (catalogue_site.make_dcat, "/catalog.ttl"),
    "ma_demo": (plain_site.make_app, plain_site.START),
    "cr_demo": (structured_site.make_app, structured_site.START),
}
THESAURUS = "thesaurus"  # no source of records: what `chm vocabularies refresh` asks
DEAD_SINCE = {"pe_demo": 2}  # site -> first day on which its port refuses


class Network:
    """The sites, up from construction (or `with`) until `close`; keys are the ids of their source files.

    `ports` names the ports of some or all sites; others get a free one, and keep it over the days. Raises OSError where
    a port is taken, ValueError for a day before the first.
    """

    def __init__(self, day: int = 1, ports: Mapping[str, int] | None = None) -> None:
        self.requests: list[Request] = []
        self.servers: dict[str, Server] = {}
        self._day = day
        try:
            for site, (make_app, _) in SITES.items():
                port = (ports or {}).get(site, 0)
                app = make_app(lambda: self._day)
                self.servers[site] = Server(site, app, port, date=self._date, log=self.requests)
            app = thesaurus_site.make_app(lambda: self._day)
            port = (ports or {}).get(THESAURUS, 0)
            self.servers[THESAURUS] = Server(THESAURUS, app, port, date=self._date, log=self.requests)
            self.day = day
        except (OSError, ValueError):
            self.close()
            raise

    @property
    def day(self) -> int:
        """Which day it is; setting it changes every site at once, on the same ports."""
        return self._day

    @day.setter
    def day(self, day: int) -> None:
        if day < 1:
            raise ValueError("the network's days count from 1")
        self._day = day
        for site, server in self.servers.items():
            if day < DEAD_SINCE.get(site, day + 1):
                server.start()
            else:
                server.stop()

    @property
    def homes(self) -> dict[str, str]:
        """Source id -> address of the site's home page."""
        return {site: f"http://{LOOPBACK}:{self.servers[site].port}/" for site in SITES}

    @property
    def urls(self) -> dict[str, str]:
        """Source id -> the address that its harvest begins at."""
        return {site: home.removesuffix("/") + SITES[site][1] for site, home in self.homes.items()}

    @property
    def thesaurus(self) -> str:
        """Address of the thesaurus API."""
        return f"http://{LOOPBACK}:{self.servers[THESAURUS].port}{thesaurus_site.API}"

    def asked(self, site: str) -> list[str]:
        """Path and query of every request to the site so far, in order."""
        return [request.target for request in self.requests if request.site == site]

    def write_overlays(self, folder: Path) -> list[Path]:
        """Write for each source file one of the same name with the actual addresses; returns their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for site, url in self.urls.items():
            path = folder / f"{site}.yml"
            path.write_text(yaml.safe_dump({"url": url, "page": self.homes[site]}), encoding="utf-8")
            written.append(path)
        return written

    def close(self) -> None:
        """Stop every site and free the ports."""
        for server in self.servers.values():
            server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _date(self) -> str:
        return http_date(moment(self._day))
