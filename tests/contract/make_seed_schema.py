"""Turn the seed's Drizzle schema into `seed_schema.json`.

    python tests/contract/make_seed_schema.py < seed.txt
    python tests/contract/make_seed_schema.py seed.txt

A column has `type` and `nullable`; `primary_key`, `unique`, `default` (a literal, or "now"),
`references` and `words` (what the text may be, by the seed's comments) stand only where the seed
has them.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLE = re.compile(r'export const \w+ = pgTable\("(\w+)", \{\n(.*?)^\}\);', re.S | re.M)
CODE_AND_COMMENT = re.compile(r"^(.*?)(?:\s*//\s*(.*))?$")
COLUMN = re.compile(r'^(\w+): (text|integer|boolean|timestamp|jsonb)\("(\w+)"\)(.*)$')
REFERENCE = re.compile(r'\.references\(\(\) => (\w+)\.(\w+), \{ onDelete: "([\w ]+)",? \}')
INDEX = re.compile(r'index\("(\w+)"\)\.on\(([^)]*)\)')
WORD = re.compile(r"""^["']?([\w:-]+)["']?$""")

Tables = dict[str, dict[str, Any]]


def parse(text: str) -> Tables:
    """Return the tables of a Drizzle schema: {table: {"columns": …, "indexes": …}}."""
    tables: Tables = {}
    found = list(TABLE.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    for match, end in zip(found, ends, strict=True):
        columns = dict(_columns(match[2]))
        indexes = {
            name: [_snake(column.strip().removeprefix("table.")) for column in on.split(",")]
            for name, on in INDEX.findall(text, match.end(), end)
        }
        tables[match[1]] = {"columns": columns, "indexes": indexes}
    return tables


def _columns(body: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for definition, words in _definitions(body):
        match = COLUMN.match(definition)
        if not match:
            raise ValueError(f"not a column: {definition!r}")
        yield match[3], _column(match[2], match[4], words)


def _definitions(body: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each definition on one line, with the words of the comment before or behind it."""
    code, words = "", list[str]()
    for line in body.splitlines():
        match = CODE_AND_COMMENT.match(line.strip())
        part, comment = (match[1], match[2] or "") if match else (line, "")
        words = words or _words(comment)
        code = f"{code} {part}".strip() if part[:1] != "." else code + part
        if not part and not comment:
            words = []
        if code.endswith(",") and code.count("(") == code.count(")"):
            yield re.sub(r"\(\s+", "(", code.removesuffix(",")), words
            code, words = "", []


def _words(comment: str) -> list[str]:
    parts = [part.strip() for part in re.sub(r"^[\w ]+: ", "", comment).split(" | ")]
    words = [match[1] for part in parts if (match := WORD.match(part))]
    return words if len(parts) > 1 else []


def _column(kind: str, chain: str, words: list[str]) -> dict[str, Any]:
    column: dict[str, Any] = {"type": kind, "nullable": True}
    if ".primaryKey()" in chain:
        column |= {"nullable": False, "primary_key": True}
    if ".notNull()" in chain:
        column["nullable"] = False
    if ".unique()" in chain:
        column["unique"] = True
    if ".defaultNow()" in chain:
        column["default"] = "now"
    elif default := re.search(r"\.default\(([^)]*)\)", chain):
        column["default"] = json.loads(default[1])
    if reference := REFERENCE.search(chain):
        table, target, on_delete = reference.groups()
        column["references"] = {
            "table": _snake(table),
            "column": _snake(target),
            "on_delete": on_delete,
        }
    if words:
        column["words"] = words
    return column


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def written(tables: Tables) -> str:
    """Return the tables as JSON with one column a line, so that a change is one line of a diff."""
    blocks = []
    for name, table in tables.items():
        columns = ",\n".join(
            f"      {json.dumps(column)}: {json.dumps(what)}"
            for column, what in table["columns"].items()
        )
        indexes = json.dumps(table["indexes"])
        blocks.append(
            f'  "{name}": {{\n    "columns": {{\n{columns}\n    }},\n    "indexes": {indexes}\n  }}'
        )
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def main(arguments: list[str]) -> None:
    """Read the schema from the file named, else from standard input, and write the JSON."""
    text = Path(arguments[0]).read_text(encoding="utf-8") if arguments else sys.stdin.read()
    target = Path(__file__).with_name("seed_schema.json")
    target.write_text(written(parse(text)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
