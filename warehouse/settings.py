"""Settings: environment variables that begin with CHM_, each with a default and a line that explains it.

There are no others: `chm settings` prints this table with the value in force and where it came from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from math import isfinite
from pathlib import Path

from msgspec import Struct

from harvesters.http import Contact
from harvesters.registry import SOURCES
from harvesters.source import cron_line
from warehouse.portal.serving import Serving
from warehouse.today import recipients
from warehouse.today.recipients import Recipient


class Setting(Struct, frozen=True):
    """One variable: its name, default (as a person would write it) and meaning."""

    name: str
    default: str
    meaning: str


TABLE = (
    Setting("CHM_WAREHOUSE", "warehouse-data", "folder that holds everything gathered"),
    Setting("CHM_REGISTRY", "package", "folder of the network's source files; package: the program's own; none: none"),
    Setting("CHM_SOURCES", "", "folders of your source files and overlays, joined by the path separator; last wins"),
    Setting("CHM_VOCABULARIES", "", "folder of SKOS Turtle files that win over the package's of the same name"),
    Setting("CHM_CONTACT", "", "mailbox that site owners can write to; sent with every request"),
    Setting("CHM_CONTACT_PAGE", "", "address of the page (harvesters/about.html) that says who asks and why"),
    Setting("CHM_ALLOW_PRIVATE", "no", "yes: every source may be on a loopback or private address"),
    Setting("CHM_PUBLISH_MIN_INTERVAL", "60", "least minutes between two releases that Airflow publishes"),
    Setting("CHM_PUBLISH_AT_LEAST", "30 5 * * *", "cron line (UTC): a release is published at least then"),
    Setting("CHM_KEEP_RELEASES", "14", "how many releases are kept; older ones go when a new one is published"),
    Setting("CHM_KEEP_SNAPSHOTS", "30", "how many snapshots of each source `chm vacuum` leaves, beside those in use"),
    Setting("CHM_REALM", "chm-national", "`realm_ss` of every record in the names of the CHM's own index"),
    Setting(
        "CHM_REALMS_OF_CHM",
        "chm-national",
        "realms, joined by commas, that are found too where a query says realm_ss:chm",
    ),
    Setting("CHM_SOLR_CENTRAL", "no", "yes: solr.jsonl.zst has the records too that came from the CHM's own API"),
    Setting(
        "CHM_PUBLIC_URL", "http://127.0.0.1:8000", "where readers reach the published index; begins the addresses in it"
    ),
    Setting("CHM_SERVE", "127.0.0.1:8000", "address and port on which `chm serve` listens"),
    Setting("CHM_SERVE_CORS", "", "origins, joined by commas, whose web pages may ask it; * for all"),
    Setting("CHM_SERVE_RATE", "600", "requests a minute that one address may send it; 0: as many as it likes"),
    Setting("CHM_SERVE_SECONDS", "20", "seconds until it gives a request up"),
    Setting("CHM_SERVE_BYTES", "262144", "bytes that a request to it may have"),
    Setting("CHM_SERVE_PROXIES", "", "addresses of proxies before it, joined by commas: theirs is the client's word"),
    Setting("CHM_NOTIFY", "", "who is told daily what to see to: mailto:a@b.org?via=smtp://host:25, or a webhook"),
)


class SettingError(Exception):
    """A setting has a value that it cannot have; the message names it and says what is allowed."""


class Settings(Struct, frozen=True, kw_only=True):
    """The settings in force. Paths are absolute; what `origins` shows of a recipient is without its secrets."""

    warehouse: Path
    registry: Path | None
    sources: tuple[Path, ...]
    vocabularies: Path | None
    contact: Contact
    allow_private: bool
    publish_min_interval: float  # minutes
    publish_at_least: str
    keep_releases: int
    keep_snapshots: int
    realm: str
    solr_central: bool
    public_url: str  # without a slash at its end
    serving: Serving
    notify: Recipient | None
    origins: Mapping[str, tuple[str, str]]  # name -> (value as text, where it came from)

    @property
    def source_folders(self) -> tuple[Path, ...]:
        """Where source files lie; later ones win."""
        return (self.registry, *self.sources) if self.registry else self.sources


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `environment` gives, defaults filled in.

    Raises:
        SettingError: a value cannot be used, or a variable looks like a mistyped one of the table. (Other variables
            that begin with CHM_ are somebody else's: Kubernetes sets some for a service called chm.)
    """
    known = {setting.name: setting for setting in TABLE}
    for name in sorted(environment.keys() - known.keys()):
        meant = get_close_matches(name, known, n=1, cutoff=0.85) if name.startswith("CHM_") else []
        if meant:
            raise SettingError(f"{name} is not a setting; did you mean {meant[0]}?")
    origins = {
        name: (environment[name], "environment") if environment.get(name) else (setting.default, "default")
        for name, setting in known.items()
    }
    values = {name: value for name, (value, _) in origins.items()}
    recipient = _recipient("CHM_NOTIFY", values["CHM_NOTIFY"])
    return Settings(
        warehouse=Path(values["CHM_WAREHOUSE"]).absolute(),
        registry=_registry(values["CHM_REGISTRY"]),
        sources=tuple(_folder("CHM_SOURCES", part) for part in values["CHM_SOURCES"].split(os.pathsep) if part),
        vocabularies=_folder("CHM_VOCABULARIES", values["CHM_VOCABULARIES"]) if values["CHM_VOCABULARIES"] else None,
        contact=_contact(values["CHM_CONTACT"], values["CHM_CONTACT_PAGE"]),
        allow_private=_yes_or_no("CHM_ALLOW_PRIVATE", values["CHM_ALLOW_PRIVATE"]),
        publish_min_interval=_number("CHM_PUBLISH_MIN_INTERVAL", values["CHM_PUBLISH_MIN_INTERVAL"]),
        publish_at_least=_cron("CHM_PUBLISH_AT_LEAST", values["CHM_PUBLISH_AT_LEAST"]),
        keep_releases=_count("CHM_KEEP_RELEASES", values["CHM_KEEP_RELEASES"]),
        keep_snapshots=_count("CHM_KEEP_SNAPSHOTS", values["CHM_KEEP_SNAPSHOTS"]),
        realm=values["CHM_REALM"],
        solr_central=_yes_or_no("CHM_SOLR_CENTRAL", values["CHM_SOLR_CENTRAL"]),
        public_url=_address("CHM_PUBLIC_URL", values["CHM_PUBLIC_URL"]).rstrip("/"),
        serving=_serving(values),
        notify=recipient,
        origins={**origins, "CHM_NOTIFY": (recipient.shown if recipient else "", origins["CHM_NOTIFY"][1])},
    )


