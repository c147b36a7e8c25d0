"""Finding rows by words that a person types."""

from django.db.models import Q, QuerySet

MOST_WORDS = 6


def with_all_words(rows: QuerySet, text: str) -> QuerySet:
    """The rows whose `searchable`, a column in small letters that the database keeps, has every word of the text."""
    for word in text.lower().split()[:MOST_WORDS]:
        rows = rows.filter(searchable__contains=word)
    return rows


def with_words(rows: QuerySet, fields: tuple[str, ...], text: str) -> QuerySet:
    """The rows that have every word of the text in one of the fields or another; words after the sixth do not count."""
    for word in text.split()[:MOST_WORDS]:
        either = Q()
        for field in fields:
            either |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(either)
    return rows
