"""A site of so many pages, served from memory in a process of its own: `python -m tests.bench.website 5000`.

It prints its port, and ends when its standard input does. The home page leads to lists, the lists to items; an item has
a menu, neighbours, JSON-LD and some paragraphs of the demonstration network's sentences, about 9 kB in all.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.network.text import facts, tell

_A_LIST = 50  # items
_PARAGRAPHS = 30
_LANGUAGES = ("en", "fr", "es")


@contextmanager
def serving(pages: int) -> Iterator[str]:
    """The address of such a site."""
    command = [sys.executable, "-m", "tests.bench.website", str(pages)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/"
        server.communicate(timeout=10)


def rendered(count: int) -> dict[str, bytes]:
    """Path -> page, `count` of them: the home page, and lists of items."""
    lists = max(1, (count - 1) // (_A_LIST + 1))
    items = count - 1 - lists
    menu = "".join(f'<li><a href="/list/{number}">List {number}</a></li>' for number in range(min(lists, 20)))
    home = "".join(f'<li><a href="/list/{number}">Everything, part {number}</a></li>' for number in range(lists))
    pages = {"/": _page("en", "A site", "", menu, f"<ul>{home}</ul>")}
    for number in range(lists):
        shown = range(number * items // lists, (number + 1) * items // lists)
        links = "".join(f'<li><a href="/item/{item}">{escape(_title(item))}</a></li>' for item in shown)
        pages[f"/list/{number}"] = _page("en", f"Part {number}", "", menu, f"<ul>{links}</ul>")
        pages |= {f"/item/{item}": _item(item, items, menu) for item in shown}
    return pages


def _item(number: int, items: int, menu: str) -> bytes:
    language = _LANGUAGES[number % len(_LANGUAGES)]
    told = [tell(facts()[(number + at) % len(facts())], language) for at in range(_PARAGRAPHS)]
    stated = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": _title(number), "inLanguage": language,
        "datePublished": f"20{10 + number % 15}-03-01", "author": {"@type": "Person", "name": "Ana Ruiz"},
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }  # fmt: skip
    head = f'<script type="application/ld+json">{json.dumps(stated, ensure_ascii=False)}</script>'
    text = "".join(f"<h2>{escape(one.title)}</h2><p>{escape(one.description)}</p>" for one in told)
    beside = "".join(f'<a href="/item/{(number + step) % items}">{step}</a> ' for step in (-1, 1))
    return _page(language, _title(number), head, menu, f"<h1>{escape(_title(number))}</h1>{text}<p>{beside}</p>")


def _title(number: int) -> str:
    return f"{tell(facts()[number % len(facts())], _LANGUAGES[number % len(_LANGUAGES)]).title} ({number})"


def _page(language: str, title: str, head: str, menu: str, body: str) -> bytes:
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)} | A site</title>'
        f'<meta property="og:title" content="{escape(title)}">{head}</head><body><header><nav><ul>{menu}</ul></nav>'
        f"</header><main>{body}</main><footer><p>Ministry of the Environment</p></footer></body></html>"
    )
    return page.encode()


def _handler(pages: Mapping[str, bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # one packet for an answer

        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(HTTPStatus.OK if body else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def main(count: int) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(rendered(count))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]))
