"""A programme copied to the next year: every date in term time, every partnership as chosen, once."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
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
    Programme,
    TermDate,
)
from programmes.placing import moved_window
from programmes.services import copying, life, programmes, timetables
from programmes.services.copying import Carry
from programmes.services.objections import window
from programmes.timetables import load_templates
from tests.copies import SEPTEMBER_2027, copied, whole_programme
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
)
from tests.reading import text_of
from tests.term_dates import YEAR_2026, YEAR_2027, calendars, give_term_dates, hidden, lines
from tests.timetables import template_called
from tests.together import at_once
from tests.world import build_world

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


def in_term(day, rows):
    return any(first <= day <= last for _, first, last in rows)


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


# In the browser ---------------------------------------------------------------------------------------------------


@pytest.fixture
def ours(db):
    ours = build_world()[0]
    timetables.place_template(ours.people[Role.COORDINATOR], ours.programme, template_called("Essex 2008-09"))
    return ours


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return client


def test_from_the_programme_to_the_draft_in_six_actions_with_the_term_dates_to_enter(coordinator, ours):
    address = reverse("programmes:copy", args=[ours.programme.slug])

    ask = coordinator.get(address)  # 1: “Copy to another year”
    (year, enter), *_ = ask.context["without_dates"]
    coordinator.get(enter)  # 2: “Enter those of 2027-28”
    look = coordinator.post(
        enter, {"way": "paste", "pasted": lines(YEAR_2027), "next": address}
    )  # 3: pasted, looked at
    back = coordinator.post(enter, hidden(look) | {"save": "", "next": address})  # 4: “Save the term dates”
    coordinator.get(back.url)
    look = coordinator.post(
        back.url, {"name": "Ourside again", "year": year, "carry": "embedding", "look": ""}
    )  # 5: “Look at the copy”
    done = coordinator.post(address, hidden(look) | {"copy": ""})  # 6: “Make the copy”
    again = coordinator.post(address, hidden(look) | {"copy": ""}, follow=True)

    copy = Programme.objects.get(copied_from=ours.programme)
    assert back.url == address
    assert done.url == reverse("programmes:set_up", args=[copy.slug])
    assert "had been made already" in again.content.decode()
    assert copy.partnerships.count() == ours.programme.partnerships.count() == 2
    assert all(in_term(s.window_start, YEAR_2027) for s in copy.timetable.all())
    assert "Ourside again 2027-28" in again.content.decode()


def test_a_year_without_term_dates_is_asked_for_and_the_choices_are_still_there(coordinator, ours):
    address = reverse("programmes:copy", args=[ours.programme.slug])
    row = f"carry_{ours.partnership.pk}"

    response = coordinator.post(
        address, {"name": "Next", "year": "2027-28", "carry": "embedding", row: "completed", "look": ""}
    )

    form = response.context["form"]
    assert form.errors == {"year": ["Enter the term dates of 2027-28 first: every date is placed on them."]}
    assert (form["name"].value(), form[row].value()) == ("Next", "completed")
    assert not Programme.objects.filter(copied_from=ours.programme).exists()


def test_what_a_partnership_cannot_become_is_refused(coordinator, ours):
    give_term_dates(ours.organisation, YEAR_2027)
    Partnership.objects.filter(pk=ours.partnership.pk).update(status=Status.PROPOSED)
    address = reverse("programmes:copy", args=[ours.programme.slug])
    row = f"carry_{ours.partnership.pk}"
    given = {"name": "Next", "year": "2027-28", "carry": "completed"}

    crafted = coordinator.post(address, given | {row: "completed", "copy": ""})
    for_all = coordinator.post(address, given | {"look": ""})

    assert crafted.context["form"].errors[row] == [f"{ours.partnership.ref}: choose from what is offered."]
    assert for_all.context["form"].choices[ours.partnership.pk] == Carry.LEFT
    assert not Programme.objects.filter(copied_from=ours.programme).exists()


def test_a_closed_programme_can_be_copied_and_keeps_its_partnerships_as_they_are(coordinator, ours):
    give_term_dates(ours.organisation, YEAR_2027)
    Programme.objects.filter(pk=ours.programme.pk).update(status=Programme.Status.CLOSED)
    address = reverse("programmes:copy", args=[ours.programme.slug])

    coordinator.post(address, {"name": "Next", "year": "2027-28", "carry": "embedding", "copy": ""})

    copy = Programme.objects.get(copied_from=ours.programme)
    assert {p.status for p in copy.partnerships.all()} == {Status.EMBEDDING}
    assert {p.status for p in ours.programme.partnerships.all()} == {Status.ACTIVE}


@pytest.fixture
def stopped(ours):
    """One of the two partnerships paused, the other folded, each with its day and its reason."""
    give_term_dates(ours.organisation, YEAR_2027)
    paused, folded = ours.programme.partnerships.order_by("pk")
    with time_machine.travel(dt.datetime(2027, 3, 8, 12, tzinfo=dt.UTC), tick=False):
        life.move(None, paused, Status.PAUSED, on=dt.date(2027, 3, 1), reason="Illness or long absence")
        life.move(None, folded, Status.FOLDED, on=dt.date(2027, 3, 8), reason="Staff change")
        yield paused, folded


def test_one_that_is_paused_or_has_folded_stays_behind_unless_it_is_chosen_itself(client, ours, stopped):
    active = PartnershipFactory(programme=ours.programme, ref="GOES", specialist=ours.partnership.specialist)
    paused, folded = stopped
    client.force_login(ours.people[Role.COORDINATOR])
    address = reverse("programmes:copy", args=[ours.programme.slug])
    given = {"name": "Next", "year": "2027-28", "carry": "embedding", f"carry_{active.pk}": ""}

    ask = text_of(client.get(address))
    look = client.post(address, given | {"look": ""})
    by_itself = client.post(
        address, given | {f"carry_{paused.pk}": "embedding", f"carry_{folded.pk}": "again", "look": ""}
    )

    assert "Since Monday 1 March 2027: Illness or long absence" in ask
    assert "On Monday 8 March 2027: Staff change" in ask
    assert "Those that are paused or have folded stay behind, unless you say otherwise of one of them below." in ask
    assert look.context["form"].choices == {
        active.pk: Carry.EMBEDDING,
        paused.pk: Carry.LEFT,
        folded.pk: Carry.LEFT,
    }
    assert f"{paused.ref}, {paused.partner_school} (paused now)" in text_of(look)
    assert by_itself.context["form"].choices == {
        active.pk: Carry.EMBEDDING,
        paused.pk: Carry.EMBEDDING,
        folded.pk: Carry.AGAIN,
    }
    assert f"{folded.ref}, {folded.partner_school} (has folded)" in text_of(by_itself)


def test_where_all_are_paused_or_folded_nothing_is_asked_for_all_of_them(client, ours, stopped):
    client.force_login(ours.people[Role.COORDINATOR])
    address = reverse("programmes:copy", args=[ours.programme.slug])

    form = client.get(address).context["form"]
    client.post(address, {"name": "Next", "year": "2027-28", "copy": ""})

    assert "carry" not in form.fields
    assert not Programme.objects.get(copied_from=ours.programme).partnerships.exists()


def test_what_a_copy_does_while_the_old_year_goes_on_is_said_before_it_is_made(client, ours):
    give_term_dates(ours.organisation, YEAR_2027)
    address = reverse("programmes:copy", args=[ours.programme.slug])
    given = {"name": "Next", "year": "2027-28", "look": ""}
    said = {}

    for day in ((2027, 5, 26), (2027, 9, 1)):
        with time_machine.travel(dt.datetime(*day, 12, tzinfo=dt.UTC), tick=False):
            client.force_login(ours.people[Role.COORDINATOR])
            for carry in ("embedding", "completed"):
                said[day[1], carry] = client.post(address, given | {"carry": carry}).context["early"]

    draft = "It goes on as it is. The copy stays a draft that nobody at the schools sees, until you start it."
    assert said == {
        (5, "embedding"): [draft],
        (5, "completed"): [
            draft,
            "2 partnerships of it are marked as completed today, Wednesday 26 May 2027, and no visit can be planned "
            "there any more.",
        ],
        (9, "embedding"): [],
        (9, "completed"): [],
    }
