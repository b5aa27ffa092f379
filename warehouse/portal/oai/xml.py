"""XML of the provider's answers, made by lxml, which escapes; characters that XML 1.0 does not have are left out."""

from __future__ import annotations

import re
from typing import cast

from lxml import etree

OAI = "http://www.openarchives.org/OAI/2.0/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def root(namespace: str, name: str, schema: str) -> etree._Element:
    """An element that brings its namespace as the default one, and says where its schema is."""
    made = etree.Element(f"{{{namespace}}}{name}", nsmap=default(namespace) | {"xsi": XSI})
    made.set(f"{{{XSI}}}schemaLocation", f"{namespace} {schema}")
    return made


def default(namespace: str) -> dict[str, str]:
    """The `nsmap` of a default namespace, of which lxml's stubs do not know that its prefix is None."""
    return cast("dict[str, str]", {None: namespace})


def add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    """A child in its parent's namespace, unless `name` brings one."""
    if not name.startswith("{"):
        name = f"{{{etree.QName(parent).namespace}}}{name}"
    made = etree.SubElement(parent, name, {key: clean(value) for key, value in attributes.items()})
    if text is not None:
        made.text = clean(text)
    return made


def clean(text: str) -> str:
    """A text without what XML cannot say."""
    return _NOT_XML.sub("", text)
