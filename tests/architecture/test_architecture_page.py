"""`docs/architecture.md`: its tables and its map are the code's, and what it names is there."""

import re

from architecture.page import BLOCK, PAGE, PARTS, filled

# a link, and what follows it in code's letters: names that stand in that file
LINK = re.compile(r"\]\(([^)#\s]+)\)((?:,?\s+`[\w.]+`)*)")


def test_the_page_is_what_the_code_says() -> None:
    text = PAGE.read_text("utf-8")
    assert filled(text) == text, "python -m architecture.page writes its tables and its map anew"
    assert [block["part"] for block in BLOCK.finditer(text)] == list(PARTS)

    links = [(PAGE.parent / path, names) for path, names in LINK.findall(text)]
    assert links
    assert [str(path) for path, _ in links if not path.exists()] == []
    unknown = {
        f"{path.name}: {name}"
        for path, names in links
        for name in re.findall(r"(\w+)`", names)
        if not re.search(rf"\b{name}\b", path.read_text("utf-8"))
    }
    assert unknown == set()
