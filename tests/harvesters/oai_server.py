"""OAI-PMH pages written for tests, and a small repository that serves them through `Replay`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from harvesters.model import Answer
from tests.harvesters.replay import Asked

RESPONSE_DATE = "2026-03-01T12:00:00Z"
_ROOT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)


def envelope(inside: str, *, response_date: str = RESPONSE_DATE) -> bytes:
    return (
        f'{_ROOT}<responseDate>{response_date}</responseDate><request verb="ListRecords">http://site.test/oai</request>'
        f"{inside}</OAI-PMH>"
    ).encode()


def identify(
    *, granularity: str = "YYYY-MM-DDThh:mm:ssZ", response_date: str = RESPONSE_DATE, name: str = "Test"
) -> bytes:
    return envelope(
        f"<Identify><repositoryName>{name}</repositoryName><baseURL>http://site.test/oai</baseURL>"
        "<protocolVersion>2.0</protocolVersion><adminEmail>a@site.test</adminEmail><adminEmail>b@site.test</adminEmail>"
        "<earliestDatestamp>2001-01-01</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
        f"<granularity>{granularity}</granularity></Identify>",
        response_date=response_date,
    )


def record(
    identifier: str, *, deleted: bool = False, sets: Sequence[str] = (), metadata: str = "<x xmlns='m'>é</x>"
) -> str:
    specs = "".join(f"<setSpec>{name}</setSpec>" for name in sets)
    header = f"<identifier>{identifier}</identifier><datestamp>2026-02-01T00:00:00Z</datestamp>{specs}"
    if deleted:
        return f'<record><header status="deleted">{header}</header></record>'
    return f"<record><header>{header}</header><metadata>{metadata}</metadata></record>"


def list_records(records: Sequence[str], token: str | None = None, *, size: int | None = None) -> bytes:
    attribute = f' completeListSize="{size}"' if size is not None else ""
    end = "" if token is None else f"<resumptionToken{attribute}>{token}</resumptionToken>"
    return envelope(f"<ListRecords>{''.join(records)}{end}</ListRecords>")


def error(code: str, words: str = "") -> bytes:
    return envelope(f'<error code="{code}">{words}</error>')


def list_sets(*names: str) -> bytes:
    sets = "".join(f"<set><setSpec>{name}</setSpec><setName>Set {name}</setName></set>" for name in names)
    return envelope(f"<ListSets>{sets}</ListSets>")


def list_formats(**namespaces: str) -> bytes:
    """ListMetadataFormats: namespaces by prefix."""
    forms = "".join(
        f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix><schema>x</schema>"
        f"<metadataNamespace>{namespace}</metadataNamespace></metadataFormat>"
        for prefix, namespace in namespaces.items()
    )
    return envelope(f"<ListMetadataFormats>{forms}</ListMetadataFormats>")


OAI_DC = list_formats(oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/")
ABOUT = 3
"""Pages before the first one with records: Identify's, ListMetadataFormats' and ListSets'."""


class Repository:
    """Answers Identify and its like, the first page of a set (key: its name, or "") and tokens (key: the token).

    It has the sets of its first pages and oai_dc. `singly` are answers of GetRecord by the identifiers that
    ListIdentifiers lists; without them it knows neither verb.
    """

    def __init__(
        self,
        first: bytes | Answer | Mapping[str, bytes],
        tokens: Mapping[str, bytes | Callable[[], bytes]] | None = None,
        identity: bytes | None = None,
        about: Mapping[str, bytes | Answer] | None = None,
        singly: Mapping[str, bytes | Answer] | None = None,
    ) -> None:
        self._first = first if isinstance(first, Mapping) else {"": first}
        self._tokens = tokens or {}
        self._singly = singly
        sets = [name for name in self._first if name]
        self._about = {
            "Identify": identity or identify(),
            "ListMetadataFormats": OAI_DC,
            "ListSets": list_sets(*sets) if sets else error("noSetHierarchy"),
            **(about or {}),
        }

    def __call__(self, asked: Asked) -> bytes | Answer:
        if asked.params["verb"] in self._about:
            return self._about[asked.params["verb"]]
        if asked.params["verb"] in ("ListIdentifiers", "GetRecord"):
            return self._answer_singly(asked.params)
        token = asked.params.get("resumptionToken")
        if token is None:
            return self._first[asked.params.get("set", "")]
        assert asked.params == {"verb": "ListRecords", "resumptionToken": token}, "the token is an exclusive argument"
        page = self._tokens.get(token, error("badResumptionToken", "never heard of it"))
        return page() if callable(page) else page

    def _answer_singly(self, asked: Mapping[str, str]) -> bytes | Answer:
        if self._singly is None:
            return error("badVerb", "not here")
        if asked["verb"] == "GetRecord":
            return self._singly[asked["identifier"]]
        stamp = "<datestamp>2026-02-01T00:00:00Z</datestamp>"
        headers = "".join(f"<header><identifier>{name}</identifier>{stamp}</header>" for name in self._singly)
        return envelope(f"<ListIdentifiers>{headers}</ListIdentifiers>")


def get_record(text: str) -> bytes:
    return envelope(f"<GetRecord>{text}</GetRecord>")
