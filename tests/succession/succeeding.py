"""How a school is followed by another, on the pages."""

import datetime as dt

from django.urls import reverse

from programmes.models import SchoolClosure

TODAY = dt.date(2027, 1, 27)


def closed(school, on, *, kind="closed", last=None):
    return SchoolClosure.objects.create(school=school, kind=kind, first_on=on, last_on=last or on)


def words(answer):
    return " ".join(answer.content.decode().split())


def address(school):
    return reverse("accounts:succeed", args=[school.urn])


def confirm(client, old, new):
    picked = {"successor": new.name, "successor-for": new.name, "successor-is": new.pk}
    return client.post(address(old), picked | {"confirmed": "yes"}, follow=True)
