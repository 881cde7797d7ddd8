"""The demonstration is dated around today, whatever day that is."""

import datetime as dt
import io

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from accounts.models import Membership, User
from accounts.roles import Role
from programmes.calendar import calendar_of
from programmes.models import Partnership, Programme
from pupils.models import Assessment, TargetPupil
from visits.models import Event, Plan, Visit
from visits.planning.agreed import how_they_stand
from visits.planning.reading import read

pytestmark = pytest.mark.django_db

DAYS = ["2026-08-31", "2026-09-01", "2026-10-28", "2028-02-29", "2026-12-25", "2027-07-30"]


def load(day):
    out = io.StringIO()
    call_command("demo_data", "--today", day, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="class")
def demonstration(django_db_setup, django_db_blocker):
    """It stands in the database from nothing while the tests of a class look at it; what loading it said."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True):
            said = load("2027-01-27")
        yield said
        transaction.set_rollback(True)


@pytest.mark.usefixtures("loaded")
class TestOnAnyDay:
    """The programme that is over is the same on every day, so it is loaded once for all of them."""

    @pytest.mark.parametrize("day", DAYS)
    def test_on_any_day_there_is_a_programme_that_runs(self, settings, day):
        settings.DEMO = True
        today = dt.date.fromisoformat(day)

        first, second = load(day), load(day)

        running = Programme.objects.filter(status=Programme.Status.ACTIVE)
        assert first.startswith("Loaded: essex-20")
        assert second == "The demonstration is there already.\n"
        assert running.count() == 2
        assert all(programme.starts_on <= today <= programme.ends_on for programme in running)
        assert Partnership.objects.filter(programme__in=running, status="active").count() == 14
        visits = Visit.objects.filter(partnership__programme__in=running)
        assert visits.filter(on__lt=today - dt.timedelta(days=14), status=Visit.Status.PLANNED).count() == 0
        assert visits.filter(on__gte=today, status=Visit.Status.TOOK_PLACE).count() == 0
        calendars = {programme: calendar_of(programme.organisation_id) for programme in running}
        assert all(
            calendar.is_school_day(programme.agreement_revisited_on) for programme, calendar in calendars.items()
        )
        assert all(
            calendars[event.programme].is_school_day(event.on) for event in Event.objects.select_related("programme")
        )
        assert not Assessment.objects.filter(place__partnership__programme__in=running, assessed_on__gte=today).exists()


def test_it_is_not_loaded_outside_a_demonstration():
    with pytest.raises(CommandError, match="DEMO=true"):
        load("2027-01-27")

    assert not User.objects.exists()


class TestTheDemonstration:
    def test_there_is_someone_of_every_role_to_step_into(self, demonstration, settings, client):
        settings.DEMO = True

        roles = set(Membership.objects.filter(user__is_active=True).values_list("role", flat=True))
        assert demonstration.startswith("Loaded: essex-2008-09, essex-20")
        assert roles == {role.value for role in Role}
        with time_machine.travel(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), tick=False):
            answers = {}
            for membership in Membership.objects.live().filter(user__is_active=True):
                client.post(reverse("accounts:demo_sign_in", args=[membership.pk]))
                answers[membership.role, membership.user.email] = client.get(reverse("today")).status_code
        assert set(answers.values()) == {200}
        assert len(answers) > 20

    def test_nothing_stands_against_a_rule_but_what_the_demonstration_shows(self, demonstration):
        today = dt.date(2027, 1, 27)

        found = {}
        for programme in Programme.objects.filter(status=Programme.Status.ACTIVE).select_related("organisation"):
            took, ruled = how_they_stand(read(programme, moves=Plan.Moves.EVERYTHING, today=today), today)
            found[programme.partnerships.filter(status="active").count()] = (len(took), list(ruled.values()))

        (must_move, (ruled,)), other = found[11], found[3]
        assert 1 <= must_move <= 3
        assert ruled.endswith("is not released")
        assert other == (1, [])

    def test_its_people_are_invented_and_its_pupil_numbers_of_no_real_la(self, demonstration):
        assert {upn[1:4] for upn in TargetPupil.objects.values_list("upn", flat=True) if upn} == {"199"}
        assert not User.objects.exclude(email__endswith=".example").exists()
