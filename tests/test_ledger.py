"""The release ledger: its arithmetic against code that counts visit by visit, who reads what, and its files."""

import csv
import datetime as dt
import io
import random
import re
from collections import Counter

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from programmes.models import Partnership, PastSpecialist, SchoolLimits
from tests.factories import (
    BookingFactory,
    MembershipFactory,
    PartnershipFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
    VisitFactory,
)
from tests.world import build_world
from visits import services
from visits.ledger.figures import Account, Loss, Side, total
from visits.ledger.reading import lines_of, losses_of
from visits.models import Booking, Visit

YEAR = dt.date(2026, 9, 1), dt.date(2027, 8, 31)


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(dt.datetime(2027, 1, 29, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def ours(db):
    ours = build_world()[0]
    ours.programme.timetable.update(funded_specialist_half_days=0, funded_partner_half_days=0)
    return ours


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def fund(programme, name, specialist, partner, of_type="visit"):
    return programme.timetable.create(
        order=programme.timetable.count() + 1,
        type=of_type,
        name=name,
        window_start=YEAR[0],
        window_end=YEAR[1],
        half_days=1,
        funded_specialist_half_days=specialist,
        funded_partner_half_days=partner,
    )


def held(partnership, on, *booked, status="took place", half="am", **fields):
    """A visit with (person, school, whether out, who covered) for each of the people."""
    visit = VisitFactory(partnership=partnership, on=on, half=half, status=status, **fields)
    for person, school, out, covered in booked:
        BookingFactory(visit=visit, person=person, school=school, is_out=out, covered_by=covered)
    return visit


def counted_by_hand(partnership, funded):
    """Promised, used, late, hosting beside the promise, and left of each side, one row at a time."""
    specialists = {partnership.specialist.user_id}
    specialists |= {past.specialist.user_id for past in partnership.past_specialists.all()}
    sides = {"specialist": [funded[0], 0, 0, 0], "partner": [funded[1], 0, 0, 0]}
    for visit in partnership.visits.all():
        for booking in visit.bookings.all():
            if visit.status == "took place" and booking.is_out and booking.school_id:
                name = "specialist" if booking.person_id in specialists else "partner"
                pays = visit.step is not None and getattr(visit.step, f"funded_{name}_half_days") > 0
                sides[name][1] += 1
                sides[name][3] += visit.host == booking.school and not pays
        for change in visit.changes.all():
            sides["specialist"][2] += change.late_specialist_half_days
            sides["partner"][2] += change.late_partner_half_days
    return [(p, used, late, beside, p - (used - beside) - late) for p, used, late, beside in sides.values()]


@pytest.mark.django_db
def test_generated_visits_come_to_what_counting_them_one_by_one_comes_to():
    rng = random.Random(7)
    first = PartnershipFactory()
    fund(first.programme, "Observations", 4, 1)
    fund(first.programme, "Reciprocal visits", 0, 3)
    fund(first.programme, "Training", 9, 9, of_type="event")
    steps = [*first.programme.timetable.filter(type="visit"), None]
    partnerships = [first, *PartnershipFactory.create_batch(7, programme=first.programme)]
    earlier = SpecialistTeacherFactory(programme=first.programme)
    PastSpecialist.objects.create(
        partnership=first, specialist=earlier, since=YEAR[0], until=dt.date(2026, 12, 1), because="Illness"
    )
    in_own_school = partnerships[1]
    in_own_school.partner_school = in_own_school.specialist.home_school
    in_own_school.save()
    for partnership in partnerships:
        people = [(partnership.specialist.user, partnership.specialist.home_school)]
        people += [(UserFactory(), partnership.partner_school) for _ in range(2)] + [(UserFactory(), None)]
        people += [(earlier.user, earlier.home_school)] if partnership == first else []
        for number in range(9 if partnership == first else rng.randint(0, 9)):
            status = rng.choice(["planned", "took place", "took place"])
            out = [(*one, rng.random() < 0.8, rng.choice(["", "supply", "colleague"])) for one in people]
            where = {"step": rng.choice(steps), "host": rng.choice(partnership.schools)}
            visit = held(partnership, YEAR[0] + dt.timedelta(days=number), *out, status=status, **where)
            late = {"late_specialist_half_days": rng.randint(0, 1), "late_partner_half_days": rng.randint(0, 2)}
            visit.changes.create(what="moved", **late)
            visit.changes.create(what="moved", late_partner_half_days=1)

    lines = lines_of(Partnership.objects.order_by("pk"))

    found = [(a.promised, a.used, a.late, a.unfunded, a.left) for a in (line.account for line in lines)]
    assert found == [row for partnership in partnerships for row in counted_by_hand(partnership, (4, 4))]
    assert total(line.account for line in lines).left == sum(row[4] for row in found)


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (Account(6, Counter(supply=6), 1, 2), "1"),
        (Account(6, Counter(supply=3), 1), "2"),
        (Account(6, Counter(supply=3, colleague=3), 2), "2 more than promised"),
        (Account(2, Counter({"": 1}), 1), "0"),
    ],
)
def test_what_is_left_is_said_when_it_is_less_than_nothing(account, words):
    assert account.left_in_words == words


