"""Every list costs the same number of queries for one row and for many, and every page renders at county size."""

import datetime as dt
from http.cookies import SimpleCookie

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from programmes.models import Programme
from pupils.returns.counting import count_returns
from tests import set_up_pages
from tests.access_rows import KEYS
from tests.factories import (
    AssessmentFactory,
    OrganisationFactory,
    PartnershipFactory,
    PlaceFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    VisitFactory,
)
from tests.growing import more_of_everything
from tests.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    """Time stands still: on a slow machine a session would be touched again in the middle, which takes queries too."""
    with time_machine.travel(timezone.now(), tick=False):
        yield build_world()[0]


LISTS = {
    "today": [
        "coordinator",
        "consultant",
        "budget_holder",
        "finance",
        "specialist",
        "partner",
        "headteacher",
        "office",
    ],
    "accounts:people": ["coordinator", "headteacher", "administrator"],
    "programmes:invite_many": ["coordinator", "headteacher", "administrator"],
    "programmes:invited": ["coordinator", "headteacher"],
    "accounts:schools": ["coordinator", "headteacher"],
    "accounts:mails": ["coordinator"],
    "programmes:actions": ["coordinator", "partner"],
    "accounts:register": ["coordinator", "administrator"],
    "accounts:register_file": ["coordinator", "administrator"],
    "accounts:school": ["coordinator"],
    "accounts:succeed": ["coordinator"],
    "programmes:list": ["coordinator"],
    "programmes:detail": ["coordinator"],
    "programmes:partnerships": ["coordinator", "consultant", "specialist", "headteacher"],
    "programmes:partnership": ["coordinator"],
    "programmes:pairing": ["coordinator"],
    "programmes:pairing_run": ["coordinator"],
    "programmes:pairing_check": ["coordinator"],
    "programmes:pairing_change": ["coordinator"],
    "programmes:pairing_school": ["coordinator"],
    "programmes:partnership_add": ["coordinator"],
    "programmes:specialists": ["coordinator", "consultant"],
    "programmes:specialists_move": ["coordinator"],
    "programmes:schools_move": ["coordinator"],
    "programmes:specialist": ["coordinator", "consultant"],
    "programmes:schools": ["coordinator"],
    "programmes:schools_carry": ["coordinator"],
    "programmes:partner_school": ["coordinator"],
    "programmes:letters": ["coordinator"],
    "programmes:school_calendar": ["coordinator", "headteacher", "office"],
    "programmes:calendars": ["coordinator"],
    "programmes:inset": ["coordinator", "headteacher"],
    "programmes:letters_send": ["coordinator"],
    "programmes:letter": ["coordinator", "headteacher"],
    "reports:handover": ["coordinator", "specialist"],
    "programmes:partnership_area": ["coordinator"],
    "programmes:specialist_replace": ["coordinator"],
    "programmes:partner_teacher_add": ["coordinator"],
    "programmes:agreements": ["coordinator", "consultant", "specialist", "headteacher"],
    "programmes:agreement": ["coordinator", "partner"],
    "programmes:agreement_text": ["coordinator"],
    "programmes:agreement_make": ["coordinator"],
    **set_up_pages.LISTS,
    "planner:year": ["coordinator", "consultant"],
    "planner:half_day": ["coordinator", "specialist"],
    "visits:month": ["coordinator", "specialist", "headteacher", "office"],
    "visits:agenda": ["coordinator", "specialist"],
    "lessons:studies": ["coordinator", "specialist", "headteacher"],
    "lessons:study": ["specialist", "headteacher"],
    "lessons:sheet": ["specialist", "guest"],
    "lessons:observe": ["specialist", "guest"],
    "lessons:interviews": ["specialist"],
    "lessons:discussion": ["partner"],
    "lessons:guests": ["specialist"],
    "lessons:list": ["coordinator", "specialist", "headteacher"],
    "lessons:record": ["coordinator", "partner", "headteacher"],
    "lessons:timeline": ["specialist", "partner"],
    "lessons:from_paper": ["specialist"],
    "visits:list": ["coordinator", "specialist", "headteacher", "office"],
    "visits:choose": ["coordinator"],
    "visits:away": ["coordinator", "partner"],
    "visits:detail": ["coordinator", "specialist", "headteacher"],
    "visits:confirm_all": ["specialist", "partner"],
    "visits:swap": ["coordinator", "specialist"],
    "visits:move_many": ["coordinator"],
    "visits:cover": ["headteacher", "office"],
    "visits:ledger_school": ["headteacher"],
    "visits:ledger": ["coordinator", "consultant", "finance", "budget_holder"],
    "calendars:own": ["headteacher"],
    "visits:plans": ["coordinator"],
    "visits:plan": ["coordinator"],
    "visits:plan_compare": ["coordinator"],
    "visits:plan_accept": ["coordinator"],
    "visits:plan_absence": ["coordinator"],
    "events:list": ["coordinator", "consultant", "specialist", "partner", "headteacher"],
    "events:detail": ["coordinator", "consultant", "specialist", "partner", "headteacher"],
    "events:people": ["coordinator"],
    "events:invite": ["coordinator"],
    "events:order": ["coordinator", "partner"],
    "events:attendance": ["coordinator", "partner"],
    "events:sheet": ["coordinator"],
    "events:series": ["coordinator", "headteacher"],
    "events:series_invite": ["coordinator"],
    "events:series_change": ["coordinator"],
    "events:year": ["coordinator", "consultant"],
    "events:create": ["coordinator"],
    "events:change": ["coordinator"],
    "pupils:list": ["specialist", "headteacher"],
    "pupils:detail": ["headteacher"],
    "pupils:choose": ["specialist", "partner"],
    "pupils:list_check": ["partner"],
    "pupils:moved": ["coordinator"],
    "lessons:findings": ["coordinator", "specialist", "partner", "headteacher"],
    "lessons:finding": ["specialist", "headteacher"],
    "lessons:finding_agree": ["specialist", "partner"],
    "lessons:finding_write": ["partner"],
    "reports:roster": ["coordinator", "consultant"],
    "reports:nudges": ["coordinator"],
    "reports:results": ["coordinator", "consultant", "budget_holder"],
    "reports:places": ["coordinator", "consultant"],
    "pupils:targets": ["partner"],
    "reports:completeness": ["coordinator", "consultant", "finance"],
    "reports:followed": ["coordinator", "specialist", "headteacher"],
    "reports:partnership_followed": ["coordinator", "headteacher"],
    "reports:erasing": ["coordinator"],
    "reports:rounds": ["coordinator"],
    "reports:round": ["coordinator"],
    "reports:list": ["coordinator", "consultant", "specialist", "partner", "headteacher"],
}
CEILING = 42


