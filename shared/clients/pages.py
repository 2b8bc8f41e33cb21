"""Lists, page by page."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from chassis.asked import Page
from chassis.errors import Internal

Row = TypeVar("Row")


def all_rows(
    page_after: Callable[[str | None], Page[Row]], most_pages: int = 1_000
) -> Iterator[Row]:
    """Yield the rows of all pages: `all_rows(lambda after: media.list_projects(cursor=after))`.

    Raises `Internal("clients.endless_list")` if there are more than `most_pages` pages.
    """
    cursor = None
    for _ in range(most_pages):
        page = page_after(cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return
    raise Internal("clients.endless_list", f"there are more than {most_pages} pages")
