"""The registry that comes with the program: which sites there are, and that none is asked before somebody looked."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

import langcodes
import pytest

from harvesters import registry
from harvesters.source import Source
from vocabularies.skos import DATA, load

# 198 countries and one region have a Bioland 2 host; 133 and that region a Bioland 1 host beside it.
COUNTS = {"bioland": 199, "bioland1": 134, "chm_index": 3, "gbif": 1, "informea": 1, "plone": 1, "ptk": 1, "zenodo": 1}


@pytest.fixture(scope="module")
def sources() -> dict[str, Source]:
    found, errors = registry.load_sources([registry.SOURCES])
    assert errors == []
    return {source.id: source for source in found}


def test_all_sites_are_there(sources: dict[str, Source]) -> None:
    assert Counter(source.platform for source in sources.values()) == COUNTS
    assert len({source.government for source in sources.values() if source.government}) == 198


def test_nobody_is_asked_before_a_person_has_looked(sources: dict[str, Source]) -> None:
    assert {(source.status, source.cron) for source in sources.values()} == {("unverified", None)}


def test_a_countrys_code_is_one_and_stands_in_the_id_and_in_the_name_of_the_host(sources: dict[str, Source]) -> None:
    countries = load(DATA / "countries.ttl").concepts
    for source in sources.values():
        if source.origin == "national":
            assert str(source.government).lower() in countries
            assert source.id.partition("_")[0] == str(source.government).lower()
        if source.platform == "bioland":
            assert source.addresses == (f"https://{source.id.partition('_')[0]}.bl2.chm-cbd.net/",)
            assert source.server == "bl2.chm-cbd.net", "they are one server"


def test_no_two_sources_ask_for_the_same(sources: dict[str, Source]) -> None:
    asked = Counter((one.protocol, one.addresses, one.sets, str(one.options)) for one in sources.values())
    assert [question for question, times in asked.items() if times > 1] == []
    hosts = Counter(urlsplit(url).hostname for one in sources.values() for url in one.addresses)
    assert {host for host, times in hosts.items() if times > 1} == {"api.cbd.int"}, "one index, several realms"


def test_every_language_is_known_and_english_stands_where_none_is(sources: dict[str, Source]) -> None:
    for source in sources.values():
        assert source.languages
        assert all(map(langcodes.tag_is_valid, source.languages)), "registered by IANA"


def test_of_two_hosts_of_a_country_one_takes_over_from_the_other(sources: dict[str, Source]) -> None:
    pairs = [(source.id, source.superseded_by) for source in sources.values() if source.superseded_by]
    assert len(pairs) == COUNTS["bioland1"]
    for old, new in pairs:
        assert {sources[old].platform, sources[str(new)].platform} == {"bioland", "bioland1"}
        assert sources[str(new)].superseded_by is None
        assert sources[old].government == sources[str(new)].government
    assert Counter(sources[str(new)].platform for _old, new in pairs) == {"bioland": 97, "bioland1": 37}
