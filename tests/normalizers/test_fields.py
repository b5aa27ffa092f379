"""What single values mean: tables of what comes in and what goes out."""

import pytest

from normalizers.fields.dates import Span, read_date
from normalizers.fields.detection import fits
from normalizers.fields.language import language_tag, split_languages
from normalizers.fields.links import absolute_url, language_of_file, looks_like_link, media_type
from normalizers.fields.people import person_name, split_names
from normalizers.fields.places import parts, place
from normalizers.fields.rights import licence_uri, openness
from normalizers.fields.text import clean


@pytest.mark.parametrize(
    ("found", "read"),
    [
        ("  two\n\twords\u00a0here ", "two words here"),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("first<br/>second", "first second"),
        ("in<b>di</b>visible", "indivisible"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("&amp;amp;eacute; &#233; &#xE9;", "é é é"),
        ("&lt;b&gt;escaped twice&lt;/b&gt;", "escaped twice"),
        ("<script>steal()</script>kept<style>p{}</style>", "kept"),
        ("<!-- hidden -->shown", "shown"),
        ("<![CDATA[wrapped]]>", "wrapped"),
        ('<a href="https://x.org/?a=1&amp;b=2" title="x">link</a>', "link"),
        ("a < b", "a < b"),
        ("p<0.05 and q>0.1", "p<0.05 and q>0.1"),
        ("if a<b and c>d", "if a<b and c>d"),
        ("<p>if x<y then z</p>", "if x<y then z"),
        ("AT&T &unknown; &copy=1", "AT&T &unknown; &copy=1"),
        ("\u202eevil\u202c \u200fعربي\ufeff", "evil عربي"),
        ("bell\x07 and \x9fcontrol", "bell and control"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("cafe\u0301", "café"),
        ("half \ud800 a pair", "half a pair"),
        ("BiodiversitÃ© des forÃªts", "Biodiversité des forêts"),
        ("l’Ã©tat", "l’état"),
        ("ÐŸÑ€Ð¸Ñ€Ð¾Ð´Ð°", "Природа"),
        ("NÃO, À la carte, Ñandú", "NÃO, À la carte, Ñandú"),
        ("", ""),
    ],
)
def test_text_is_read_without_its_markup(found, read):
    assert clean(found) == read


@pytest.mark.parametrize(
    "unit", ["&amp;", "<b>", "<div>", "<i><template>", "<script>", "&lt;", "<!--", "&#38;", "<p a=", "&<b></b>lt;"]
)
def test_markup_in_endless_layers_is_read_in_a_moment(unit):
    read = clean(unit * 20_000)
    assert clean(read) == read


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("en", "en"), ("EN", "en"), ("eng", "en"), ("English", "en"), ("fre", "fr"), ("fra", "fr"), ("French", "fr"),
        ("fr_BE", "fr-BE"), ("pt-br", "pt-BR"), ("zh-hans", "zh-Hans"), ("zh-CN", "zh-CN"), ("ger", "de"),
        ("Deutsch", "de"), ("iw", "he"), ("Arabe", "ar"),
        ("немецкий", "de"), ("Französisch", "fr"), ("portugais", "pt"), ("葡萄牙语", "pt"), ("suomi", "fi"),
        ("阿拉伯语", "ar"), (" es ", "es"),
        ("und", "und"), ("zxx", "und"), ("N/A", "und"), ("xx", None), ("klingon", None), ("x-private", None),
        ("", None), ("e" * 1000, None),
    ],
)  # fmt: skip
def test_a_declared_language_becomes_a_bcp_47_tag(declared, tag):
    assert language_tag(declared) == tag


@pytest.mark.parametrize(
    ("declared", "parts"),
    [
        ("en, fr", ("en", "fr")),
        ("eng/fre", ("eng", "fre")),
        ("en fr", ("en", "fr")),
        ("English and French", ("English", "French")),
        ("Haitian Creole", ("Haitian Creole",)),
        ("zh-hans", ("zh-hans",)),
        ("some tongue", ("some tongue",)),
        ("", ()),
    ],
)
def test_several_languages_in_one_string_are_parted(declared, parts):
    assert split_languages(declared) == parts