@pytest.mark.parametrize(
    ("loss", "over", "words"),
    [
        (Loss(9, 3, None), 0, "No ceiling is set"),
        (Loss(9, 3, 12), 0, "Within at most 12"),
        (Loss(9, 3, 10), 2, "Would be 2 more than at most 10"),
        (Loss(12, 0, 10), 2, "2 more than at most 10"),
    ],
)
def test_what_a_class_loses_is_held_against_what_the_school_allows(loss, over, words):
    assert (loss.over, loss.words) == (over, words)


@pytest.mark.django_db
def test_only_what_was_agreed_was_promised():
    status = dict.fromkeys(["agreed", "active", "paused", "completed", "embedding", "folded"], True)
    status |= {"enquiry": False, "proposed": False}
    made = {name: PartnershipFactory(status=name) for name in status}
    made["folded"].steps.create(status="active", on=YEAR[0])
    dissolved = PartnershipFactory(status="folded")
    dissolved.steps.all().delete()

    promised = {line.partnership.pk for line in lines_of(Partnership.objects.all())}

    assert promised == {made[name].pk for name, is_promised in status.items() if is_promised}


def test_a_late_cancellation_and_a_visit_that_took_place_stand_in_the_ledger(ours):
    partnership = ours.partnership
    for on in (dt.date(2027, 2, 1), dt.date(2027, 2, 17)):
        visit = Visit(partnership=partnership, kind="observation", on=on, half="am", host=ours.school)
        services.keep_visit(None, visit, partnership.teachers, changes=[])
        services.cancel_visit(None, visit, "Snow", changes=[])
    visit = Visit(partnership=partnership, kind="observation", on=dt.date(2027, 1, 28), half="am", host=ours.school)
    services.visit_took_place(None, services.keep_visit(None, visit, partnership.teachers, changes=[]))

    lines = {line.side: line.account for line in lines_of(Partnership.objects.filter(pk=partnership.pk))}

    out = visit.bookings.filter(is_out=True).count()
    assert lines[Side.SPECIALIST].late == 1
    assert sum(account.used for account in lines.values()) == out > 0


def test_the_head_reads_the_own_side_only(client, ours):
    specialist, partner = ours.people[Role.SPECIALIST], ours.people[Role.PARTNER]
    ours.partnership.specialist.home_school = SchoolFactory(name="Far School")
    ours.partnership.specialist.save()
    for_visitors = fund(ours.programme, "Observations", 5, 0)
    for_both = fund(ours.programme, "Lesson study 1", 1, 2)
    seen = (partner, ours.school, True, "supply")
    visitor = (specialist, SchoolFactory(), True, "colleague")
    held(ours.partnership, dt.date(2027, 1, 12), visitor, seen, step=for_visitors)
    held(ours.partnership, dt.date(2027, 1, 13), (partner, ours.school, True, ""), step=for_both)
    client.force_login(ours.people[Role.HEADTEACHER])

    page = text(client.get(reverse("visits:ledger_school")))
    file = client.get(reverse("visits:ledger_school_csv")).content.decode("utf-8-sig")
    before = text(client.get(reverse("visits:ledger_school"), {"year": "2025"}))
    odd = client.get(reverse("visits:ledger_school"), {"year": "soon"})
    foreign = client.get(reverse("visits:ledger_school"), {"place": "0"})

    assert "2 half-days promised: 2 used (1 hosting, not from the promise), 0 cancelled late, 1 left" in page
    assert "Partner school With Far School 2 2 1 hosting, not from the promise 0 1" in page
    assert "Wednesday 13 January Morning Ourside OursidePartner Observation" in page
    assert "Tuesday 12 January Morning Ourside OursidePartner Observation" in page
    assert "A supply teacher" in page
    assert "OursideSpecialist" not in page
    assert [row[2:3] + row[-1:] for row in csv.reader(io.StringIO(file))] == [
        ["Who was out of class", "Who covered"],
        ["Ourside OursidePartner", "Not said"],
        ["Ourside OursidePartner", "A supply teacher"],
    ]
    assert "Your school was in no agreed partnership in 2025-26" in before
    assert (odd.status_code, foreign.status_code) == (200, 404)


