"""Replacing the people of a partnership; it is Wednesday 27 January 2027."""

import datetime as dt

from accounts.roles import Role
from programmes.models import PartnerTeacher
from programmes.services import people

TODAY = dt.date(2027, 1, 27)
SUMMER = dt.date(2027, 6, 2)


def teacher_row(ours):
    return PartnerTeacher.objects.get(partnership=ours.partnership, until=None)


def replace_teacher(ours, on=TODAY, **who):
    who = who or {"email": "new@schools.example", "first_name": "New", "last_name": "Comer"}
    person = ours.people[Role.COORDINATOR]
    return people.replace_partner_teacher(person, teacher_row(ours), on=on, because="Left the school", **who)


def booked(visit):
    return set(visit.bookings.values_list("person", flat=True))
