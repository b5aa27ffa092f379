"""A document's texts: title, summary and the like in the slots of their languages, and all of them for searching."""

from __future__ import annotations

from normalizers.model import CommonRecord, LString
from warehouse.index_documents.model import Document, slot

_SHOWN = ("en", "es", "fr")  # which of several languages stands in the field of none: the order of the CBD's indexer


def document(record: CommonRecord) -> Document:
    """Every text by itself, and `text_XX_txt`: all that is said of the record in each language."""
    name = next(iter(record.publisher.values()), None)
    made: Document = {
        "languages_ss": list(record.languages),
        "authors_t": "; ".join(record.authors),
        "eventVenue_t": record.place,
        "organization_s": name,
        "organization_t": name,
    }
    _put(made, "title", record.title)
    _put(made, "summary", record.summary)
    _put(made, "description", record.description)
    keywords: dict[str, list[str]] = {}
    for keyword in record.keywords:
        keywords.setdefault(slot(keyword.language or "und"), []).append(keyword.value)
    for infix, values in keywords.items():
        made[f"keywords_{infix}_ss"] = values
    made["keywords_ss"] = [keyword.value for keyword in record.keywords]
    for language, text in record.publisher.items():
        made[f"organizations_{slot(language)}_txt"] = [text]
    for infix, said in _said(record, keywords).items():
        made[f"text_{infix}_txt"] = said
    return made


def _put(made: Document, name: str, texts: LString) -> None:
    """A multilingual text: each language in its own slot; without a slot, the first of those to show."""
    if not texts:
        return
    for language, text in texts.items():
        infix = slot(language)
        made[f"{name}_{infix}_t"] = made[f"{name}_{infix}_s"] = text
    first = next((texts[language] for language in _SHOWN if language in texts), None)
    made[f"{name}_s"] = made[f"{name}_t"] = first or next(iter(texts.values()))


def _said(record: CommonRecord, keywords: dict[str, list[str]]) -> dict[str, list[str]]:
    """What a query without a field asks, by slot."""
    said: dict[str, list[str]] = {}
    for texts in (record.title, record.summary, record.description, record.publisher):
        for language, text in texts.items():
            said.setdefault(slot(language), []).append(text)
    for infix, values in keywords.items():
        said.setdefault(infix, []).extend(values)
    if record.authors:
        said.setdefault("UND", []).extend(record.authors)
    return said
