"""A programme copied to the next year: every date in term time, every partnership as chosen, once."""

import datetime as dt

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import OutgoingMail
from accounts.roles import Role
from programmes.calendar import calendar_of
from programmes.models import (
    ConflictOfInterest,
    DataPoint,
    PartnerSchool,
    Partnership,
    PartnerTeacher,
    Programme,
    TermDate,
)
from programmes.placing import moved_window
from programmes.services import copying, programmes, timetables
from programmes.services.copying import Carry
from programmes.services.objections import window
from programmes.timetables import load_templates
from tests.copies import SEPTEMBER_2027, copied, in_term, whole_programme
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
)
from tests.term_dates import YEAR_2026, YEAR_2027, calendars, give_term_dates
from tests.timetables import template_called
from tests.together import at_once

Status = Partnership.Status


@pytest.fixture
def person(db):
    return UserFactory()


@pytest.fixture
def programme(person):
    organisation = OrganisationFactory()
    give_term_dates(organisation, YEAR_2026)
    give_term_dates(organisation, YEAR_2027)
    return whole_programme(organisation, person)


def test_everything_comes_along_and_every_date_lies_in_term(person, programme):
    copy, new = copied(person, programme)

    assert new
    assert (copy.status, copy.slug, copy.copied_from) == ("draft", "essex-lesson-study-2027-28", programme)
    assert {field: getattr(copy, field) for field in copying.SETTINGS} == {
        field: getattr(programme, field) for field in copying.SETTINGS
    }
    assert [(s.name, s.half_days, s.funded_partner_half_days, s.host) for s in copy.timetable.all()] == [
        (s.name, s.half_days, s.funded_partner_half_days, s.host) for s in programme.timetable.all()
    ]
    assert [(a.name, [c.user for c in a.consultants.all()]) for a in copy.areas.all()] == [("North", [person])]
    assert list(copy.expectations.values_list("year_group", "met_from", "exceeded_from")) == [(5, "3a", "4b")]
    assert list(copy.success_criteria.values_list("measure", "target_pct")) == [("positive_feedback", 90)]
    assert list(copy.agreement_texts.values_list("version", "protocol")) == [(1, "Protocol 2")]
    assert list(copy.data_points.values_list("name", "due_on")) == [
        ("October", dt.date(2027, 10, 15)),
        ("December", dt.date(2027, 12, 10)),
        ("Summer", dt.date(2028, 6, 30)),
    ]
    days = [day for s in copy.timetable.all() for day in (s.window_start, s.window_end)]
    days += [copy.agreement_revisited_on, *copy.data_points.values_list("due_on", flat=True)]
    assert all(in_term(day, YEAR_2027) for day in days)
    assert [wrong for _, wrong in timetables.with_trouble(copy) if wrong] == []


@given(made=calendars(), other=calendars(), seed=st.randoms(use_true_random=False))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_date_of_a_copy_lies_in_term_whatever_the_calendars(db, made, other, seed):
    person, organisation = UserFactory(), OrganisationFactory()
    if made[0] == other[0]:
        return
    give_term_dates(organisation, made[1])
    give_term_dates(organisation, other[1])
    load_templates()
    programme = ProgrammeFactory(organisation=organisation, starts_on=made[0], ends_on=dt.date(made[0].year + 1, 8, 31))
    timetables.place_template(person, programme, template_called("Essex 2008-09"))
    days = seed.sample(range(360), 4)
    for number, day in enumerate(days):
        on = made[0] + dt.timedelta(days=day)
        DataPoint.objects.create(programme=programme, name=f"Point {number}", due_on=on)

    copy, _ = copying.copy_programme(person, programme, name="Copy", year=other[0], choices={})

    days = [day for s in copy.timetable.all() for day in (s.window_start, s.window_end)]
    days += copy.data_points.values_list("due_on", flat=True)
    assert len(days) == 12 * 2 + 4
    assert all(in_term(day, other[1]) for day in days)
    assert [wrong for _, wrong in timetables.with_trouble(copy) if wrong] == []


@pytest.mark.django_db
def test_a_window_that_is_cut_in_the_new_year_says_so():
    organisation = OrganisationFactory()
    long, short = [
        [
            ("Autumn 1", dt.date(year, 9, 1), dt.date(year, 10, end)),
            ("Autumn 2", dt.date(year, 11, 2), dt.date(year, 12, 17)),
            ("Spring 1", dt.date(year + 1, 1, 5), dt.date(year + 1, 2, 11)),
            ("Spring 2", dt.date(year + 1, 2, 21), dt.date(year + 1, 3, 25)),
            ("Summer 1", dt.date(year + 1, 4, 12), dt.date(year + 1, 5, 26)),
            ("Summer 2", dt.date(year + 1, 6, 6), dt.date(year + 1, 7, 20)),
        ]
        for year, end in ((2026, 23), (2027, 8))
    ]
    give_term_dates(organisation, long)
    give_term_dates(organisation, short)
    calendar, year = calendar_of(organisation.pk), dt.date(2027, 9, 1)

    cut = moved_window(dt.date(2026, 10, 5), dt.date(2026, 10, 16), calendar, calendar, year)
    whole = moved_window(dt.date(2026, 9, 7), dt.date(2026, 9, 18), calendar, calendar, year)

    assert cut.note == "Autumn 1 has 6 weeks: the window is cut to fit."
    assert whole.note == ""