def test_what_classes_lose_counts_every_organisers_programme_and_names_only_the_own(client, ours):
    partner, school = ours.people[Role.PARTNER], ours.school
    abroad = PartnershipFactory(partner_school=school)
    SchoolLimits.objects.create(school=school, class_ceiling=3)
    Booking.objects.all().delete()
    held(ours.partnership, dt.date(2026, 10, 1), (partner, school, True, "supply"))
    held(ours.partnership, dt.date(2027, 3, 1), (partner, school, True, ""), status="planned")
    held(abroad, dt.date(2026, 10, 2), (partner, school, True, ""), (UserFactory(), school, True, ""))
    held(abroad, dt.date(2026, 10, 5), (partner, school, False, ""))
    held(abroad, dt.date(2026, 8, 31), (partner, school, True, ""))
    held(abroad, dt.date(2026, 11, 3), (partner, school, True, ""))

    losses = losses_of(school, ours.organisation, *YEAR)

    assert [(row.teacher, row.loss.gone, row.loss.planned, row.loss.over) for row in losses] == [
        (partner, 3, 1, 1),
        (None, 1, 0, 0),
    ]
    client.force_login(ours.people[Role.HEADTEACHER])
    page = text(client.get(reverse("visits:ledger_school")))
    assert "Ourside OursidePartner 3 1 Would be 1 more than at most 3" in page
    assert "A teacher in another organiser\u2019s programme 1 0 Within at most 3" in page


def test_finance_reads_numbers_and_no_name(client, ours):
    partner = ours.people[Role.PARTNER]
    step = fund(ours.programme, "Observations", 5, 2)
    for day in (12, 13, 14):
        held(ours.partnership, dt.date(2027, 1, day), (partner, ours.school, True, "supply"), step=step)
    held(ours.partnership, dt.date(2027, 1, 15), (partner, ours.school, True, "colleague"))
    client.force_login(ours.people[Role.FINANCE])

    page = text(client.get(reverse("visits:ledger", args=[ours.programme.slug])))
    file = client.get(reverse("visits:ledger_table", args=[ours.programme.slug, "csv"])).content.decode("utf-8-sig")
    workbook = client.get(reverse("visits:ledger_table", args=[ours.programme.slug, "xlsx"]))
    other = client.get(reverse("visits:ledger_table", args=[ours.programme.slug, "exe"]))

    assert "1 more than promised" in page
    names = {person.last_name for person in ours.people.values()} - {ours.people[Role.FINANCE].last_name}
    assert not [name for name in names if name in page + file]
    rows = [row for row in csv.DictReader(io.StringIO(file)) if row["Partnership"] == ours.partnership.ref]
    assert [list(row.values())[4:5] + list(row.values())[7:12] for row in rows] == [
        ["Specialist teacher\u2019s school", "5", "0", "0", "0", "5"],
        ["Partner school", "2", "4", "1", "0", "-1"],
    ]
    assert [row["Covered: a supply teacher"] for row in rows] == ["0", "3"]
    assert (workbook.status_code, other.status_code) == (200, 404)


def test_areas_add_up_and_a_consultant_reads_the_own_one(client, ours):
    area = ours.programme.areas.create(name="Far area")
    PartnershipFactory(programme=ours.programme, area=area, ref="FAR-1")
    PartnershipFactory(programme=ours.programme, area=ours.partnership.area, ref="NEAR-1")
    fund(ours.programme, "Observations", 5, 2)
    address = reverse("visits:ledger", args=[ours.programme.slug])

    client.force_login(ours.people[Role.COORDINATOR])
    whole, far = text(client.get(address)), text(client.get(address, {"area": area.pk}))
    client.force_login(ours.people[Role.CONSULTANT])
    own = text(client.get(address, {"area": area.pk}))

    assert "Far area Both 7 0 0 7" in whole
    assert ("FAR-1" in whole, "NEAR-1" in whole) == (True, True)
    assert ("FAR-1" in far, "NEAR-1" in far) == (True, False)
    assert ("FAR-1" in own, "NEAR-1" in own) == (False, True)


def test_200_partnerships_cost_as_many_queries_as_one(client, ours, queries_of):
    client.force_login(ours.people[Role.COORDINATOR])
    address = reverse("visits:ledger", args=[ours.programme.slug])
    one = queries_of(address)

    specialist = ours.partnership.specialist
    for _ in range(200):
        PartnershipFactory(programme=ours.programme, specialist=specialist, area=ours.partnership.area)

    assert queries_of(address) == one
    assert queries_of(f"{address}?page=3") == one


def test_a_head_of_two_schools_chooses_one(client, ours):
    head, second = ours.people[Role.HEADTEACHER], SchoolFactory(name="Second School")
    place = MembershipFactory(user=head, role=Role.HEADTEACHER, organisation=ours.organisation, school=second)
    client.force_login(head)

    page = text(client.get(reverse("visits:ledger_school"), {"place": place.pk}))

    assert "Second School, 2026-27 Release time of our teachers" in page
