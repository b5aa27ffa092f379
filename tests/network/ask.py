"""Plain questions to the network's sites, for its tests."""

from __future__ import annotations

import requests
from lxml import etree

from tests.network.network import Network

OAI = "{http://www.openarchives.org/OAI/2.0/}"


def ask(network: Network, site: str, path: str = "", **wishes: str | int) -> requests.Response:
    url = network.homes[site] + path if path else network.urls[site]
    return requests.get(url, params=wishes, timeout=30)


def oai(network: Network, **arguments: str) -> etree._Element:
    return etree.fromstring(ask(network, "ca_demo", **arguments).content)


def records(network: Network, **window: str) -> list[etree._Element]:
    """Every record of ListRecords, page after page."""
    found: list[etree._Element] = []
    wishes = {"verb": "ListRecords", "metadataPrefix": "oai_dc"} | window
    while True:
        page = oai(network, **wishes)
        found += page.iter(f"{OAI}record")
        token = page.findtext(f".//{OAI}resumptionToken")
        if not token:
            return found
        wishes = {"verb": "ListRecords", "resumptionToken": token}


def headers(found: list[etree._Element]) -> dict[str, etree._Element]:
    return {record.findtext(f"{OAI}header/{OAI}identifier") or "": record[0] for record in found}
