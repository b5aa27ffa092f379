"""Pages of an invented site, for the tests of what is read in them."""

from __future__ import annotations

from harvesters.crawling.reading import read

HOME = "https://chm.example"
PARAGRAPH = f"<p>{'Les zones humides du pays abritent une grande diversité de plantes et d’oiseaux. ' * 4}</p>"
MENU = "<nav><ul><li><a href='/'>Accueil</a></li><li><a href='/documents'>Documents</a></li></ul></nav>"


def page(body: str, head: str = "", around: str = MENU) -> bytes:
    """A page with a menu and a footer around its body."""
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Une page</title>{head}</head>'
        f"<body>{around}<main>{body}</main><footer>© 2026</footer></body></html>"
    ).encode()


def kind(path: str, body: str) -> str:
    """What a page of that body at that path is read as."""
    return read(f"{HOME}{path}", page(body), "text/html; charset=utf-8").kind


def listed(address: str, count: int) -> str:
    """Items of a list, each a link; `{}` in the address is its number."""
    return "".join(
        f"<li><a href='{address.format(number)}'>Le titre du numéro {number}</a></li>" for number in range(count)
    )


def table(count: int) -> str:
    """A table of documents with a row of heads."""
    rows = "".join(
        f"<tr><td><a href='/f/{number}.pdf'>Rapport national {number}</a></td><td>12/03/202{number}</td></tr>"
        for number in range(count)
    )
    return f"<table><tr><th>Titre</th><th>Date</th></tr>{rows}</table>"
