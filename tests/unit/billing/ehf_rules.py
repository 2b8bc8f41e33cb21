"""The official rules of EHF 3.0, run: Schematron made into XSLT, and UBL's XML Schemas.

The rules are no part of this repository: services/billing/README.md says where anyone gets them.
"""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree
from saxonche import PySaxonProcessor

from architecture.source import ROOT

FOLDER = Path(os.environ.get("EHF_RULES") or ROOT.parent / "shared" / "data" / "ehf")
FILES = ("PEPPOL-EN16931-UBL.sch", "EN16931-UBL-validation-preprocessed.sch")
SCH = "{http://purl.oclc.org/dsdl/schematron}"
XSL = "{http://www.w3.org/1999/XSL/Transform}"


def missing() -> list[Path]:
    """Return the files of rules that are not there."""
    return [path for name in FILES if not (path := FOLDER / name).is_file()]


def compiled(saxon: PySaxonProcessor) -> Callable[[bytes], list[str]]:
    """Return what names the rules, warnings too, that a document breaks."""
    processor = saxon.new_xslt30_processor()
    sheets = [
        processor.compile_stylesheet(stylesheet_text=as_xslt(FOLDER / name)) for name in FILES
    ]

    def found(document: bytes) -> list[str]:
        node = saxon.parse_xml(xml_text=document.decode())
        return [id for each in sheets for id in each.transform_to_string(xdm_node=node).split()]

    return found


def as_xslt(path: Path) -> str:
    """Return Schematron as XSLT: a pattern is a mode, in which a node's first rule holds."""
    rules = etree.parse(path).getroot()
    etree.strip_tags(rules, etree.Comment)
    spaces = {each.get("prefix"): each.get("uri") for each in rules.iter(f"{SCH}ns")}
    sheet = etree.Element(f"{XSL}stylesheet", nsmap={"xsl": XSL[1:-1], **spaces}, version="3.0")
    add(sheet, "output", method="text")
    sheet.extend(list(rules.iter(f"{XSL}function")))
    sheet.extend(map(variable, rules.findall(f"{SCH}let")))
    start = add(sheet, "template", match="/")
    for number, pattern in enumerate(rules.iter(f"{SCH}pattern")):
        mode = f"p{number}"
        add(sheet, "mode", name=mode, **{"on-no-match": "shallow-skip"})
        add(start, "apply-templates", select=".", mode=mode)
        sheet.extend(map(variable, pattern.findall(f"{SCH}let")))
        for place, rule in enumerate(pattern.findall(f"{SCH}rule")):
            where = {"match": rule.get("context"), "mode": mode, "priority": str(999 - place)}
            checks = add(sheet, "template", **where)
            checks.extend(map(variable, rule.findall(f"{SCH}let")))
            for each in rule.findall(f"{SCH}assert"):
                broken = add(checks, "if", test=f"not({each.get('test')})")
                add(broken, "text").text = f"{each.get('id')}\n"
            add(checks, "apply-templates", select="@* | node()", mode=mode)
    return str(etree.tostring(sheet, encoding="unicode"))


def add(parent: Any, element: str, /, **attributes: str) -> Any:
    """Add an element of XSLT."""
    return etree.SubElement(parent, f"{XSL}{element}", attributes)


def variable(let: Any) -> Any:
    """Return Schematron's `let` as XSLT's variable."""
    return etree.Element(f"{XSL}variable", name=let.get("name"), select=let.get("value"))


def schema(name: str) -> Any:
    """Return UBL's XML Schema of an `Invoice` or a `CreditNote`."""
    package = importlib.util.find_spec("peppol")
    assert package is not None and package.origin is not None
    folder = Path(package.origin).parent / "schema" / "maindoc"
    return etree.XMLSchema(file=folder / f"UBL-{name}-2.1.xsd")