@pytest.mark.parametrize(
    ("found", "value"),
    [
        ("2024", "2024"),
        ("2024-12", "2024-12"),
        ("2024-12-05", "2024-12-05"),
        ("2024-1-5", "2024-01-05"),
        ("20241205", "2024-12-05"),
        ("2024/12/05", "2024-12-05"),
        ("2024.12", "2024-12"),
        ("2024-12-05T10:00:00Z", "2024-12-05T10:00:00Z"),
        ("2024-12-05T10:00+01:00", "2024-12-05T10:00:00+01:00"),
        ("2024-12-05T10:00:00.5-0330", "2024-12-05T10:00:00.500000-03:30"),
        ("2024-12-05 10:00:00", "2024-12-05T10:00:00"),
        ("Thu, 05 Dec 2024 10:00:00 +0000", "2024-12-05T10:00:00Z"),
        ("Thu, 05 Dec 2024 10:00:00 EST", "2024-12-05T10:00:00-05:00"),
        ("5 Dec 24", "2024-12-05"),
        ("5 December 2024", "2024-12-05"),
        ("December 5th, 2024", "2024-12-05"),
        ("Dec. 2024", "2024-12"),
        ("13/04/2024", "2024-04-13"),
        ("04/13/2024", "2024-04-13"),
        ("05.05.2024", "2024-05-05"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_a_date_becomes_iso_8601_and_stays_as_partial_as_it_is(found, value):
    assert read_date(found) == Span(value, None)


@pytest.mark.parametrize(
    ("found", "start", "end"),
    [
        ("2020/2022", "2020", "2022"),
        ("2020-2022", "2020", "2022"),
        ("2020 – 2022", "2020", "2022"),
        ("2020-01-15/2020-03", "2020-01-15", "2020-03"),
        ("name=Project; start=2020-01; end=2021-12-31; scheme=W3C-DTF;", "2020-01", "2021-12-31"),
        ("start=2020", "2020", None),
    ],
)
def test_a_period_becomes_its_two_ends(found, start, end):
    assert read_date(found) == Span(start, end, is_period=True)


@pytest.mark.parametrize(
    "found",
    ["soon", "2023-02-29", "2024-13-01", "2024-00-00", "0000-00-00", "2024-12-05T25:00:00Z", "99999", "12",
     "1403-05-01x", "2022/2020", "start=soon", "32/01/2024", "5 Foo 2024", "2024-12-05T10:00:00+99:00", "", "1" * 500],
)  # fmt: skip
def test_what_is_no_date_is_not_understood(found):
    assert read_date(found) == "date_not_understood"


@pytest.mark.parametrize(
    ("order", "value"),
    [
        (None, "date_ambiguous"),
        ("ymd", "date_ambiguous"),
        ("dmy", Span("2024-04-03", None)),
        ("mdy", Span("2024-03-04", None)),
    ],
)
def test_day_and_month_are_told_apart_by_the_source_alone(order, value):
    assert read_date("03/04/2024", order) == value


@pytest.mark.parametrize(
    ("found", "url"),
    [
        ("https://x.org/a?b=c#d", "https://x.org/a?b=c#d"),
        ("/files/a b.pdf", "https://chm.example.be/files/a%20b.pdf"),
        ("//cdn.x.org/a", "https://cdn.x.org/a"),
        (" HTTP://X.org/\n a ", "http://X.org/a"),
        ("https://x.org/été", "https://x.org/été"),
        ("doi:10.1234/abc", "https://doi.org/10.1234/abc"),
        ("10.1234/abc", "https://doi.org/10.1234/abc"),
        ("http://dx.doi.org/10.1234/abc", "https://doi.org/10.1234/abc"),
        ("hdl:20.500.11822/40358", "https://hdl.handle.net/20.500.11822/40358"),
        ("http://hdl.handle.net/20.500.11822/40358", "https://hdl.handle.net/20.500.11822/40358"),
        ("ISBN 978-92-9225-700-2", "urn:isbn:9789292257002"),
        ("urn:isbn:0-306-40615-2", "urn:isbn:9780306406157"),
        ("https://x.org/a?utm_source=b&id=7&fbclid=c#d", "https://x.org/a?id=7#d"),
        ("https://x.org/a?utm_source=b", "https://x.org/a"),
        ("https://x.org/a;jsessionid=1F?PHPSESSID=2&q=%20", "https://x.org/a?q=%20"),
        ("https://x.org/a?sid=7&utm=1", "https://x.org/a?sid=7&utm=1"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("mailto:a@x.org", None),
        ("data:text/html,x", None),
        ("https://user:secret@x.org/", None),
        ("http://[::1", None),
        ("http://x.org:99999/", None),
        ("http://", None),
        ("https://x.org/" + "a" * 5000, None),
    ],
)
def test_a_link_is_absolute_and_of_the_web_or_none(found, url):
    assert absolute_url(found, "https://chm.example.be/oai") == url


@pytest.mark.parametrize(
    ("value", "is_link"),
    [
        ("https://x.org", True),
        ("//x.org/a", True),
        ("10.1234/x", True),
        ("doi:10.1/x", False),
        ("ISBN 1", False),
        ("ISBN 978-92-9225-700-3", False),
        ("ISBN 978-92-9225-700-2", True),
        ("hdl:10.1/x", True),
        ("", False),
    ],
)
def test_an_identifier_that_leads_somewhere_is_told_from_one_that_does_not(value, is_link):
    assert looks_like_link(value) is is_link


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://x.org/a.PDF?x=1", "application/pdf"),
        ("https://x.org/a.jpeg#top", "image/jpeg"),
        ("https://x.org/a", None),
        ("https://x.org", None),
        ("https://x.org/a.b/c", None),
    ],
)
def test_a_file_name_tells_the_media_type(url, kind):
    assert media_type(url) == kind


@pytest.mark.parametrize(
    ("found", "name"),
    [
        ("Lambert, Anne", "Lambert, Anne"),
        ("anne@x.org (Anne Lambert)", "Anne Lambert"),
        ("Anne Lambert <anne@x.org>", "Anne Lambert"),
        ("Anne Lambert (mailto:anne@x.org)", "Anne Lambert"),
        ("Anne Lambert (INBO)", "Anne Lambert (INBO)"),
        ("anne.lambert+chm@x.co.uk", ""),
        ("a" * 50_000 + "@", "a" * 50_000 + "@"),
    ],
)
def test_a_name_is_kept_and_an_e_mail_address_is_not(found, name):
    assert person_name(found) == name


@pytest.mark.parametrize(
    ("statement", "licence"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/licenses/by/4.0/"),
        ("see https://creativecommons.org/licenses/by-nc-sa/3.0/legalcode.", "https://creativecommons.org/licenses/by-nc-sa/3.0/"),
        ("https://creativecommons.org/licenses/by/2.0/be/deed.fr", "https://creativecommons.org/licenses/by/2.0/be/"),
        ("CreativeCommons.org/publicdomain/zero/1.0/", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("https://creativecommons.org/licenses/by/4.0/ or https://creativecommons.org/licenses/by-sa/4.0/", None),
        ("https://creativecommons.org/licenses/by-x/4.0/", None),
        ("CC BY", "https://creativecommons.org/licenses/by/"),
        ("All rights reserved", "http://rightsstatements.org/vocab/InC/1.0/"),
        ("Creative Commons Attribution NoDerivatives ShareAlike 4.0", None),
        ("a" * 10_000, None),
    ],
)  # fmt: skip
def test_a_licence_is_named_by_its_address_or_its_words(statement, licence):
    assert licence_uri(statement) == licence


@pytest.mark.parametrize(
    ("statement", "how_open"),
    [
        ("CC BY 4.0", "open"), ("CC BY-SA 3.0 IGO", "open"), ("CC0", "open"), ("public domain", "open"),
        ("Open Government Licence v3.0", "open"), ("ODbL", "open"),
        ("CC BY-NC 4.0", "restricted"), ("CC BY-ND 4.0", "restricted"), ("CC BY-NC-SA", "restricted"),
        ("All rights reserved", "reserved"),
    ],
)  # fmt: skip
def test_a_licence_is_open_as_the_open_definition_has_it(statement, how_open):
    assert openness(licence_uri(statement)) == how_open


@pytest.mark.parametrize(
    ("found", "start", "end"),
    [
        ("5-7 December 2024", "2024-12-05", "2024-12-07"),
        ("du 30 novembre au 2 décembre 2024", "2024-11-30", "2024-12-02"),
        ("since 2015", "2015", None),
        ("../2022", None, "2022"),
    ],
)
def test_a_period_in_words_becomes_its_two_ends(found, start, end):
    assert read_date(found) == Span(start, end, is_period=True)


@pytest.mark.parametrize(
    ("found", "value"),
    [
        ("15 آذر 1403", "2024-12-05"),
        ("1 رمضان 1445 هـ", "2024-03-11"),
        ("5 ธันวาคม 2567", "2024-12-05"),
        ("令和6年12月5日", "2024-12-05"),
        ("30 اسفند 1400", "date_not_understood"),
        ("31 رمضان 1445", "date_not_understood"),
        ("1 رمضان 9999", "date_not_understood"),
        ("رمضان 1445", "date_not_understood"),
    ],
)
def test_a_day_of_another_calendar_is_one_of_ours_and_its_months_are_none(found, value):
    assert read_date(found) == (value if value == "date_not_understood" else Span(value, None))


@pytest.mark.parametrize(
    ("language", "text", "fits_it"),
    [
        ("en", "تحمي الحديقة الوطنية أكثر من أربعين نوعا", False),
        ("ar", "تحمي الحديقة الوطنية أكثر من أربعين نوعا", True),
        ("fa", "پارک ملی از بیش از چهل گونهٔ", True),
        ("fr", "Национальный парк", False),
        ("zh", "国家公园沿河保护着四十多种兰花", True),
        ("ja", "国立公園では川沿いに", True),
        ("zh", "Quercus robur", True),
        ("zh", "The national park protects more than forty species of orchids along the river.", False),
        ("sr", "Nacionalni park štiti više od četrdeset vrsta orhideja koje rastu uz reku ovde.", True),
        ("uz", "Миллий боғ дарё бўйида ўсадиган орхидеяларни муҳофаза қилади", True),
        ("ru", "2024", True),
        ("en", "Δ", True),
    ],
)
def test_a_text_is_in_a_language_only_where_its_script_is(language, text, fits_it):
    assert fits(language, text) is fits_it


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Kenya, Uganda / Tanzania", [("Kenya", True), ("Uganda", True), ("Tanzania", True)]),
        ("Belgium and France", [("Belgium", True), ("France", True)]),
        ("Belgium and its heaths", [("Belgium and its heaths", False)]),
        ("Trinidad and Tobago", [("Trinidad and Tobago", True)]),
        ("", []),
    ],
)
def test_a_list_of_places_is_parted_where_all_of_it_are_places(value, found):
    known = {"Kenya", "Uganda", "Tanzania", "Belgium", "France", "Trinidad and Tobago"}
    assert list(parts(value, known.__contains__)) == found


def test_a_name_that_two_places_share_names_neither():
    assert place("countries", "Kongo") is None
    assert place("countries", "Mikronesia") is None
    assert place("countries", "x" * 500) is None


@pytest.mark.parametrize(
    ("url", "language"),
    [
        ("https://x.org/report-fr.pdf", "fr"),
        ("https://x.org/report_ES.docx?download=1", "es"),
        ("https://x.org/cop-15-l25-eng.pdf", "en"),
        ("https://x.org/how-to.pdf", None),
        ("https://x.org/report-map.pdf", None),
        ("https://x.org/about-fr.html", None),
        ("https://x.org/report.pdf", None),
    ],
)
def test_a_file_name_tells_the_language(url, language):
    assert language_of_file(url) == language


@pytest.mark.parametrize(
    ("found", "names"),
    [
        ("Lambert, Anne; Diop, Awa", ("Lambert, Anne", "Diop, Awa")),
        ("Lambert, Anne", ("Lambert, Anne",)),
        ("Anne Lambert and Awa Diop", ("Anne Lambert and Awa Diop",)),
        ("M&uuml;ller &amp; Co", ("Müller & Co",)),
        ("a@x.org (A); b@x.org (B)", ("A", "B")),
        (" ; ", ()),
    ],
)
def test_names_are_parted_at_clear_separators_alone(found, names):
    assert split_names(found) == names
