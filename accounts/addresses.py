"""Addresses of many rows: a page of hundreds of them does not look through all patterns for each."""

from functools import cache

from django.urls import reverse


@cache
def page_at(name: str) -> str:
    """As `reverse(name)`, looked up once: the menu stands on every page."""
    return reverse(name)


@cache
def around(name: str) -> tuple[str, str]:
    """What stands before and after the number of the row."""
    before, _, after = reverse(name, args=[0]).rpartition("0")
    return before, after


def address_of(name: str, pk: int) -> str:
    """As `reverse(name, args=[pk])`, for a page whose address has one number and nothing else that varies."""
    before, after = around(name)
    return f"{before}{pk:d}{after}"
