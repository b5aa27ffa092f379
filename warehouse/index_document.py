"""A record as a document of the CHM's own index: its field names and suffixes, so that today's portals read ours.

Suffixes: `_s` and `_ss` are exact texts, one or several; `_t` and `_txt` analysed ones; `_dt` times; `_i` and `_b`
numbers and truths; `_EN_s` ... `_ZH_s` the value in that language; `_CEN_s` the identifier with the label in that
language, as JSON text; `_REL_ss` identifiers with all that is broader (clearing-house documentation, index; the
portals' queries of 2026). A text stands in the slot of its own language, whichever that is, and in no other: what has
no text in English has no `title_EN_t`.

A harvested page is no submission of a Party: `schemaType_s` is never `national`, `realm_ss` is the setting's, and
identifiers begin with a prefix of ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from msgspec import Struct

from harvesters.model import Json
from normalizers import common_formats
from normalizers.model import Terms
from vocabularies.model import Concept, Vocabulary

Document: TypeAlias = dict[str, Json]
Row: TypeAlias = Mapping[str, Any]
"""A row of `RECORDS` as Python values; a map is a list of pairs."""

PREFIX = "harvested"
SIX = ("ar", "en", "es", "fr", "ru", "zh")
# Field of a record -> names in the index that hold its identifiers: the portals' newer name, then the older twins.
_TERMS = {
    "countries": ("hostGovernments", "country"),
    "subjects": ("cbdSubjects", "thematicArea", "thematicAreas", "theme", "themes", "subject"),
    "gbf_targets": ("gbfTargets",),
    "aichi_targets": ("aichiTargets", "aichiTarget"),
}
_CODED = ("themes", "thematicAreas", "country")  # of which the portals read `_CEN_ss` and the like
_BY_DATE = {  # index field -> kinds of a record's dates, the best first
    "publicationDate_dt": ("published",),
    "startDate_dt": ("start",),
    "endDate_dt": ("end",),
    "date_dt": ("published", "start", "modified", "created"),
}
_MONTH, _YEAR = len("2026-11"), len("2026")


class Index(Struct, frozen=True, eq=False):
    """What every document of an index shares: the realm that it names, and the vocabularies with their labels."""

    realm: str
    terms: Terms

    def document(self, row: Row) -> Document:
        """The record of one row as a document; fields that it has no value for are absent."""
        made: Document = {}
        for part in (
            self._standing(row),
            self._of_government(row),
            _texts("title", dict(row["title"])),
            _texts("summary", dict(row["summary"])),
            _texts("description", dict(row["description"])),
            self._of_terms(row),
            _dates(row),
            _links(row),
            self._free_text(row),
            _display(row),
        ):
            made |= part
        return {name: value for name, value in made.items() if value not in (None, "", [])}

    def _standing(self, row: Row) -> Document:
        """What it is, whose, and that it was harvested."""
        identifier, schema = row["identifier"], row["schema"]
        return {
            "id": f"{PREFIX}-{identifier}",
            "identifier_s": identifier,
            "uniqueIdentifier_s": (unique := f"{PREFIX}-{row['source']}-{identifier}"),
            "uniqueIdentifier_t": unique,
            "harvested_b": True,
            "source_s": row["source"],
            "origin_s": row["origin"],
            "originalUrl_s": row["source_page"],
            "realm_ss": [self.realm],
            "realm_s": self.realm,
            "schemaType_s": "reference",
            **_schema(schema),
            "_latest_s": "true",
            "_state_s": "public",
            "_revision_i": 1,
            "virtual_b": False,
            "licence_s": row["rights"]["licence"],
            "languages_ss": list(row["languages"]),
            "type_ss": list(row["types"]),
            "type_s": next(iter(row["types"]), None),
            "authors_t": "; ".join(row["authors"]),
        }

    def _of_government(self, row: Row) -> Document:
        code = row["government"]
        if not code:
            return {}
        concept = self.terms.countries.concepts.get(code)
        return {
            "government_s": code,
            "governments_ss": [code],
            "government_REL_ss": self._related(self.terms.countries, [code]),
            **_labels("government", concept),
        }

    def _of_terms(self, row: Row) -> Document:
        made: Document = {}
        for field, names in _TERMS.items():
            vocabulary: Vocabulary = getattr(self.terms, field)
            found = _identifiers(row, field)
            for name in names if found else ():
                made |= {f"{name}_ss": found, f"{name}_s": found[0], f"{name}_REL_ss": self._related(vocabulary, found)}
                made |= _several_labels(name, vocabulary, found)
        places = [*_identifiers(row, "countries"), *_identifiers(row, "regions")]
        if places:
            both = (self.terms.countries, self.terms.regions)
            made["countryRegions_ss"] = places
            made["countryRegions_REL_ss"] = self._related(self.terms.countries, places)
            labels = [label for notation in places for label in _english(both, notation)]
            made["countryRegions_EN_txt"] = labels
        every = [
            identifier
            for field in (*_TERMS, "regions", "gbf_goals", "gbf_indicators", "sdg_goals", "articles", "kinds")
            for identifier in _identifiers(row, field)
        ]
        made["all_terms_ss"] = made["all_Terms_ss"] = list(dict.fromkeys(every))
        made["keywords_ss"] = [keyword["value"] for keyword in row["keywords"]]
        return made

    def _related(self, vocabulary: Vocabulary, notations: Sequence[str]) -> list[str]:
        """The identifiers and all that is broader, countries' regions included; each once."""
        found = (one for notation in notations for one in self._broader(vocabulary, notation))
        return list(dict.fromkeys(found))

    def _broader(self, vocabulary: Vocabulary, notation: str) -> tuple[str, ...]:
        return _closure(vocabulary, self.terms.regions, notation)

    def _free_text(self, row: Row) -> Document:
        """All that is said of the record in each language: what a query without a field asks."""
        said: dict[str, list[str]] = {}
        for field in ("title", "summary", "description", "publisher"):
            for language, text in row[field]:
                said.setdefault(_slot(language), []).append(text)
        for keyword in row["keywords"]:
            said.setdefault(_slot(keyword["language"] or "und"), []).append(keyword["value"])
        if row["authors"]:
            said.setdefault("UND", []).extend(row["authors"])
        return {f"text_{slot}_txt": texts for slot, texts in said.items()}


