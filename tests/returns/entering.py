"""A partnership with six target pupils whose October grades are in, and what its teachers post for December."""

import datetime as dt
import uuid
from types import SimpleNamespace

from django.urls import reverse

from accounts.roles import IN_ORGANISATION, Role
from programmes.models import DataReturn
from pupils import scales
from pupils.returns.counting import count_returns
from tests.factories import (
    AssessmentFactory,
    DataPointFactory,
    MembershipFactory,
    PartnershipFactory,
    PlaceFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    TargetPupilFactory,
)
from tests.world import person

TODAY = dt.datetime(2026, 12, 3, 12, tzinfo=dt.UTC)
POINTS = [
    ("October", dt.date(2026, 10, 16)),
    ("December", dt.date(2026, 12, 11)),
    ("March", dt.date(2027, 3, 19)),
    ("Summer", dt.date(2027, 6, 25)),
]
PUPILS = [
    ("Kayla", "Brand", "3b"),
    ("Marcus", "Hale", "3c"),
    ("Sana", "Malik", "3c"),
    ("Jonah", "Okafor", "3b"),
    ("Ivy", "Tran", "3c"),
    ("Theo", "Wren", "3c"),
]
DECEMBER = ["3a", "absent", "3b", "2a", "3b", "3c"]  # in the order of the page


def six_pupils():
    """`at.december` and the other returns by name, `at.places` in the order of the page, `at.hannah` and `at.tom` the
    teachers, `at.head` of the partner school, `at.home_head`, `at.amira` the coordinator, `at.leo` the consultant."""
    at = SimpleNamespace()
    at.programme = ProgrammeFactory(slug="county")
    at.points = [DataPointFactory(programme=at.programme, name=name, due_on=day) for name, day in POINTS]
    at.hannah, at.tom = person("Hannah", Role.SPECIALIST), person("Tom", Role.PARTNER)
    at.head, at.home_head = person("Grace", Role.HEADTEACHER), person("Hugh", Role.HEADTEACHER)
    at.amira, at.leo = person("Amira", Role.COORDINATOR), person("Leo", Role.CONSULTANT)
    at.school, at.home = SchoolFactory(name="Jaywell Junior School"), SchoolFactory(name="Wivenbrook Primary School")
    specialist = SpecialistTeacherFactory(programme=at.programme, user=at.hannah, home_school=at.home)
    specialist.consultant = at.leo
    specialist.save()
    at.partnership = PartnershipFactory(
        programme=at.programme, ref="P01", specialist=specialist, partner_school=at.school, partner_teacher=at.tom
    )
    schools = {at.tom: at.school, at.head: at.school, at.home_head: at.home}
    for user, role in [
        (at.hannah, Role.SPECIALIST),
        (at.tom, Role.PARTNER),
        (at.head, Role.HEADTEACHER),
        (at.home_head, Role.HEADTEACHER),
        (at.amira, Role.COORDINATOR),
        (at.leo, Role.CONSULTANT),
    ]:
        school = None if role in IN_ORGANISATION else schools[user]
        MembershipFactory(user=user, role=role, organisation=at.programme.organisation, school=school)
    at.grades = {grade.code: grade for grade in scales.load_scale(at.programme.scale).grades.select_related("scale")}
    at.places = []
    for number, (first, last, october) in enumerate(PUPILS, start=1):
        pupil = TargetPupilFactory(programme=at.programme, ref=f"C{number:03}", first_name=first, last_name=last)
        at.places.append(PlaceFactory(partnership=at.partnership, pupil=pupil))
        AssessmentFactory(place=at.places[-1], data_point=at.points[0], grade=at.grades[october])
    count_returns(at.programme)
    rows = DataReturn.objects.filter(partnership=at.partnership)
    rows.filter(data_point=at.points[0]).update(state="submitted")
    for row in rows.select_related("data_point", "partnership__programme"):
        setattr(at, row.data_point.name.lower(), row)
    return at


def address(name, row):
    return reverse(f"pupils:{name}", args=[row.pk])


def box(kind, place):
    return f"{kind}-{place.pk}"


def cell(kind, place, text, seq=1, base=0):
    return {"field": box(kind, place), "text": text, "seq": seq, "base": base}


def autosave(client, user, row, *cells, page=None, **more):
    """What the page saves by itself."""
    client.force_login(user)
    body = {"who": user.pk, "client": str(page or uuid.uuid4()), "cells": list(cells)} | more
    return client.post(address("return_save", row), body, content_type="application/json")


def enter(client, user, row, places, texts):
    """Each of these grades typed by this person, one after another."""
    cells = [cell("grade", place, text, seq) for seq, (place, text) in enumerate(zip(places, texts, strict=True), 1)]
    answer = autosave(client, user, row, *cells)
    assert answer.status_code == 200, answer.content
    return answer


def page_of(response):
    """What a browser would send of an untouched grid."""
    data = {"client": str(response.context["client"]), "seq": "0"}
    for one in response.context["page"].boxes:
        data[f"base-{one.field}"] = str(one.version)
        if one.kind != "tick" or one.text:
            data[one.field] = one.text
    return data


def submit(client, user, row):
    client.force_login(user)
    version = client.get(address("return_check", row)).context["sheet_version"]
    return client.post(address("return_check", row), {"version": version}, follow=True)


def counts(row):
    row = DataReturn.objects.get(pk=row.pk)
    return (row.state, row.assessed, row.excused, row.expected, row.version)
