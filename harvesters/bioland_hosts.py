"""Source files for the sites that the CBD's secretariat hosts, from a list of their hosts.

The list is JSON, an object a site, as the configurations of bioland-config and bioland-head state them together:
`siteCode`, `country` (ISO 3166-1 alpha-2), `name`, `bioland2_host`, `bioland1_host`, `bioland1_environment` (production
or test), `default_locale` and `locales`. Nobody asked the hosts when the list was made, so every source is unverified.
Sites without a country are for demonstration and training and are left out, but for the regional ones named here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from harvesters.errors import SourceError

SERVER = "bl2.chm-cbd.net"  # that answers for every Bioland 2 host
_REGIONAL = {"acb": "ASEAN Centre for Biodiversity"}
_BUNDLES = ["document", "national_target", "event", "project"]
_HEADING = "# Written by `chm sources import`. Nobody has asked this site yet: `chm probe` tells what it answers.\n"


class Site(Struct):
    """What the list says of a site; other keys are left alone."""

    site_code: str = msgspec.field(name="siteCode")
    country: str | None = None
    name: str | None = None
    bioland2_host: str | None = None
    bioland1_host: str | None = None
    bioland1_environment: str | None = None
    default_locale: str | None = None
    locales: list[str] | None = None


def read(path: Path) -> list[Site]:
    """The sites of a list, in its order.

    Raises:
        SourceError: the file cannot be read or is no such list; the message names the entry and the key.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Site])
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}.", advice="Give the path of a list of hosts.") from None
    except ValueError as error:  # msgspec's own, and Python's for what is not UTF-8
        raise SourceError(f"{path} is no list of Bioland hosts: {error}.", advice="Mend the entry.") from None


def source_files(sites: Sequence[Site]) -> dict[str, str]:
    """Source id -> the text of its file; a Bioland 2 host and, where there is one, the Bioland 1 host beside it."""
    files = {}
    for site in sites:
        if site.bioland2_host and (site.country or site.site_code in _REGIONAL):
            for source, keys in _sources(site):
                files[source] = _HEADING + "\n".join(map(_block, keys))
    return files


def is_ours(text: str) -> bool:
    """Whether a source file was written here."""
    return text.startswith(_HEADING)


def _sources(site: Site) -> list[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Id and keys, in blocks, of a site's sources. Of two hosts, one takes over from the other."""
    new, old = f"{site.site_code}_bioland", f"{site.site_code}_bioland1"
    languages = list(dict.fromkeys([site.default_locale or "en", *(site.locales or ())]))
    old_lives = bool(site.bioland1_host) and site.bioland1_environment == "production"
    address = f"https://{site.bioland2_host}/"
    head = _head(site, "Bioland 2", {"platform": "bioland", "page": address}, old if old_lives else None)
    found: list[tuple[str, Sequence[Mapping[str, Any]]]] = [
        (new, (head, {"protocol": "bioland", "url": address, "languages": languages}, {"server": SERVER}))
    ]
    if site.bioland1_host:
        address = f"https://{site.bioland1_host}/"
        head = _head(site, "Bioland 1", {"platform": "bioland1", "page": address}, None if old_lives else new)
        asked = {"protocol": "drupal_jsonapi", "url": address, "languages": languages}
        found.append((old, (head, asked, {"options": {"bundles": _BUNDLES}})))
    return found


def _head(site: Site, version: str, keys: Mapping[str, str], superseded_by: str | None) -> dict[str, Any]:
    return {
        "name": f"{site.name or _REGIONAL[site.site_code]}: clearing-house ({version})",
        **({"government": site.country.upper()} if site.country else {"origin": "regional"}),
        "status": "unverified",
        **keys,
        **({"superseded_by": superseded_by} if superseded_by else {}),
    }


def _block(keys: Mapping[str, Any]) -> str:
    """A line a key; lists stay on theirs."""
    flow = {key: None if isinstance(value, list | dict) else False for key, value in keys.items()}
    return "".join(
        yaml.safe_dump({key: value}, allow_unicode=True, width=120, default_flow_style=flow[key])
        for key, value in keys.items()
    )