def _slot(language: str) -> str:
    """The infix of a language: its primary subtag in capitals, as `EN`; `UND` where nobody says which it is."""
    return language.partition("-")[0].upper()


def _texts(name: str, texts: Mapping[str, str]) -> Document:
    """A multilingual text: each language in its own slot; without a slot, all for searching, the first for showing."""
    made: Document = {}
    for language, text in texts.items():
        made[f"{name}_{_slot(language)}_t"] = text
        made[f"{name}_{_slot(language)}_s"] = text
    first = next((texts[language] for language in ("en", "es", "fr") if language in texts), None)
    first = first or next(iter(texts.values()), None)
    return made | {f"{name}_s": first, f"{name}_t": first}


@lru_cache(maxsize=64)
def _schema(schema: str) -> Document:
    title = common_formats.load(schema).title
    coded = json.dumps({"symbol": schema, "en": title}, ensure_ascii=False)
    return {
        "schema_s": schema,
        "schema_ss": [schema],
        "schema_EN_t": title,
        "schema_EN_s": title,
        "schema_t": title,
        "schema_CEN_s": coded,
        "schemaSort_i": common_formats.names().index(schema),
    }


def _labels(name: str, concept: Concept | None) -> Document:
    """A single term's labels, plain and coded, in the six languages of which there is a genuine one."""
    made: Document = {}
    for language in SIX:
        label = concept.labels.get(language) if concept else None
        if concept and label:
            slot = language.upper()
            made |= {f"{name}_{slot}_s": label, f"{name}_{slot}_t": label}
            made[f"{name}_C{slot}_s"] = json.dumps({"symbol": concept.notation, language: label}, ensure_ascii=False)
    return made | {f"{name}_t": made.get(f"{name}_EN_t")}


def _several_labels(name: str, vocabulary: Vocabulary, notations: Sequence[str]) -> Document:
    """The labels of several terms: `_EN_ss`, `_EN_txt`, and coded where the portals read that."""
    made: Document = {}
    concepts = [vocabulary.concepts[notation] for notation in notations if notation in vocabulary.concepts]
    for language in SIX:
        slot = language.upper()
        labelled = [(concept.notation, concept.labels[language]) for concept in concepts if language in concept.labels]
        labels = [label for _, label in labelled]
        if labels:
            made |= {f"{name}_{slot}_ss": labels, f"{name}_{slot}_txt": labels}
            if name in _CODED:
                made[f"{name}_C{slot}_ss"] = [
                    json.dumps({"symbol": notation, language: label}, ensure_ascii=False)
                    for notation, label in labelled
                ]
    return made


