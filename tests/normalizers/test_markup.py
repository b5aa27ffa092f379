"""HTML that is safe to show: what of a text's structure is kept, and what is never."""

import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.care import masked
from normalizers.fields.markup import TAGS, safe_html
from normalizers.fields.text import clean
from normalizers.normalize import normalize
from tests.normalizers.making import oai_dc, source

PAGE = "https://chm.example.be/docs/1"
REL = 'rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("<p>One</p>\n<p>Two</p>", "<p>One</p> <p>Two</p>"),
        ("<UL><LI>One<LI>Two</UL>", "<ul><li>One</li><li>Two</li></ul>"),
        ("<h2 class='x' style='color:red'>Bogs</h2>", "<h2>Bogs</h2>"),
        ("<div><span>a</span> <em>b</em></div>", "a <em>b</em>"),
        ("<table><tr><td>1", "<table><tbody><tr><td>1</td></tr></tbody></table>"),
        ("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;5 &amp;lt; 6&lt;/p&gt;", "<p>One</p><p>5 &lt; 6</p>"),
        ("<![CDATA[<b>One</b>]]>", "<b>One</b>"),
        ("<b>Ã©tang</b>&nbsp;!", "<b>étang</b> !"),
    ],
)
def test_paragraphs_lists_headings_tables_and_emphasis_are_kept(found, shown):
    assert safe_html(found, PAGE, "BE") == shown


@pytest.mark.parametrize(
    "plain", ["", "Bogs", "p < 0.05 and x <y> z", "<p>One</p>", "<div>One</div>", "AT&amp;T", "<p>"]
)
def test_text_without_structure_has_no_html_since_its_plain_text_says_all(plain):
    assert safe_html(plain, PAGE, "BE") == ""


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        "<img src=x onerror=alert(1)>",
        "<iframe src='https://x.org'></iframe>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><style><img src onerror=alert(1)>",
        "<!-- alert(1) -->",
        "<form action='https://x.org'><input name=alert></form>",
    ],
)
def test_nothing_runs_loads_or_styles_anything(hostile):
    assert safe_html(f"<b onclick='alert(1)' style='x'>One</b>{hostile}", PAGE, "BE") == "<b>One</b>"


@pytest.mark.parametrize(
    ("address", "page", "shown"),
    [
        ("https://x.org/a?b=1&amp;utm_source=news", PAGE, f'<a href="https://x.org/a?b=1" {REL}>link</a>'),
        ("../a.pdf", PAGE, f'<a href="https://chm.example.be/a.pdf" {REL}>link</a>'),
        ("../a.pdf", None, "link"),
        ("../a.pdf", "https://doi.org/10.1234/x", "link"),
        ("mailto:jane@x.org", PAGE, "link"),
        ("https://x.org/?to=jane%40x.org", PAGE, "link"),
        ("java&#x0A;script:alert(1)", PAGE, "link"),
        ("data:text/html,x", PAGE, "link"),
        ("ISBN 978-92-9225-700-2", PAGE, "link"),
    ],
)
def test_links_lead_to_the_web_absolutely_and_say_nothing_of_who_came(address, page, shown):
    assert safe_html(f"<i>A</i> <a href='{address}' target=_top>link</a>", page, "BE") == f"<i>A</i> {shown}"


@pytest.mark.parametrize("written", ["jane@x.org", "jane&#64;x.org", "ja<!-- -->ne@x.org", "ja<span>ne</span>@x.org"])
def test_addresses_and_numbers_of_people_are_masked(written):
    assert safe_html(f"<b>Ask</b> {written}, Tel. 02 627 42 11", PAGE, "BE") == "<b>Ask</b> [e-mail], Tel. [telephone]"


@pytest.mark.parametrize(
    "found",
    [
        "<p>jane<b>@x.org</b>",
        "<b>Tel.</b> 02 627 42 11",
        "<p>Tel.</p><p>02 627 42 11</p>",
        "<b>a</b>" + "x" * 200_000,
        "<ul>" * 3_000,
        "<br>" * 5_001,
    ],
)
def test_what_cannot_be_shown_safely_is_not_shown(found):
    assert safe_html(found, PAGE, "BE") is None


pieces = st.sampled_from([
    *(f"<{tag}>" for tag in sorted(TAGS)), *(f"</{tag}>" for tag in sorted(TAGS)), "<p ", "<a href='",
    '<a href="/x">', "<script>", "</script>", "<style>", "<svg>", "<math>", "<mtext>", "<noscript>", "<textarea>",
    "<title>", "<select>", "<template>", "<div>", "</div>", "<font size=1>", "<!--", "-->", "<![CDATA[", "]]>",
    "&lt;b&gt;", "&amp;lt;", "&#0;", "&#x202e;", "&#x338;", "&nbsp;", "&", "<", ">", "'", '"', "javascript:",
    "https://x.org/", "//", "\x00", "\u202e", "\u0338", "\ud800", "Ã©", "\u2028", "a@x.org", "Tel. ",
    "+32 2 627 42 11", "02 627 42 11", "%40", "@x.org", " ", "\n", "onerror=alert(1)", "x",
])  # fmt: skip
markup = st.lists(pieces, max_size=14).map("".join)
pages = st.sampled_from([PAGE, None, "https://doi.org/10.1234/x"])


class Met(HTMLParser):
    """The tags and attributes that a reader of HTML meets."""

    def __init__(self, text):
        super().__init__()
        self.met = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.met.append((tag, dict(attrs)))


@given(markup, pages)
def test_safe_html_made_safe_again_is_the_same(found, page):
    shown = safe_html(found, page, "BE")
    assert shown is None or safe_html(shown, page, "BE") == shown


@given(markup, pages)
def test_safe_html_has_allowed_tags_alone_no_controls_and_names_nobody(found, page):
    shown = safe_html(found, page, "BE") or ""
    for tag, attributes in Met(shown).met:
        assert tag in TAGS
        assert attributes.keys() <= ({"href", "rel"} if tag == "a" else set())
        assert attributes.get("href", "https://").startswith(("http://", "https://"))
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
    assert masked(clean(shown), "BE") == clean(shown)


def record_of(elements, terms, **keys):
    return normalize(oai_dc(elements), source(**keys), terms)


def test_a_record_has_it_of_descriptions_under_the_language_of_their_words(terms):
    elements = (
        '<dc:description xml:lang="en">&lt;p&gt;Bogs &lt;b&gt;hold&lt;/b&gt; water&lt;/p&gt;</dc:description>'
        '<dc:description xml:lang="en">&lt;ul&gt;&lt;li&gt;Peat&lt;/ul&gt;</dc:description>'
        '<dc:description xml:lang="fr">Les tourbières</dc:description>'
    )
    record = record_of(elements, terms).record
    assert record.body == {"en": "<p>Bogs <b>hold</b> water</p><ul><li>Peat</li></ul>"}
    assert record.description == {"en": "Bogs hold water Peat", "fr": "Les tourbières"}


def test_what_is_not_shown_is_noted_and_stands_as_plain_text(terms):
    outcome = record_of("<dc:description>&lt;b&gt;Tel.&lt;/b&gt; 02 627 42 11</dc:description>", terms)
    assert outcome.record.body == {}
    assert list(outcome.record.description.values()) == ["Tel. [telephone]"]
    assert {issue.code: issue.severity for issue in outcome.issues}["markup_left_out"] == "note"
