"""XML of the provider's answers, made by lxml, which escapes; characters that XML 1.0 does not have are left out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

OAI = "http://www.openarchives.org/OAI/2.0/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def root(namespace: str, name: str, schema: str, more: Mapping[str, str] | None = None) -> etree._Element:
    """An element that brings its namespace as the default one (`more` are others), and says where its schema is."""
    made = etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace, "xsi": XSI, **(more or {})})
    made.set(f"{{{XSI}}}schemaLocation", f"{namespace} {schema}")
    return made


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
