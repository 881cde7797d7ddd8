"""A series changed from a day on, as a coordinator does it."""

import re

from django.urls import reverse
from django.utils import timezone

from tests.factories import AttendanceFactory
from tests.meetings import text

FROM = "1/2/2027"
LATER = ["2027-02-04", "2027-03-04", "2027-03-18"]  # of the series, from the first of February on


def address(row):
    return reverse("events:series_change", args=[row.pk])


def typed(client, row, **fields):
    """The form as it is shown, with what someone changes in it."""
    form = client.get(address(row)).context["form"]
    shown = {name: in_the_box(form, name) for name in form.fields} | {"from_on": FROM} | fields
    return {name: value for name, value in shown.items() if value is not None and value is not False}


def in_the_box(form, name):
    value, widget = form[name].value(), form.fields[name].widget
    return widget.format_value(value) if hasattr(value, "year") or hasattr(value, "hour") else value


def check(client, row, **fields):
    asked = typed(client, row, **fields)
    page = client.post(address(row), asked)
    return asked, page


def change(client, row, keep=(), also=(), **fields):
    """Type, check, confirm; what the person is told."""
    asked, page = check(client, row, **fields)
    seen = re.search(r'name="checked" value="(\w+)"', page.content.decode())[1]
    answer = client.post(address(row), asked | {"checked": seen, "keep": keep, "also": also}, follow=True)
    return text(answer)


def invite(row, *people):
    for event in row.events.all():
        for person in people:
            AttendanceFactory(event=event, person=person, invited_at=timezone.now(), answer="accepted")