def _english(vocabularies: Iterable[Vocabulary], notation: str) -> Iterator[str]:
    for vocabulary in vocabularies:
        concept = vocabulary.concepts.get(notation)
        if concept and "en" in concept.labels:
            yield concept.labels["en"]


@lru_cache(maxsize=4096)
def _closure(vocabulary: Vocabulary, regions: Vocabulary, notation: str) -> tuple[str, ...]:
    """A concept and all that is broader, nearest first."""
    found = {notation: None}
    waiting = [notation]
    while waiting:
        one = waiting.pop(0)
        concept = vocabulary.concepts.get(one) or regions.concepts.get(one)
        for broader in concept.broader if concept else ():
            if broader not in found:
                found[broader] = None
                waiting.append(broader)
    return tuple(found)


def _identifiers(row: Row, field: str) -> list[str]:
    return [term["identifier"] for term in row[field]]


def _dates(row: Row) -> Document:
    """Times in UTC; a date of less than a day is its first: the index knows no partial ones."""
    known = {date["kind"]: date["value"] for date in reversed(row["dates"])}
    provenance = row["provenance"]
    made: Document = {
        name: _moment(next((known[kind] for kind in kinds if kind in known), None)) for name, kinds in _BY_DATE.items()
    }
    received = _moment(provenance["received"])
    stamp = _moment(provenance["datestamp"])
    created = _moment(known.get("created")) or made["publicationDate_dt"] or stamp or received
    updated = _moment(known.get("modified")) or stamp or made["publicationDate_dt"] or received
    published = made["publicationDate_dt"]
    return made | {
        "createdDate_dt": created,
        "updatedDate_dt": updated,
        "submittedDate_dt": created,
        "year_i": int(published[:_YEAR]) if published else None,
    }


@lru_cache(maxsize=65_536)
def _moment(value: str | None) -> str | None:
    """ISO 8601, as partial as it may be, as Solr writes a time: `2026-11-24T00:00:00Z`."""
    if not value:
        return None
    if len(value) == _YEAR:
        value += "-01-01"
    elif len(value) == _MONTH:
        value += "-01"
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(len("2026-11-24T00:00:00Z"))


def _links(row: Row) -> Document:
    """Addresses: all of them, the documents as the JSON text that the portals parse (ELink), images by themselves."""
    links = row["links"]
    documents = [
        {"url": link["url"], "name": link["name"] or link["url"], **_spoken(link["language"])}
        for link in links
        if link["rel"] in ("source", "document")
    ]
    images = [link["url"] for link in links if link["rel"] == "image"]
    addresses = [row["source_page"], *(link["url"] for link in links)]
    return {
        "url_ss": list(dict.fromkeys(filter(None, addresses))),
        "documentLinks_s": json.dumps(documents, ensure_ascii=False) if documents else None,
        "resourceLinksLanguage_ss": list(dict.fromkeys(link["language"] for link in links if link["language"])),
        "covers_ss": images,
        "thumbnail_s": next(iter(images), None),
    }


def _spoken(language: str | None) -> Document:
    return {"language": language} if language else {}


def _display(row: Row) -> Document:
    """The lines that the portals show under a title, and what they sort by: `meta1` to `meta5`, `sort1` to `sort4`."""
    schema = common_formats.load(row["schema"]).title
    dates = {date["kind"]: date["value"] for date in reversed(row["dates"])}
    when = next((dates[kind] for kind in ("published", "start", "created", "modified") if kind in dates), None)
    year = int(when[:_YEAR]) if when else None
    publisher = next((text for _, text in row["publisher"]), None)
    return {
        "meta1_EN_txt": [schema],
        "meta2_EN_txt": [publisher] if publisher else [],
        "meta3_EN_txt": [when] if when else [],
        "meta4_EN_txt": [", ".join(row["languages"])] if row["languages"] else [],
        "meta5_EN_txt": [row["source"]],
        "sort1_i": common_formats.names().index(row["schema"]),
        "sort2_i": -year if year else None,
        "organizations_EN_txt": [publisher] if publisher else [],
        "eventVenue_t": row["place"],
    }
