"""The Portal Tool Kit (Naaya), by its index of channels."""

from __future__ import annotations

from collections.abc import Iterator

from harvesters.feeds.entries import read
from harvesters.model import Answer
from harvesters.offers import Offer
from harvesters.site import TROUBLES, Site

SIGNS = ("naaya", "portal_syndication", "localchannels_rdf")
_INDEX = "localchannels_rdf"


def offers(site: Site) -> Iterator[Offer]:
    """The site, where its index names channels."""
    for folder in site.folders:
        answer = site.look(f"{folder}/{_INDEX}")
        channels = _channels(answer) if answer else 0
        if answer and channels:
            yield Offer(
                protocol="ptk",
                platform="ptk",
                url=f"{folder}/{_INDEX}",
                evidence=f"{answer.url} names {channels} channels",
                incremental=True,
                deletions="compared",
                seconds=site.seconds(answer),
            )
            return


def _channels(answer: Answer) -> int:
    try:
        entries = read(answer).entries if answer.status == 200 else []
    except TROUBLES:
        return 0
    return sum("_rdf" in entry.get("link", "") for entry in entries)
