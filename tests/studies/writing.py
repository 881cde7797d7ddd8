"""A study of our corner that is being written: Pat teaches, Sara observes, and what their pages send."""

import uuid

from django.urls import reverse

from accounts.roles import Role
from lessons import services
from lessons.models import Sheet
from tests.factories import PlaceFactory
from tests.world import build_world

QUESTION = "to say why a sentence needs mending"


def with_group():
    """Our corner with three target pupils and a study of its own: `ours.group`, its lessons `ours.first` and so on."""
    ours, ours.next_door, ours.elsewhere = build_world()
    ours.sara, ours.pat = ours.people[Role.SPECIALIST], ours.people[Role.PARTNER]
    ours.places = [ours.place, *(PlaceFactory(partnership=ours.partnership) for _ in range(2))]
    ours.group = services.start_study(ours.pat, ours.partnership, 3, {"question": QUESTION}, ours.places, uuid.uuid4())
    ours.first, ours.second, ours.third = ours.group.research_lessons.order_by("number")
    ours.stages = list(ours.first.stages.all())
    return ours


def address(name, row):
    return reverse(f"lessons:{name}", args=[row.pk])


def cell(field, text, seq=1, base=0):
    return {"field": field, "text": text, "seq": seq, "base": base}


def save(client, person, lesson, *cells, page=None, **more):
    """What the sheet saves by itself; `page` is the id of one that was opened."""
    client.force_login(person)
    body = {"who": person.pk, "client": str(page or uuid.uuid4()), "cells": list(cells)} | more
    return client.post(address("lesson_autosave", lesson), body, content_type="application/json")


def post(client, person, lesson, **boxes):
    """The page of the sheet as a browser without scripts sends it: "stage" is a button, other names are boxes."""
    client.force_login(person)
    button = {"stage": boxes.pop("stage")} if "stage" in boxes else {}
    notes = {note.field: note for note in lesson.sheet.notes.all()}
    named = {name.replace("__", "-"): text for name, text in boxes.items()}
    bases = {f"base-{name}": notes[name].version if name in notes else 0 for name in named}
    data = {"client": str(uuid.uuid4()), "seq": "0"} | named | bases | button
    return client.post(address("sheet", lesson), data, follow=True)


def texts_of(lesson):
    return {name: text for name, text in Sheet.objects.get(pk=lesson.sheet_id).texts.items() if text}


def predicted(ours, letter="A", stage=0):
    return f"predicted-{ours.stages[stage].pk}-{letter}"


def write(person, lesson, texts, bases=0):
    notes = {note.field: note.version for note in lesson.sheet.notes.all()}
    cells = [services.Cell(name, text, notes.get(name, 0), seq) for seq, (name, text) in enumerate(texts.items(), 1)]
    services.write_cells(person, lesson.sheet, cells, uuid.uuid4())
