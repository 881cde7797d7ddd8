"""What a subject may be called: the results have blocks of their own beside those of the subjects."""

import re

NAMES_OF_RESULTS = {"all", "missing_first", "missing_final", "partnerships", "specialist_teachers", "outcomes"}


def stands_in_the_way(subject: str) -> bool:
    """Whether the results have a line of this name of their own."""
    return subject.casefold() in NAMES_OF_RESULTS or bool(re.search(r"\byear \d+$", subject.casefold()))
