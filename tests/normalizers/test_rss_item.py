"""Where values stand in the items of feeds: what feedparser finds, and what it would lose."""

import json

import pytest

from normalizers.model import Box, Link, Text
from normalizers.profiles import Unreadable
from normalizers.profiles.rss_item import extract
from tests.normalizers.making import feed_item

DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


def rss(*items, channel=""):
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<rss version="2.0" {DC} xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        f'xmlns:media="http://search.yahoo.com/mrss/" xmlns:georss="http://www.georss.org/georss" '
        f'xmlns:gml="http://www.opengis.net/gml" xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" '
        f'xmlns:ev="http://purl.org/rss/1.0/modules/event/"><channel><title>F</title>{channel}{inner}</channel></rss>'
    )


def test_dublin_core_that_repeats_is_kept_whole():
    draft = extract(
        feed_item(
            rss(
                "<dc:coverage>Belgium, France</dc:coverage><dc:coverage>Chad</dc:coverage><dc:type>Text</dc:type>"
                "<dc:type>News</dc:type><dc:rights>A</dc:rights><dc:rights>B</dc:rights><dc:language>fr</dc:language>"
                "<dc:language>nl</dc:language><dc:publisher>P</dc:publisher><dc:publisher>Q</dc:publisher>"
                "<dc:identifier>1</dc:identifier><dc:identifier>2</dc:identifier><dc:subject>x</dc:subject><dc:subject>y</dc:subject>"
            )
        )
    )
    assert [text.value for text in draft.coverage] == ["Belgium, France", "Chad"]
    assert [text.value for text in draft.types] == ["Text", "News"]
    assert [text.value for text in draft.rights] == ["A", "B"]
    assert [text.value for text in draft.publishers] == ["P", "Q"]
    assert [text.value for text in draft.subjects] == ["x", "y"]
    assert draft.languages == ["fr", "nl"]
    assert draft.identifiers == ["1", "2"]


def test_what_one_item_repeats_is_not_given_to_another():
    body = rss("<dc:coverage>A</dc:coverage><dc:coverage>B</dc:coverage>", "<dc:coverage>C</dc:coverage>")
    assert [text.value for text in extract(feed_item(body, item=1)).coverage] == ["C"]


def test_a_feed_that_is_no_xml_still_gives_what_feedparser_finds():
    draft = extract(feed_item(rss("<title>A & B</title><dc:coverage>C</dc:coverage><br>")))
    assert draft.titles[0].value.startswith("A &")
    assert [text.value for text in draft.coverage] == ["C"]


@pytest.mark.parametrize(
    ("item", "summaries", "descriptions"),
    [
        ("<description>S</description>", [], ["S"]),
        ("<description>S</description><content:encoded>C</content:encoded>", ["S"], ["C"]),
        ("<description>S</description><content:encoded>S</content:encoded>", [], ["S"]),
        ("<title>T</title>", [], []),
    ],
)
def test_the_full_text_is_the_description_and_an_excerpt_the_summary(item, summaries, descriptions):
    draft = extract(feed_item(rss(item)))
    assert [text.value for text in draft.summaries] == summaries
    assert [text.value for text in draft.descriptions] == descriptions


@pytest.mark.parametrize(
    ("channel", "item", "language"),
    [
        ("<language>fr-BE</language>", "", "fr-BE"),
        ("<language>fr-BE</language>", "<dc:language>nl</dc:language>", "nl"),
        ("", "", None),
    ],
)
def test_text_is_in_the_language_of_the_item_or_else_of_the_feed(channel, item, language):
    draft = extract(feed_item(rss(f"<title>T</title>{item}", channel=channel)))
    assert draft.titles == [Text("T", language)]
    assert draft.languages == [language] * bool(language)


@pytest.mark.parametrize(
    ("item", "dates"),
    [
        ("<pubDate>Mon, 05 Jan 2026 08:30:00 GMT</pubDate>", [("published", "Mon, 05 Jan 2026 08:30:00 GMT")]),
        ("<dc:date>2026-01-05</dc:date>", [("published", "2026-01-05")]),
        (
            "<pubDate>Mon, 05 Jan 2026 08:30:00 GMT</pubDate><dc:date>2026-01-06</dc:date>",
            [("published", "Mon, 05 Jan 2026 08:30:00 GMT"), ("modified", "2026-01-06")],
        ),
        ("<title>T</title>", []),
    ],
)
def test_the_only_date_of_an_item_says_when_it_appeared(item, dates):
    assert extract(feed_item(rss(item))).dates == dates


def test_links_of_every_kind_are_found_and_the_page_comes_first():
    draft = extract(
        feed_item(
            rss(
                '<enclosure url="https://x.org/a.pdf" type="application/pdf" length="1"/><link>https://x.org/1</link>'
                '<media:content url="https://x.org/a.jpg" medium="image"/><dc:relation>https://x.org/2</dc:relation>'
                "<dc:relation>a book</dc:relation>"
            )
        )
    )
    assert draft.links == [
        Link(url="https://x.org/1", rel="source"),
        Link(url="https://x.org/a.pdf", rel="document", media_type="application/pdf"),
        Link(url="https://x.org/a.jpg", rel="image"),
        Link(url="https://x.org/2"),
    ]
    assert draft.unused["dc_relation"] == 1