def _contact(mail: str, page: str) -> Contact:
    if mail and "@" not in mail.strip("@"):
        raise SettingError(f"CHM_CONTACT: {mail!r} is no mailbox, such as chm@example.org.")
    return Contact(mail=mail, page=_address("CHM_CONTACT_PAGE", page) if page else "")


def _serving(values: Mapping[str, str]) -> Serving:
    host, _, port = values["CHM_SERVE"].rpartition(":")
    if not host or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65_535:
        raise SettingError(f"CHM_SERVE: {values['CHM_SERVE']!r} is no address and port, such as 127.0.0.1:8000.")
    return Serving(
        host=host.strip("[]"),
        port=int(port),
        url=_address("CHM_PUBLIC_URL", values["CHM_PUBLIC_URL"]).rstrip("/"),
        mail=values["CHM_CONTACT"],
        realms_of_chm=_several(values["CHM_REALMS_OF_CHM"]),
        cors=_several(values["CHM_SERVE_CORS"]),
        rate=int(_number("CHM_SERVE_RATE", values["CHM_SERVE_RATE"])),
        seconds=_number("CHM_SERVE_SECONDS", values["CHM_SERVE_SECONDS"]),
        request_bytes=_count("CHM_SERVE_BYTES", values["CHM_SERVE_BYTES"]),
        proxies=_several(values["CHM_SERVE_PROXIES"]),
    )


def _several(value: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, value.split(","))))


def _address(name: str, value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise SettingError(f"{name}: {value!r} is no address of a web page.")
    return value


def _registry(value: str) -> Path | None:
    if value == "none":
        return None
    return SOURCES if value == "package" else _folder("CHM_REGISTRY", value)


def _folder(name: str, value: str) -> Path:
    folder = Path(value).absolute()
    if not folder.is_dir():
        raise SettingError(f"{name}: there is no folder {folder}. Make it, or mend the setting.")
    return folder


def _recipient(name: str, value: str) -> Recipient | None:
    try:
        return recipients.parse(value) if value else None
    except ValueError as error:
        raise SettingError(f"{name} {error}.") from None


def _yes_or_no(name: str, value: str) -> bool:
    answers = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if value.lower() not in answers:
        raise SettingError(f"{name}: {value!r} is neither yes nor no.")
    return answers[value.lower()]


def _number(name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1
    if number < 0 or not isfinite(number):
        raise SettingError(f"{name}: {value!r} is not a number of zero or more.")
    return number


def _count(name: str, value: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,8}", value):
        raise SettingError(f"{name}: {value!r} is not a whole number of one or more.")
    return int(value)


def _cron(name: str, value: str) -> str:
    try:
        return cron_line(value)
    except ValueError as error:
        raise SettingError(f"{name}: {value!r} {error}.") from None
