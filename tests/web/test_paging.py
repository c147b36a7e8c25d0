"""A page of a list: what is on it, and whether there are others."""

import pytest

from equipoise.web.paging import LAST, page_of


@pytest.mark.parametrize(
    ("number", "rows", "before", "after"),
    [
        (None, [0, 1, 2], False, True),
        ("1", [0, 1, 2], False, True),
        ("2", [3, 4, 5], True, True),
        ("3", [6], True, False),
        ("4", [], True, False),
        ("0", [0, 1, 2], False, True),
        ("-1", [0, 1, 2], False, True),
        ("x", [0, 1, 2], False, True),
        ("9" * 40, [0, 1, 2], False, True),
    ],
)
def test_a_page_and_its_neighbours(number, rows, before, after):
    page = page_of(list(range(7)), number, 3)
    assert (page.rows, page.has_previous, page.has_next) == (rows, before, after)


def test_no_page_beyond_the_last():
    assert page_of([], str(LAST + 5), 3).number == LAST


def test_a_chinese_name_is_found_as_it_is_written(db, person, hangzhou):
    from equipoise.web.people.queries import find

    found = person(hangzhou, "investigator", family_name="王", given_name="小明", department="Neurology")
    reader = person(hangzhou, "investigator")
    for words in ("王小明", "小明", "王 小明", "neuro 王", found.email.upper()):
        assert list(find(reader, words)) == [found], words
    assert not find(reader, "王大明")
