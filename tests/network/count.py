"""What the sites hold, counted with plain requests; it knows nothing of the aggregator, so that it can judge it.

`python -m tests.network.count ca_demo=URL ...` prints it as JSON.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests

TIMEOUT = 30
HEADER = re.compile(r"<header([^>]*)>\s*<identifier>([^<]+)</identifier>")
TOKEN = re.compile(r"<resumptionToken[^>/]*>([^<]+)</resumptionToken>")
SIZE = re.compile(r'completeListSize="(\d+)"')
CHANNEL = re.compile(r"<item [^>]*>\s*<link>([^<]+)</link>")
ITEM = re.compile(r'<item rdf:about="([^"]+)"')
DATASET = re.compile(r"^<([^>]+)> a dcat:Dataset", re.MULTILINE)
TEASER = re.compile(r'<h3><a href="([^"]+)"')
FILE = re.compile(r'<td><a href="([^"]+\.pdf)"')
LOC = re.compile(r"<loc>([^<]+)</loc>")
GUID = re.compile(r"<guid[^>]*>([^<]+)</guid>")


@dataclass(frozen=True)
class Count:
    """The identifiers that a site calls live, and those that it calls deleted; `whole`: it lists all that it has."""

    live: frozenset[str] = field(default_factory=frozenset)
    deleted: frozenset[str] = field(default_factory=frozenset)
    whole: bool = False


def count(urls: Mapping[str, str]) -> dict[str, Count | None]:
    """Source id -> what the site at the address shows now; None where it refuses."""
    counters = {
        "oai": _repository,
        "localchannels_rdf": _portal,
        "feed": _blog,
        "": _drupal,
        "wp-json": _posts,
        "action": _packages,
        "catalog.ttl": _turtle,
        "accueil.html": _pages,
        "es": _mapped,
    }
    found: dict[str, Count | None] = {}
    for site, url in urls.items():
        try:
            found[site] = counters[urlsplit(url).path.rstrip("/").rpartition("/")[2]](url)
        except requests.ConnectionError:
            found[site] = None
    return found


def must_hold(days: Iterable[Mapping[str, Count | None]]) -> dict[str, Count]:
    """What one who saw all these days holds at the end of the last.

    A feed is a window, so an item that was seen once lives on, as it does where an API tells what is new and not what
    is gone; a repository says what it deletes, so there a record
    dies by a tombstone and by nothing else; what a site that lists all does not list any more is deleted. `deleted` are
    the last word of the site, ever held or not.
    """
    held: dict[str, Count] = {}
    for day in days:
        for site, seen in day.items():
            before = held.get(site, Count())
            if seen is None:
                held[site] = before
            else:
                gone = seen.deleted | (before.live - seen.live if seen.whole else frozenset())
                live = (before.live - gone) | seen.live
                held[site] = Count(live, (before.deleted | gone) - live)
    return held


def _repository(url: str) -> Count:
    """Every header of ListIdentifiers; the list must be as long as it says."""
    live: set[str] = set()
    deleted: set[str] = set()
    wishes = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
    while True:
        answer = _text(url, wishes)
        for attributes, identifier in HEADER.findall(answer):
            (deleted if 'status="deleted"' in attributes else live).add(identifier)
        token = TOKEN.search(answer)
        if token is None:
            break
        wishes = {"verb": "ListIdentifiers", "resumptionToken": token[1]}
    size = SIZE.search(answer)
    if size and int(size[1]) != len(live) + len(deleted):
        raise ValueError(f"{url} lists {len(live) + len(deleted)} identifiers and speaks of {size[1]}")
    return Count(frozenset(live), frozenset(deleted))


def _portal(url: str) -> Count:
    """Every item of every channel but the comments."""
    channels = [channel for channel in CHANNEL.findall(_text(url)) if "comments" not in channel]
    return Count(frozenset(about for channel in channels for about in ITEM.findall(_text(channel))))


def _blog(url: str) -> Count:
    """Every guid of every page of the feed."""
    found: set[str] = set()
    page = 1
    while answer := requests.get(url, params={"paged": page}, timeout=TIMEOUT):  # false from 400 on: past the end
        found.update(GUID.findall(answer.text))
        page += 1
    return Count(frozenset(found))


def _drupal(url: str) -> Count:
    """The identifier of every node of every page, in one language; there must be as many as it says."""
    found: list[str] = []
    address: str | None = f"{url}ar/jsonapi/node/content?page[limit]=20"
    while address:
        answer = json.loads(_text(address))
        found += (item["id"] for item in answer["data"])
        address = answer["links"].get("next", {}).get("href")
    if len(found) != answer["meta"]["count"]:
        raise ValueError(f"{url} lists {len(found)} nodes and speaks of {answer['meta']['count']}")
    return Count(frozenset(found), whole=True)


def _posts(url: str) -> Count:
    """Every guid of every page of the posts; there must be as many as it says."""
    found: list[str] = []
    page = 1
    while answer := requests.get(f"{url}wp/v2/posts", params={"per_page": 50, "page": page}, timeout=TIMEOUT):
        found += (item["guid"]["rendered"] for item in answer.json())
        total, page = int(answer.headers["X-WP-Total"]), page + 1
    if len(found) != total:
        raise ValueError(f"{url} lists {len(found)} posts and speaks of {total}")
    return Count(frozenset(found))


def _packages(url: str) -> Count:
    """The id of every package of the catalogue."""
    found = json.loads(_text(f"{url}package_search", {"rows": "1000"}))["result"]
    return Count(frozenset(package["id"] for package in found["results"]))


def _turtle(url: str) -> Count:
    """The address of every dataset on every page; there must be as many as it says."""
    found: list[str] = []
    number, page = 1, "hydra:next"
    while "hydra:next" in page:
        page = _text(url, {"page": str(number)})
        found += DATASET.findall(page)
        number += 1
    if f"hydra:totalItems {len(found)} ." not in page:
        raise ValueError(f"{url} lists {len(found)} datasets and speaks of another number")
    return Count(frozenset(found))


def _pages(url: str) -> Count:
    """The items of every page of the news, the files in the tables of documents, and the pages on the site itself."""
    home = url.removesuffix("/accueil.html")
    found: set[str] = set()
    for news, documents, about in (
        ("fr/actualites", "fr/documents", "fr/presentation"),
        ("ar/akhbar", "ar/wathaiq", "ar/taqdim"),
    ):
        number = 1
        while items := TEASER.findall(_text(f"{home}/{news}", {"page": str(number)})):
            found.update(home + path for path in items)
            number += 1
        found.update(home + path for path in FILE.findall(_text(f"{home}/{documents}")))
        found.add(f"{home}/{about}")
    return Count(frozenset(found), whole=True)


def _mapped(url: str) -> Count:
    """The address of every page in the site map."""
    answer = requests.get(f"{url.removesuffix('/es/')}/sitemap-1.xml.gz", timeout=TIMEOUT)
    return Count(frozenset(LOC.findall(gzip.decompress(answer.content).decode())), whole=True)


def _text(url: str, wishes: Mapping[str, str] | None = None) -> str:
    answer = requests.get(url, params=wishes, timeout=TIMEOUT)
    answer.raise_for_status()
    answer.encoding = "utf-8"
    return answer.text


def _main() -> None:
    seen = count(dict(argument.split("=", 1) for argument in sys.argv[1:]))
    numbers = {site: had and {"live": len(had.live), "deleted": len(had.deleted)} for site, had in seen.items()}
    sys.stdout.write(json.dumps(numbers, indent=2) + "\n")


if __name__ == "__main__":
    _main()
