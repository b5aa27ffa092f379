"""An OAI-PMH repository: where the site's pages point, else where the software of repositories has it.

The usual paths are those of DSpace, InvenioRDM, EPrints, OJS and Koha as their documentation gives them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sickle.oaiexceptions import BadResumptionToken, NoRecordsMatch

from harvesters.model import Json, State
from harvesters.oai import about
from harvesters.oai.formats import FALL_BACK
from harvesters.oai.repository import Repository
from harvesters.offers import Offer
from harvesters.site import TROUBLES, Site

SIGNS = ("oai-pmh", "verb=identify", "/oai", "dspace", "eprints", "invenio", "koha", "ojs")
_USUAL = (
    "oai", "oai/request", "server/oai/request", "oai2d", "cgi/oai2", "index.php/index/oai", "cgi-bin/koha/oai.pl",
)  # fmt: skip
_MOST_NAMED = 3


def offers(site: Site) -> Iterator[Offer]:
    """The first repository that says who it is."""
    titled = [link.address for link in site.links if link.is_element and link.title.startswith("oai")]
    named = [address.partition("?")[0] for address in (*titled, *site.named("verb=identify", "/oai"))][:_MOST_NAMED]
    usual = [f"{site.root}/{path}" for path in _USUAL]
    for address in dict.fromkeys((*_own(site), *named, *usual)):
        before = site.visit.seconds
        try:
            facts = about.identify(Repository(address, site.http), State()).facts
        except TROUBLES as error:
            site.troubles[address] = error
            continue
        told = str(facts["deleted_record"])
        yield Offer(
            protocol="oai_pmh",
            url=address,
            name=str(facts["name"]),
            evidence=f"{address}?verb=Identify says {facts['name']!r}",
            keys=_contact(facts["admin_emails"]),
            incremental=True,
            deletions="told" if told in ("persistent", "transient") else "swept",
            records=_records(address, site),
            seconds=site.visit.seconds - before,
        )
        return


def _own(site: Site) -> list[str]:
    """The address given, where it may be a repository's."""
    address = site.url.partition("?")[0]
    return [address] if address.rstrip("/") != site.root and not site.is_page else []


def _contact(mails: Json) -> dict[str, Json]:
    return {"contact": mails[0]} if mails and mails[0] else {}


def _records(address: str, site: Site) -> int | None:
    """How many records the repository says that it has."""
    repository = Repository(address, site.http)
    try:
        reply, _ = next(repository.pages("ListIdentifiers", {"metadataPrefix": FALL_BACK}))
    except (*TROUBLES, BadResumptionToken):
        return None
    except NoRecordsMatch:
        return 0
    return reply.list_size
