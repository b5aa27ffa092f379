"""A document's terms: identifiers, those with all that is broader, and labels in the six languages.

A field of ours goes into the portals' newer name and its older twins, since each portal asks by another. The tables
name the fields that some portal reads, and no more: `XX` stands for the slot of each language that has a genuine label.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from normalizers.model import CommonRecord, Term, Terms
from vocabularies.model import Vocabulary
from warehouse.index_documents.model import SIX, Document, coded, slot

_GOVERNMENT = (
    *("government_s", "governments_ss", "government_REL_ss"),
    *("government_XX_s", "government_XX_t", "government_CXX_s"),
)
_PLACES = (
    *("hostGovernments_ss", "hostGovernments_REL_ss", "hostGovernments_XX_txt", "hostGovernment_ss"),
    *("country_s", "country_ss", "country_XX_s", "country_XX_t", "country_CXX_s"),
)
_REGIONS = ("countryRegions_ss", "countryRegions_REL_ss", "countryRegions_XX_txt")
_SUBJECTS = (
    *("cbdSubjects_ss", "cbdSubjects_REL_ss", "cbdThematicAreas_ss", "theme_ss", "subject_ss"),
    *("thematicArea_ss", "thematicArea_REL_ss", "thematicArea_XX_ss", "thematicArea_XX_txt"),
    *("thematicAreas_ss", "thematicAreas_XX_txt", "thematicAreas_CXX_ss"),
    *("themes_ss", "themes_XX_ss", "themes_CXX_ss"),
)
_TARGETS = ("gbfTargets_ss", "gbfTargets_REL_ss", "gbfTargets_XX_txt")
_AICHI = (
    *("aichiTargets_ss", "aichiTargets_REL_ss", "aichiTargets_XX_ss", "aichiTargets_XX_txt"),
    *("aichiTarget_s", "aichiTarget_ss"),
)
_ORGANIZATION = ("organizationType_s", "organizationType_XX_s")
_REPORT = ("reportType_s", "reportType_XX_t", "reportType_CXX_s")
_KINDS = {  # what `kinds` mean is the schema's to say
    "organization": _ORGANIZATION,
    "contact": _ORGANIZATION,
    "focalPoint": ("type_s", "type_ss", "type_XX_s", "type_XX_t", "type_CXX_ss"),
    "nationalReport": _REPORT,
    "nationalReport6": _REPORT,
    "nationalReport7": _REPORT,
    "nbsap": _REPORT,
}


def government(terms: Terms, code: str | None) -> Document:
    """The country whose site it is."""
    made = _fields(terms.countries, terms.regions, _GOVERNMENT, (code,) if code else ())
    return made | {"government_t": made.get("government_EN_t")}


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
        **_fields(terms.countries, terms.regions, _PLACES, countries),
        **_fields(terms.countries, terms.regions, _REGIONS, (*countries, *regions)),
        **_fields(terms.subjects, terms.regions, _SUBJECTS, subjects),
        **_fields(terms.gbf_targets, terms.regions, _TARGETS, targets),
        **_fields(terms.aichi_targets, terms.regions, _AICHI, aichi),
        **_fields(terms.kinds, terms.regions, _KINDS.get(record.schema, ()), kinds),
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


@lru_cache(maxsize=65_536)
def _fields(vocabulary: Vocabulary, regions: Vocabulary, names: tuple[str, ...], found: tuple[str, ...]) -> Document:
    """These terms in every field of a table. It is shared by all documents that have the same terms."""
    if not found:
        return {}
    made: Document = {}
    concepts = [concept for one in found if (concept := vocabulary.concepts.get(one) or regions.concepts.get(one))]
    plain = {language: [one.labels[language] for one in concepts if language in one.labels] for language in SIX}
    pairs = {
        language: [coded(one.notation, language, one.labels[language]) for one in concepts if language in one.labels]
        for language in SIX
    }
    for name in names:
        is_one = not name.endswith(("_ss", "_txt"))
        if "XX" not in name:
            several = _related(vocabulary, regions, found) if "_REL_" in name else list(found)
            made[name] = several[0] if is_one else several
            continue
        for language, labels in (pairs if "_CXX_" in name else plain).items():
            if labels:
                made[name.replace("XX", slot(language))] = labels[0] if is_one else labels
    return made


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
