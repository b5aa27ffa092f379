"""Plone from PyPI with plone.restapi: a site in several languages, in a temporary folder, on the loopback."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.servers.running import ROOT, answers, free_port, running

HERE = Path(__file__).parent
PYTHON = ROOT / ".plone" / "bin" / "python"
PASSWORD = "of a site that lives for a minute"


class Plone:
    """A running site; `url` is its address, without a slash at the end. What is written is written as editors do."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._editor = requests.Session()
        self._editor.auth = ("editor", PASSWORD)
        self._editor.headers["Accept"] = "application/json"

    def write(self, folder: str, **fields: Any) -> dict[str, Any]:
        """Publish an item, given by the fields of its type, in a folder of the site; returns it."""
        item = self._said(self._editor.post(f"{self.url}/{folder}", json=fields))
        if item["review_state"]:
            self._said(self._editor.post(f"{item['@id']}/@workflow/publish"))
        return item

    def change(self, item: dict[str, Any], **fields: Any) -> None:
        """Change some fields of an item."""
        self._said(self._editor.patch(item["@id"], json=fields))

    def delete(self, item: dict[str, Any]) -> None:
        """Delete an item."""
        self._said(self._editor.delete(item["@id"]))

    def retract(self, item: dict[str, Any]) -> None:
        """Make an item private again."""
        self._said(self._editor.post(f"{item['@id']}/@workflow/retract"))

    def everything(self, types: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What the site itself says of every public item of these types, one by one, by UID."""
        wishes = {"portal_type": list(types), "metadata_fields": ["UID", "review_state"], "b_size": "1000"}
        found = self._said(self._editor.get(f"{self.url}/@search", params=wishes))["items"]
        public = [item for item in found if item["review_state"] in ("published", None)]
        return {item["UID"]: self._said(self._editor.get(item["@id"])) for item in public}

    def _said(self, answer: requests.Response) -> dict[str, Any]:
        assert answer.ok, answer.text
        return answer.json() if answer.content else {}


@contextmanager
def plone(folder: Path, languages: Sequence[str]) -> Iterator[Plone]:
    """An empty site while it is needed."""
    port = free_port()
    (folder / "site").mkdir()
    command = [PYTHON, HERE / "serve.py", folder / "site", str(port), PASSWORD, *languages]
    with running(command, folder / "plone.log", lambda: answers(port)):
        yield Plone(f"http://127.0.0.1:{port}/Plone")
