"""What a kind of report is: whom it is for, what it says, how it looks and what its tables are."""

from collections.abc import Callable
from dataclasses import dataclass

from papers.sheets import Sheet


@dataclass(frozen=True)
class Kind:
    """One kind of report. Page, PDF and files are made of the same figures, plain values that JSON can hold."""

    value: str
    template: str
    figures: Callable  # Report -> what it says, as values; the only step that asks the database
    tables: Callable[[dict], list[Sheet]]  # the figures -> the tables of its CSV and workbook
    may_order: Callable  # (person, Report not saved yet) -> whether they may have it made
    whose: str  # a sentence: who it is for, and how to keep it
    offers: Callable = lambda person: []  # person -> Reports not saved yet, of which the list of reports offers to make
    drawn: Callable = lambda figures, on_paper: {}  # (the figures, whether on paper) -> what the template draws
    names_pupils: bool = False
    parts: frozenset[str] = frozenset()  # of which whoever orders it chooses some, in an order
