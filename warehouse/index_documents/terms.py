"""A document's terms: identifiers, those with all that is broader, and labels in the six languages.

A field of ours goes into the portals' newer name and its older twins, singular and plural, since each of them asks by
another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from normalizers.model import CommonRecord, Term, Terms
from vocabularies.model import Concept, Vocabulary
from warehouse.index_documents.model import SIX, Document, coded, slot

_SUBJECTS = ("cbdSubjects", "thematicArea", "thematicAreas", "theme", "themes", "subject", "cbdThematicAreas")
_TARGETS = ("gbfTargets",)
_AICHI = ("aichiTargets", "aichiTarget")
_PLACES = ("hostGovernments", "hostGovernment", "country")
_CODED = frozenset(("themes", "thematicAreas", "country"))  # of which the portals read `_CEN_ss` and the like
# What `kinds` mean is the schema's to say: schema -> names in the index.
_KINDS = {
    "organization": ("organizationType",),
    "contact": ("organizationType",),
    "focalPoint": ("type",),
    "nationalReport": ("reportType",),
    "nationalReport6": ("reportType",),
    "nationalReport7": ("reportType",),
    "nbsap": ("reportType",),
}


def government(terms: Terms, code: str | None) -> Document:
    """The country whose site it is; labels, plain and coded, in the languages of which there is a genuine one."""
    return _government(terms.countries, terms.regions, code) if code else {}


def document(terms: Terms, record: CommonRecord) -> Document:
    """Every term of the record. The country whose site it is counts among those that it is of."""
    countries = _identifiers(record.countries)
    if record.government and record.government not in countries:
        countries = (record.government, *countries)
    subjects, targets = _identifiers(record.subjects), _identifiers(record.gbf_targets)
    goals, aichi, kinds = (_identifiers(found) for found in (record.gbf_goals, record.aichi_targets, record.kinds))
    regions = _identifiers(record.regions)
    others = (record.gbf_indicators, record.sdg_goals, record.articles)
    made = {
        **_several(terms.countries, terms.regions, _PLACES, countries),
        **_several(terms.subjects, terms.regions, _SUBJECTS, subjects),
        **_several(terms.gbf_targets, terms.regions, _TARGETS, targets),
        **_several(terms.aichi_targets, terms.regions, _AICHI, aichi),
        **_several(terms.kinds, terms.regions, _KINDS.get(record.schema, ()), kinds),
        **_places(terms.countries, terms.regions, (*countries, *regions)),
        "gbfGoalsAndTargets_ss": [*goals, *targets],
        "gbfGoals_ss": list(goals),
    }
    every = (*countries, *regions, *subjects, *targets, *aichi, *goals, *kinds)
    every += tuple(term.identifier for found in others for term in found)
    made["all_terms_ss"] = made["all_Terms_ss"] = list(dict.fromkeys(every))
    if "type_ss" not in made and record.types:
        made |= {"type_ss": list(record.types), "type_s": record.types[0]}
    return made


def _identifiers(found: Iterable[Term]) -> tuple[str, ...]:
    return tuple([term.identifier for term in found])


@lru_cache(maxsize=1024)
def _government(countries: Vocabulary, regions: Vocabulary, code: str) -> Document:
    made: Document = {
        "government_s": code,
        "governments_ss": [code],
        "government_REL_ss": _related(countries, regions, (code,)),
    }
    concept = countries.concepts.get(code)
    for language, label in _labels(concept):
        infix = slot(language)
        made[f"government_{infix}_s"] = made[f"government_{infix}_t"] = label
        made[f"government_C{infix}_s"] = coded(code, language, label)
    return made | {"government_t": made.get("government_EN_t")}


@lru_cache(maxsize=65_536)
def _several(vocabulary: Vocabulary, regions: Vocabulary, names: Sequence[str], notations: tuple[str, ...]) -> Document:
    """All fields of these terms under each of the names. It is shared by all documents of the same terms."""
    made: Document = {}
    if not notations:
        return made
    found, related = list(notations), _related(vocabulary, regions, notations)
    concepts = [vocabulary.concepts[notation] for notation in notations if notation in vocabulary.concepts]
    labelled = [(concept.notation, language, label) for concept in concepts for language, label in _labels(concept)]
    for name in names:
        made |= {f"{name}_ss": found, f"{name}_s": found[0], f"{name}_REL_ss": related}
        for notation, language, label in labelled:
            infix = slot(language)
            made.setdefault(f"{name}_{infix}_ss", []).append(label)
            made.setdefault(f"{name}_{infix}_txt", []).append(label)
            made.setdefault(f"{name}_{infix}_s", label)
            made.setdefault(f"{name}_{infix}_t", label)
            if name in _CODED:
                made.setdefault(f"{name}_C{infix}_ss", []).append(coded(notation, language, label))
                made.setdefault(f"{name}_C{infix}_s", coded(notation, language, label))
    return made


@lru_cache(maxsize=65_536)
def _places(countries: Vocabulary, regions: Vocabulary, notations: tuple[str, ...]) -> Document:
    """Countries and regions together, which is how the current portal asks."""
    made: Document = {}
    if not notations:
        return made
    made["countryRegions_ss"] = list(notations)
    made["countryRegions_REL_ss"] = _related(countries, regions, notations)
    for notation in notations:
        for language, label in _labels(countries.concepts.get(notation) or regions.concepts.get(notation)):
            made.setdefault(f"countryRegions_{slot(language)}_txt", []).append(label)
    return made


def _labels(concept: Concept | None) -> list[tuple[str, str]]:
    labels = concept.labels if concept else {}
    return [(language, labels[language]) for language in SIX if language in labels]


def _related(vocabulary: Vocabulary, regions: Vocabulary, notations: Iterable[str]) -> list[str]:
    """The identifiers and all that is broader, countries' regions included; each once."""
    return list(dict.fromkeys(one for notation in notations for one in _closure(vocabulary, regions, notation)))


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
