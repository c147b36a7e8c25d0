"""A page of a list that may be long: as many rows as are shown, and one more to know whether there are others. No total."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

LAST = 10_000


class Sliceable(Protocol):
    """Rows that can be cut: a query, or what behaves like one."""

    def __getitem__(self, wanted: slice, /) -> Any: ...


@dataclass(frozen=True)
class Page:
    """Some rows, and whether there are others before and after them."""

    rows: list[Any]
    number: int
    has_next: bool

    def __iter__(self) -> Iterator:
        return iter(self.rows)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


def page_of(rows: Sliceable, number: str | None, size: int) -> Page:
    """The page of that number, as the address gives it; the first where it gives none that can be."""
    wanted = int(number) if number and number.isdecimal() and len(number) < 10 else 1
    place = min(max(wanted, 1), LAST)
    found = list(rows[(place - 1) * size : place * size + 1])
    return Page(rows=found[:size], number=place, has_next=len(found) > size)