def test_every_page_is_flat_for_everyone_it_is_for(client, queries_of, ours):
    """One world for all roles: to let it grow takes as long as to ask for most pages of one of them."""
    urls = {name: reverse(name, args=KEYS[name](ours) if name in KEYS else []) for name in LISTS}
    pages = sorted((role, name) for name, roles in LISTS.items() for role in roles)
    sessions = {}
    for role, _ in pages:
        client.cookies = SimpleCookie()
        client.force_login(ours.people[Role(role)])
        sessions[role] = client.cookies

    def queries(visited):
        found = {}
        for role, name in pages:
            client.cookies = sessions[role]
            found[role, name] = queries_of(urls[name], visited)
        return found

    more_of_everything(ours, 9)
    few = queries(visited=False)
    more_of_everything(ours, 6)
    many = queries(visited=True)

    assert few == many
    assert {page: number for page, number in many.items() if number > CEILING} == {}


def test_the_list_of_organisations_is_flat(client, queries_of, ours):
    client.force_login(ours.people[Role.ADMINISTRATOR])
    url = reverse("accounts:organisations")

    few = queries_of(url)
    OrganisationFactory.create_batch(5)

    assert few == queries_of(url) <= CEILING


def test_the_list_of_programmes_is_flat_over_programmes(client, queries_of, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    url = reverse("programmes:list")

    few = queries_of(url)
    for number in range(5):
        Programme.objects.create(
            organisation=ours.organisation,
            name=f"Year {number}",
            slug=f"year-{number}",
            starts_on=dt.date(2020 + number, 9, 1),
            ends_on=dt.date(2021 + number, 8, 31),
            subjects=["maths"],
            year_groups=[5],
            scale="nc-sublevels",
        )

    assert few == queries_of(url)


@pytest.mark.django_db(transaction=True)
def test_every_page_renders_at_county_size(client, ours):
    """200 partnerships of 200 schools: every page answers for everyone it is for."""
    specialists = [SpecialistTeacherFactory(programme=ours.programme) for _ in range(50)]
    points = list(ours.programme.data_points.all())
    grade = ours.place.assessments.first().grade
    for number in range(200):
        partnership = PartnershipFactory(
            programme=ours.programme,
            area=ours.partnership.area,
            specialist=specialists[number % 50],
            partner_school=SchoolFactory(la_code=ours.organisation.la_code),
        )
        VisitFactory(partnership=partnership, on=timezone.localdate() + dt.timedelta(days=number % 14))
        place = PlaceFactory(partnership=partnership)
        AssessmentFactory(place=place, data_point=points[0], grade=grade)
    count_returns(ours.programme)
    # As autovacuum leaves a database that is in use: without what earlier tests rolled back, and counted.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")

    answers = {}
    for name, roles in LISTS.items():
        for role in roles:
            client.force_login(ours.people[Role(role)])
            url = reverse(name, args=KEYS[name](ours) if name in KEYS else [])
            answers[name, role] = client.get(url).status_code

    assert set(answers.values()) == {200}