def test_partnerships_go_on_as_chosen_one_by_one(person, programme):
    area = programme.areas.get()
    for ref, status in (
        ("GOES", Status.ACTIVE),
        ("ASKED", Status.ACTIVE),
        ("ENDS", Status.ACTIVE),
        ("STAYS", Status.ACTIVE),
        ("GONE", Status.FOLDED),
    ):
        PartnershipFactory(programme=programme, ref=ref, status=status, area=area)
    week = {"release_half_days": ["mon-am", "tue-am"], "preferred_half_days": ["tue-am"], "teaches": ["tue-am"]}
    PartnerTeacher.objects.update(**week, ppa="fri-pm")
    old = {p.ref: p for p in programme.partnerships.with_people()}

    copy, _ = copied(
        person,
        programme,
        GOES=Carry.EMBEDDING,
        ASKED=Carry.AGAIN,
        ENDS=Carry.COMPLETED,
        STAYS=Carry.LEFT,
        GONE=Carry.EMBEDDING,
    )

    new = {p.ref: p for p in copy.partnerships.with_people().prefetch_related("steps")}
    assert {ref: p.status for ref, p in new.items()} == {"GOES": Status.EMBEDDING, "ASKED": Status.PROPOSED}
    for ref, partnership in new.items():
        assert partnership.teachers == old[ref].teachers
        assert (partnership.partner_school, partnership.subject) == (old[ref].partner_school, old[ref].subject)
        (teacher,) = partnership.partner_teachers.all()
        assert {field: getattr(teacher, field) for field in [*week, "ppa"]} == week | {"ppa": "fri-pm"}
        assert partnership.area.name == "North"
        assert partnership.area.programme == copy
        assert [step.status for step in partnership.steps.all()] == [partnership.status]
    assert dict(programme.partnerships.values_list("ref", "status")) == {
        "GOES": "active",
        "ASKED": "active",
        "ENDS": "completed",
        "STAYS": "active",
        "GONE": "folded",
    }
    assert copy.specialists.count() == 2


def test_whom_a_copy_asks_again_is_told_when_it_starts_and_nobody_else(person, programme):
    told = []
    for ref in ("GOES", "ASKED"):
        partnership = PartnershipFactory(programme=programme, ref=ref)
        head = MembershipFactory(
            role=Role.HEADTEACHER, organisation=programme.organisation, school=partnership.partner_school
        )
        told.append((head.user, partnership.specialist.user))

    copy, _ = copied(person, programme, GOES=Carry.EMBEDDING, ASKED=Carry.AGAIN)
    told_by_the_draft = OutgoingMail.objects.count()
    copy.tasks_done = ["areas", "timetable", "data_points", "assessment", "criteria", "staff"]
    copy.save()
    with time_machine.travel(dt.datetime(2027, 9, 3, 12, tzinfo=dt.UTC), tick=False):
        programmes.activate(person, copy)

    asked = copy.partnerships.get(ref="ASKED")
    assert told_by_the_draft == 0
    assert {mail.to for mail in OutgoingMail.objects.all()} == set(told[1])
    assert [step.on for step in asked.steps.all()] == [dt.date(2027, 9, 3)]
    assert window(asked, dt.date(2027, 9, 17)).is_open
    assert not window(asked, dt.date(2027, 9, 18)).is_open


def test_a_specialist_teacher_with_two_partnerships_comes_along_once_with_buddy_and_conflicts(person, programme):
    first, second = (SpecialistTeacherFactory(programme=programme, ref=ref, ppa="fri-pm") for ref in ("S1", "S2"))
    first.buddy = second
    first.save()
    ConflictOfInterest.objects.create(specialist=first, school=SchoolFactory(), declared_by="Someone")
    for ref, specialist in (("A", first), ("B", first), ("C", second)):
        PartnershipFactory(programme=programme, ref=ref, specialist=specialist)

    copy, _ = copied(person, programme, A=Carry.EMBEDDING, B=Carry.AGAIN, C=Carry.EMBEDDING)

    assert list(copy.specialists.values_list("ref", "user", "ppa", "buddy__ref")) == [
        ("S1", first.user_id, "fri-pm", "S2"),
        ("S2", second.user_id, "fri-pm", None),
    ]
    assert copy.partnerships.filter(specialist__ref="S1").count() == 2
    assert copy.specialists.get(ref="S1").conflicts.count() == 1


