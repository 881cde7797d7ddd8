"""What a subject may be called, as the results have blocks beside those of the subjects; and what a school wants."""

import re

from papers.templatetags.plain import year_words

NAMES_OF_RESULTS = {"all", "missing_first", "missing_final", "partnerships", "specialist_teachers", "outcomes"}


def stands_in_the_way(subject: str) -> bool:
    """Whether the results have a line of this name of their own."""
    return subject.casefold() in NAMES_OF_RESULTS or bool(re.search(r"\byear \d+$", subject.casefold()))


def wanted_in_words(subject: str, year_group: int | None) -> str:
    """Year 5 maths; Year 5, any subject; maths, any year group; any subject and year group."""
    if subject and year_group is not None:
        return f"{year_words(year_group)} {subject}"
    if subject:
        return f"{subject}, any year group"
    return "any subject and year group" if year_group is None else f"{year_words(year_group)}, any subject"
