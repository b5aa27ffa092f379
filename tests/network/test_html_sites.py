"""The two sites that have nothing but pages, asked without a network."""

from __future__ import annotations

import gzip
import re

import pytest
from flask.testing import FlaskClient

from tests.network import plain_site, structured_site

LOC = re.compile(r"<loc>http://localhost(/[^<]+)</loc>")


def plain(day: int = 1) -> FlaskClient:
    return plain_site.make_app(lambda: day).test_client()


def structured(day: int = 1) -> FlaskClient:
    return structured_site.make_app(lambda: day).test_client()


def mapped(day: int) -> list[str]:
    return LOC.findall(gzip.decompress(structured(day).get("/sitemap-1.xml.gz").data).decode())


class TestPlainSite:
    @pytest.mark.parametrize("language", ["fr", "ar"])
    def test_every_item_is_reached_from_the_pages_of_its_list(self, language: str) -> None:
        site, found = plain(), []
        address: str | None = plain_site.PATHS[language]["news"]
        while address:
            page = site.get(address).data.decode(plain_site.ENCODINGS[language])
            found += re.findall(r'<h3><a href="([^"]+)"', page)
            onward = re.search(r'<p><a href="([^"]+\?page=\d+)">', page)
            address = onward and onward[1]
        assert found == [item.path for item in plain_site.news(language, 1)]
        assert all(site.get(path).status_code == 200 for path in found)

    def test_arabic_is_in_an_encoding_that_only_the_page_names(self) -> None:
        answer = plain().get("/ar/taqdim")
        assert answer.content_type == "text/html"
        assert b"charset=windows-1256" in answer.data
        assert "تقديم" in answer.data.decode("windows-1256")

    def test_the_agenda_has_no_end(self) -> None:
        site, address = plain(), "/fr/agenda"
        for _ in range(30):
            (address,) = re.findall(r'<a href="([^"]+)">Mois suivant', site.get(address).text)
        assert address == "/fr/agenda?mois=2028-09"

    @pytest.mark.parametrize("path", ["/sitemap.xml", "/fr/actualites/999.html", "/nothing"])
    def test_what_is_not_there_is_answered_as_if_it_were(self, path: str) -> None:
        answer = plain().get(path)
        assert (answer.status_code, "introuvable" in answer.text) == (200, True)

    def test_pages_differ_from_day_to_day_and_say_the_same(self) -> None:
        first, second = (plain(day).get("/fr/presentation").text for day in (1, 2))
        assert first != second
        stamps = re.compile(r"Visiteurs : \d+|\d+ mars 2026")
        assert stamps.sub("", first) == stamps.sub("", second)

    def test_the_second_day_brings_rewords_and_takes_away(self) -> None:
        for language in plain_site.PATHS:
            before, after = ({item.path: item.tellings for item in plain_site.news(language, day)} for day in (1, 2))
            assert (len(after.keys() - before.keys()), len(before.keys() - after.keys())) == (2, 1)
            assert sum(before[path] != after[path] for path in before.keys() & after.keys()) == 1
            files = [{one.path for one in plain_site.documents(language, day)} for day in (1, 2)]
            assert (len(files[1] - files[0]), len(files[0] - files[1])) == (1, 1)


class TestStructuredSite:
    @pytest.mark.parametrize("day", [1, 2])
    def test_the_map_lists_every_page_of_the_day_and_nothing_else(self, day: int) -> None:
        site = structured(day)
        assert mapped(day) == [item.path for item in structured_site.items(day)]
        assert all(site.get(path).status_code == 200 for path in mapped(day))

    def test_robots_lead_to_the_map_by_way_of_its_index(self) -> None:
        site = structured()
        (index,) = re.findall(r"Sitemap: http://localhost(\S+)", site.get("/robots.txt").text)
        assert LOC.findall(site.get(index).text) == ["/sitemap-1.xml.gz"]

    def test_every_way_to_a_page_names_its_one_address_and_its_translations(self) -> None:
        site = structured()
        for way in ("/es/noticias/001", "/es/noticias/001?utm_source=inicio", "/es/noticias/001;jsessionid=A1F"):
            page = site.get(way).text
            assert 'rel="canonical" href="http://localhost/es/noticias/001"' in page
            assert 'hreflang="en" href="http://localhost/en/news/001"' in page

    def test_what_did_not_change_is_not_sent_again(self) -> None:
        since = structured().get("/es/noticias/000").headers["Last-Modified"]
        asked = {"If-Modified-Since": since}
        assert structured(2).get("/es/noticias/000", headers=asked).status_code == 304
        assert structured(2).get(f"/es/noticias/{structured_site.EDITED:03}", headers=asked).status_code == 200

    def test_the_second_day_brings_rewords_and_takes_away(self) -> None:
        before, after = ({item.path: item.telling for item in structured_site.items(day)} for day in (1, 2))
        gone = f"/es/noticias/{structured_site.GONE:03}"
        assert sorted(after.keys() - before.keys()) == ["/en/news/029", "/es/noticias/029"]
        assert gone in before.keys() - after.keys()
        assert structured(2).get(gone).status_code == 410
        assert {path[-3:] for path in before.keys() & after.keys() if before[path] != after[path]} == {"005"}
