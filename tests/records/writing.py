"""Records that are being written: a past visit of ours, its two teachers, and what they post."""

import datetime as dt
import uuid

from django.urls import reverse

from accounts.roles import Role
from tests.factories import BookingFactory, VisitFactory
from tests.world import build_world

VISITED_ON = dt.date(2026, 11, 10)
TODAY = dt.datetime(2026, 11, 12, 12, tzinfo=dt.UTC)
WORDS = {
    "section__barriers": "Few words for fractions.",
    "section__focus": "Talk before writing.",
    "action__1__what": "Lend the fraction wall",
    "action__1__due_on": "20 November 2026",
    "gap__specialist__what": "Find three open questions",
    "gap__partner__what": "Try talk partners with A and B",
    "gap__partner__due_on": "24/11/2026",
}


def past_visit(**fields):
    """Our corner with a visit of 10 November: `ours.past`, `ours.sara` (specialist) and `ours.pat` (partner)."""
    ours, ours.next_door, ours.elsewhere = build_world()
    ours.past = VisitFactory(partnership=ours.partnership, **{"on": VISITED_ON} | fields)
    ours.sara, ours.pat = ours.people[Role.SPECIALIST], ours.people[Role.PARTNER]
    for person in (ours.sara, ours.pat):
        BookingFactory(visit=ours.past, person=person, school=None)
    return ours


def address(name, visit):
    return reverse(f"lessons:{name}", args=[visit.pk])


def page_of(response):
    """What a browser would send of an untouched editor: each box with the version from which it began."""
    editor = response.context["editor"]
    data = {"client": str(response.context["client"]), "seq": "0", "look": "1"}
    for box in editor.boxes:
        data[f"base-{box.field}"] = str(box.version)
        if box.kind != "radios" or box.text:
            data[box.field] = box.text
    return data


def opened(client, person, visit):
    client.force_login(person)
    return page_of(client.get(address("write", visit)))


def write(client, person, visit, **boxes):
    """Open the editor, fill these boxes in ("section_focus" is section-focus) and save."""
    data = opened(client, person, visit)
    return client.post(address("write", visit), data | named(boxes), follow=True)


def named(boxes):
    return {name.replace("__", "-"): text for name, text in boxes.items()}


def sign(client, person, record):
    client.force_login(person)
    record.sheet.refresh_from_db()
    return client.post(address("sign", record.visit), {"version": record.sheet.version}, follow=True)


def cell(field, text, seq=1, base=0):
    return {"field": field, "text": text, "seq": seq, "base": base}


def autosave(client, person, visit, *cells, page=None, **more):
    """What the page saves by itself; `page` is the id of an editor that was opened."""
    body = {"who": person.pk, "client": str(page or uuid.uuid4()), "cells": list(cells)} | more
    return client.post(address("autosave", visit), body, content_type="application/json")


def texts_of(record):
    return {note.field: note.text for note in record.sheet.notes.all() if note.text}


def whole(ours):
    """Every box filled in, by one teacher."""
    return WORDS | {
        "action__1__owner": str(ours.sara.pk),
        f"presence__{ours.place.pk}": "present",
        f"cover__{ours.pat.pk}": "supply",
    }


def signed_off(client, ours, **boxes):
    write(client, ours.pat, ours.past, **(boxes or whole(ours)))
    record = ours.past.record
    sign(client, ours.pat, record)
    sign(client, ours.sara, record)
    record.refresh_from_db()
    return record