def test_partner_schools_come_along_where_their_partnership_does_or_they_asked_for_the_next_year(person, programme):
    partnership = PartnershipFactory(programme=programme, ref="GOES")
    PartnershipFactory(programme=programme, ref="STAYS")
    for school, stage in (
        (partnership.partner_school, PartnerSchool.Stage.JOINED),
        (SchoolFactory(name="Waits", la_code=programme.organisation.la_code), PartnerSchool.Stage.NEXT_YEAR),
        (SchoolFactory(name="Declined", la_code=programme.organisation.la_code), PartnerSchool.Stage.DECLINED),
    ):
        PartnerSchool.objects.get_or_create(programme=programme, school=school, defaults={"stage": stage})
    Programme.objects.filter(pk=programme.pk).update(other_authorities=True)
    programme.refresh_from_db()

    copy, _ = copied(person, programme, GOES=Carry.EMBEDDING)

    assert {(row.school.name, row.stage) for row in copy.partner_schools.all()} == {
        (partnership.partner_school.name, PartnerSchool.Stage.JOINED),
        ("Waits", PartnerSchool.Stage.ENQUIRY),
    }


def test_who_withdrew_and_a_closed_school_cannot_go_on(person, programme):
    withdrawn = SpecialistTeacherFactory(programme=programme, status="withdrawn")
    closed = SchoolFactory(status="closed")
    rows = {
        "withdrawn": PartnershipFactory(programme=programme, specialist=withdrawn),
        "closed": PartnershipFactory(programme=programme, partner_school=closed),
        "proposed": PartnershipFactory(programme=programme, status=Status.PROPOSED),
        "completed": PartnershipFactory(programme=programme, status=Status.COMPLETED),
        "paused": PartnershipFactory(programme=programme, status=Status.PAUSED),
        "folded": PartnershipFactory(programme=programme, status=Status.FOLDED),
        "embedding": PartnershipFactory(programme=programme, status=Status.EMBEDDING),
        "active": PartnershipFactory(programme=programme),
    }

    offered = {name: copying.choices_for(row, programme) for name, row in rows.items()}

    assert offered == {
        "withdrawn": [Carry.COMPLETED, Carry.LEFT],
        "closed": [Carry.COMPLETED, Carry.LEFT],
        "proposed": [Carry.AGAIN, Carry.LEFT],
        "completed": [Carry.EMBEDDING, Carry.AGAIN, Carry.LEFT],
        "paused": [Carry.LEFT, Carry.EMBEDDING, Carry.AGAIN],
        "folded": [Carry.LEFT, Carry.AGAIN],
        "embedding": [Carry.EMBEDDING, Carry.AGAIN, Carry.COMPLETED, Carry.LEFT],
        "active": [Carry.EMBEDDING, Carry.AGAIN, Carry.COMPLETED, Carry.LEFT],
    }


def test_a_copy_that_fails_leaves_nothing(person, programme, monkeypatch):
    PartnershipFactory(programme=programme, ref="GOES")

    def fails(*args):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(copying.data_points, "call_each", fails)
    with pytest.raises(RuntimeError):
        copied(person, programme, GOES=Carry.EMBEDDING)

    assert Programme.objects.filter(copied_from=programme).count() == 0
    assert Partnership.objects.count() == 1


def test_without_the_new_years_term_dates_nothing_is_copied(person, programme):
    TermDate.objects.filter(starts_on__gte=SEPTEMBER_2027).delete()

    with pytest.raises(copying.placing.NoTermDates):
        copied(person, programme)

    assert Programme.objects.filter(copied_from=programme).count() == 0


def test_a_programme_without_term_dates_of_its_own_moves_by_whole_weeks_into_term(person, programme):
    TermDate.objects.filter(starts_on__lt=SEPTEMBER_2027).delete()

    copy, _ = copied(person, programme)

    assert all(in_term(s.window_start, YEAR_2027) and in_term(s.window_end, YEAR_2027) for s in copy.timetable.all())
    assert copy.timetable.first().window_start.weekday() == programme.timetable.first().window_start.weekday()


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_one_copies_and_the_other_finds_the_copy():
    person, organisation = UserFactory(), OrganisationFactory()
    give_term_dates(organisation, YEAR_2026)
    give_term_dates(organisation, YEAR_2027)
    programme = whole_programme(organisation, person)
    PartnershipFactory(programme=programme, ref="GOES")

    found = at_once(*[lambda: copied(person, programme, GOES=Carry.EMBEDDING)] * 2)

    assert sorted(new for _, new in found) == [False, True]
    assert len({copy.pk for copy, _ in found}) == 1
    assert Programme.objects.filter(copied_from=programme).count() == 1