def test_links_are_kept_without_what_follows_readers():
    session = "?PHPSESSID=5f4dcc3b5aa765d61d8327deb882cf99"
    draft = extract(
        feed_item(
            rss(
                f"<link>https://x.org/1?utm_source=rss</link><dc:identifier>https://x.org/2{session}</dc:identifier>"
                f'<enclosure url="https://x.org/a.pdf{session}" type="application/pdf"/>'
            )
        )
    )
    assert [link.url for link in draft.links] == ["https://x.org/1", "https://x.org/a.pdf"]
    assert draft.identifiers == ["https://x.org/2"]


@pytest.mark.parametrize(
    ("place", "boxes"),
    [
        ("<georss:point>45.5 -71.25</georss:point>", [Box(west=-71.25, south=45.5, east=-71.25, north=45.5)]),
        ("<georss:box>42 -71 43 -69</georss:box>", [Box(west=-71, south=42, east=-69, north=43)]),
        ("<georss:line>45 10 46 11 44 12</georss:line>", [Box(west=10, south=44, east=12, north=46)]),
        (
            "<georss:polygon>45 -110 46 -109 43 -109 45 -110</georss:polygon>",
            [Box(west=-110, south=43, east=-109, north=46)],
        ),
        (
            "<georss:where><gml:Point><gml:pos>45.5 -71.25</gml:pos></gml:Point></georss:where>",
            [Box(west=-71.25, south=45.5, east=-71.25, north=45.5)],
        ),
        (
            "<geo:Point><geo:lat>12.5</geo:lat><geo:long>3</geo:long></geo:Point>",
            [Box(west=3, south=12.5, east=3, north=12.5)],
        ),
        ("<title>T</title>", []),
    ],
)
def test_a_place_is_the_box_around_it(place, boxes):
    draft = extract(feed_item(rss(place)))
    assert draft.coordinates == boxes
    assert not {"where", "geo_lat", "geo_long"} & set(draft.unused)


@pytest.mark.parametrize(
    "place", ["<georss:line>nan 3 inf 4</georss:line>", "<geo:lat>north</geo:lat><geo:long>3</geo:long>"]
)
def test_a_place_that_is_no_number_is_counted_as_unused(place):
    draft = extract(feed_item(rss(place)))
    assert draft.coordinates == []
    assert draft.unused


def test_a_date_in_the_future_is_none_of_the_record():
    item = "<pubDate>Mon, 05 Jan 2099 08:30:00 GMT</pubDate><dc:date>2026-01-06</dc:date>"
    assert extract(feed_item(rss(item))).dates == [("modified", "2026-01-06")]
    assert extract(feed_item(rss("<ev:startdate>2099-05-01</ev:startdate>"))).dates == [("start", "2099-05-01")]


def test_media_give_links_and_keywords():
    item = (
        '<media:group><media:content url="https://x.org/v.mp4" type="video/mp4"/>'
        '<media:thumbnail url="https://x.org/t.jpg"/></media:group><media:keywords>wolf, lynx</media:keywords>'
    )
    draft = extract(feed_item(rss(item)))
    assert [(link.url, link.media_type) for link in draft.links] == [
        ("https://x.org/v.mp4", "video/mp4"),
        ("https://x.org/t.jpg", None),
    ]
    assert [subject.value for subject in draft.subjects] == ["wolf", "lynx"]


def test_the_same_item_means_the_same_in_json_feed_as_in_rss():
    item = {
        "id": "1",
        "url": "https://x.org/1",
        "title": "Le loup",
        "summary": "Court",
        "content_html": "<p>Long</p>",
        "image": "https://x.org/a.jpg",
        "date_published": "2026-01-05",
        "authors": [{"name": "Rédaction"}],
        "tags": ["wolf", "lynx"],
        "attachments": [{"url": "https://x.org/a.pdf", "mime_type": "application/pdf"}],
    }
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "language": "fr", "items": [item]})
    same = (
        "<link>https://x.org/1</link><title>Le loup</title><description>Court</description><guid>1</guid>"
        "<content:encoded>&lt;p>Long&lt;/p></content:encoded><pubDate>2026-01-05</pubDate>"
        "<dc:creator>Rédaction</dc:creator><category>wolf</category><category>lynx</category>"
        '<enclosure url="https://x.org/a.pdf" type="application/pdf"/>'
        '<media:content url="https://x.org/a.jpg" medium="image"/>'
    )
    assert extract(feed_item(body)) == extract(feed_item(rss(same, channel="<language>fr</language>")))


def test_fields_without_a_place_are_counted():
    draft = extract(feed_item(rss("<title>T</title><dc:format>text</dc:format><comments>https://x.org/c</comments>")))
    assert draft.unused == {"dc_format": 1, "comments": 1}


def test_an_item_that_the_feed_lacks_is_unreadable():
    with pytest.raises(Unreadable, match="no item 3"):
        extract(feed_item(rss("<title>T</title>"), item=3))


def test_an_element_of_which_only_attributes_are_left_says_nothing():
    """Of an element that it does not know, feedparser keeps the attributes in place of the text."""
    attributed = ("created", "language", "ev:startdate", "ev:location", "geo:lat", "geo:long")
    elements = "".join(f'<{name} kind="x">1</{name}>' for name in attributed)
    body = f"<rss version='2.0' xmlns:ev='http://purl.org/rss/1.0/modules/event/' xmlns:geo='http://www.w3.org/2003/01/geo/wgs84_pos#'><channel><item><title>T</title>{elements}</item></channel></rss>"
    draft = extract(feed_item(body))
    assert (draft.titles[0].value, draft.place, draft.coordinates) == ("T", None, [])
    assert all(isinstance(date, str) for _, date in draft.dates)
    assert all(isinstance(declared, str) for declared in draft.languages)
