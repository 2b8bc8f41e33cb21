"""Elements of UBL 2.1 (Universal Business Language): leaves with text, and groups of them.

What would be empty is left out, since no document may have it.
"""

import re
from xml.etree.ElementTree import Element, indent, tostring

SPACES = "urn:oasis:names:specification:ubl:schema:xsd"
NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Part = Element | None


def document(name: str, *parts: Part) -> bytes:
    """Return the XML file of a whole document, `name` being UBL's."""
    spaces = {
        "xmlns": f"{SPACES}:{name}-2",
        "xmlns:cac": f"{SPACES}:CommonAggregateComponents-2",
        "xmlns:cbc": f"{SPACES}:CommonBasicComponents-2",
    }
    root = Element(name, spaces)
    root.extend(part for part in parts if part is not None)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def group(name: str, *parts: Part) -> Element:
    """Return an element that holds others, in the order in which UBL wants them."""
    element = Element(f"cac:{name}")
    element.extend(part for part in parts if part is not None)
    return element


def leaf(name: str, text: object, **attributes: str) -> Part:
    """Return an element with a text, on one line and without the signs that XML cannot hold."""
    shown = held(str(text))
    if not shown:
        return None
    element = Element(f"cbc:{name}", attributes)
    element.text = shown
    return element


def amount(name: str, amount_ore: int, currency: str) -> Part:
    """Return an element with øre as kroner: 100010 is '1000.10'."""
    kroner, ore = divmod(amount_ore, 100)  # there are no negative ones
    return leaf(name, f"{kroner}.{ore:02}", currencyID=currency)


def held(text: str) -> str:
    """Return what of a text XML can hold, its blanks as one space each."""
    return " ".join(NOT_IN_XML.sub("", text).split())
