"""An IPT, GBIF's publishing toolkit, by the feed of its datasets."""

from __future__ import annotations

from collections.abc import Iterator

from harvesters.feeds.entries import read
from harvesters.model import Answer
from harvesters.offers import Offer
from harvesters.site import TROUBLES, Site

SIGNS = ("ipt", "rss.do", "gbif")


def offers(site: Site) -> Iterator[Offer]:
    """The feed, where an entry of it names the EML of a dataset."""
    folders = site.folders if site.shows("rss.do", "ipt.gbif.org", "/ipt") else (site.root, f"{site.root}/ipt")
    for address in dict.fromkeys(f"{folder}/rss.do" for folder in folders):
        answer = site.look(address)
        datasets = _datasets(answer) if answer else 0
        if answer and datasets:
            yield Offer(
                protocol="ipt",
                platform="ipt",
                url=address,
                evidence=f"{answer.url} names the EML of {datasets} datasets",
                whole=False,
                incremental=True,
                deletions="unseen",
                seconds=site.seconds(answer),
            )
            return


def _datasets(answer: Answer) -> int:
    try:
        entries = read(answer).entries if answer.status == 200 else []
    except TROUBLES:
        return 0
    return sum(bool(entry.get("ipt_eml")) for entry in entries)
