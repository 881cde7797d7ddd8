"""Marking who is there, as a phone does."""

import re

from django.urls import reverse

from visits.models import Attendance


def tap(client, event, who, present="yes", **extra):
    page = {name: extra.pop(name) for name in ("shown", "closed") if name in extra}
    return client.post(reverse("events:mark", args=[event.pk]), page | {"who": who, "present": present}, **extra)


def marks(event):
    rows = Attendance.objects.filter(event=event)
    return {
        row.person.last_name if row.person else row.guest_name: row.present for row in rows.select_related("person")
    }


def shown_by(page):
    """What a page of the register sends along with each tap: what it shows."""
    body = page.content.decode()
    shown = re.findall(r'name="shown" value="([^"]+)"', body)
    return {"shown": shown, "closed": re.search(r'name="closed" value="(\w+)"', body)[1]}


def open_register(client, event):
    return shown_by(client.get(reverse("events:attendance", args=[event.pk])))


def htmx_tap(client, event, who, page, present="yes"):
    return tap(client, event, who, present, headers={"HX-Request": "true"}, **page)
