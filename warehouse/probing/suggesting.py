"""The source file that an offer suggests."""

from __future__ import annotations

from collections.abc import Container
from urllib.parse import urlsplit, urlunsplit

import langcodes
from msgspec import Struct
from msgspec.structs import replace
from pydantic import ValidationError

from harvesters import complaints
from harvesters.errors import SourceError
from harvesters.model import Json
from harvesters.offers import Offer
from harvesters.site import Site
from harvesters.source import Source

_COUNTRY_IN_DOMAIN = {"uk": "gb"}  # of the country-code domains, the one that is no ISO code


class Subject(Struct, frozen=True):
    """What is probed: an address, the id of the source that it is of or may become, and its country, where known.

    `pace` are the seconds between two requests, where the site's owner wishes other than the usual.
    """

    url: str
    source: str = "probe"
    government: str | None = None
    pace: float | None = None


def spelt_out(address: str) -> str:
    """The address as a browser takes it: `biodiv.example` is `https://biodiv.example`."""
    return address if "://" in address or not address.strip() else f"https://{address.strip()}"


def stranger(subject: Subject) -> Source:
    """The source that stands for an address while nobody knows what it offers.

    Raises:
        SourceError: the address, the id or the country is none.
    """
    keys = {"id": subject.source, "name": subject.url, "protocol": "feed", "url": subject.url}
    country = {"government": subject.government} if subject.government else {"origin": "partner"}
    pace = {} if subject.pace is None else {"pace": subject.pace}
    try:
        return Source.model_validate({**keys, **country, **pace})
    except ValidationError as error:
        said = " ".join(complaints.sentence(each, Source) for each in error.errors())
        raise SourceError(f"{subject.url[:500]!r} cannot be probed: {said}", advice="Correct it.") from error


def keys(subject: Subject, site: Site, offer: Offer) -> dict[str, Json]:
    """The keys of a source file for an offer, in the order in which people write them."""
    country = subject.government
    found: dict[str, Json] = {
        "name": (offer.name or site.title or urlsplit(site.root).netloc)[:200],
        **({"government": country} if country else {"origin": "partner"}),
        "status": "unverified",
        "platform": offer.platform,
        "page": f"{site.root}/",
        "protocol": offer.protocol,
        "url": offer.url,
        "languages": [tag for tag in offer.languages or site.languages if langcodes.tag_is_valid(tag)],
        **offer.keys,
        "pace": subject.pace,
    }
    return {key: value for key, value in found.items() if value not in (None, [])}


def change(source: Source, offer: Offer) -> dict[str, Json]:
    """The keys of an overlay that makes a source ask for an offer; none where it does already."""
    before = source.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    languages = list(offer.languages)
    wished: dict[str, Json] = {"languages": languages} if languages and {*languages} != {*source.languages} else {}
    if source.protocol == offer.protocol and source.addresses[0].rstrip("/") == offer.url.rstrip("/"):
        return wished
    told = {
        "protocol": offer.protocol,
        "platform": offer.platform,
        "url": offer.url,
        "options": offer.keys.get("options"),
    }
    emptied: dict[str, Json] = {"urls": [], "sets": [], "profile": None}  # which were about what the file asked for
    wished |= {key: value for key, value in told.items() if value and value != before.get(key)}
    return wished | {key: nothing for key, nothing in emptied.items() if key in before}


def placed(subject: Subject, countries: Container[str]) -> Subject:
    """The subject with the country that its id (`be_repository`) or address (`https://www.biodiv.be/`) names.

    `countries` are the codes that there are, in lower case. A country that is stated stays.
    """
    if subject.government:
        return subject
    host = (urlsplit(subject.url).hostname or "").lower()
    begins, first, last = subject.source.partition("_")[0], host.partition(".")[0], host.rpartition(".")[2]
    hosted = [first] if host.endswith(".chm-cbd.net") else []  # where the Secretariat hosts national sites
    named = (_COUNTRY_IN_DOMAIN.get(code, code) for code in (begins, *hosted, last))
    code = next((code for code in named if code in countries), None)
    return replace(subject, government=code.upper()) if code else subject


def rehosted(url: str, moved: str) -> str:
    """An address on the scheme and host to which one of its pages moved."""
    onto = urlsplit(moved)
    return urlunsplit(urlsplit(url)._replace(scheme=onto.scheme, netloc=onto.netloc))
