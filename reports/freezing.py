"""What the pages and reports of results say, written down before the pupils behind it are erased."""

from accounts.models import User
from accounts.roles import GRANTS
from pupils.models import Place
from reports.figures.programme import programme_figures
from reports.frozen import write_cells, write_shown
from reports.results_page import Reader


class Anybody(Reader):
    """A reader of whom no more is known than what they see. `reach` are the places that they know by reference."""

    def __init__(self, programme, whole, exact):
        self.look(programme, whole, exact, Place.objects.filter(partnership__programme=programme, pk__in=[]))


def freeze_pages(programme) -> dict:
    """The page for whoever sees all of it exactly, or protected, and for each person who reaches a part of the pupils;
    and the figures of the programme's report."""
    people = {}
    for person in people_with_results(programme):
        reader = Reader(person, programme)
        if not (reader.whole and reader.exact) and reader.reach.exists():
            people[person.pk] = page_of(reader)
    return {
        "pages": {
            "exact": page_of(Anybody(programme, True, True)),
            "protected": page_of(Anybody(programme, True, False)),
            "none": page_of(Anybody(programme, False, True)),
            "people": people,
        },
        "report": programme_figures(programme),
    }


def people_with_results(programme):
    roles = GRANTS["results.view"]
    return User.objects.filter(memberships__organisation=programme.organisation, memberships__role__in=roles).distinct()


def page_of(reader) -> dict:
    """With the smallest parts of the table, for who sees it exactly: a later year is compared with their sums."""
    return {
        "cells": write_cells(reader.facts) if reader.exact else None,
        "whole": reader.whole,
        "exact": reader.exact,
        "tabs": reader.tabs,
        "shown": {by: write_shown(reader.shown(by)) for by, _ in reader.tabs},
    }
