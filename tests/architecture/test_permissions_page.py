"""`docs/permissions.md` is what the code says; that the running suite says it too is a journey."""

from architecture.page import BLOCK
from architecture.permissions_page import PAGE, filled
from embedded.keys import SERVICES


def test_the_page_is_what_the_code_says() -> None:
    text = PAGE.read_text("utf-8")
    assert filled(text) == text, "python -m architecture.permissions_page writes its tables anew"
    assert [block["part"] for block in BLOCK.finditer(text)] == list(SERVICES)
