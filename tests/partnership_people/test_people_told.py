"""What is told and kept when people change: to those concerned, in the history and in the audit."""

import datetime as dt

from django.urls import reverse

from accounts.models import AuditEvent, OutgoingMail
from accounts.roles import Role
from lessons.services.studies import let_studies_follow
from programmes.models import Partnership
from programmes.services import people
from programmes.services.agreements import after_people_change
from programmes.services.history import history_of
from tests.factories import MembershipFactory, SpecialistTeacherFactory
from tests.replacing import replace_teacher
from visits.services import let_visits_follow


def test_the_list_of_what_follows_when_people_change():
    follows = list(people.AFTER_PEOPLE_CHANGE)

    assert follows == [let_studies_follow, let_visits_follow, after_people_change]


def test_everyone_concerned_is_told_who_came_and_who_left(ours):
    known = MembershipFactory(role=Role.PARTNER, organisation=ours.organisation, school=ours.school).user
    gone = ours.people[Role.PARTNER]

    replace_teacher(ours, email=known.email)

    mails = {(mail.to, mail.kind) for mail in OutgoingMail.objects.filter(kind__startswith="partnership_")}
    assert mails == {
        (ours.people[Role.SPECIALIST], "partnership_people_changed"),
        (ours.people[Role.HEADTEACHER], "partnership_people_changed"),
        (ours.people[Role.CONSULTANT], "partnership_people_changed"),
        (gone, "partnership_people_changed"),
        (known, "partnership_joined"),
    }
    farewell = OutgoingMail.objects.get(to=gone, kind__startswith="partnership_").text
    assert "The pages of the partnership are closed to you" in farewell
    assert "/partnerships/" not in farewell
    welcome = OutgoingMail.objects.get(to=known, kind__startswith="partnership_").text
    assert reverse("reports:handover", args=[ours.partnership.pk]) in welcome
    assert "Left the school" not in " ".join(
        OutgoingMail.objects.filter(kind__startswith="partnership_").values_list("text", flat=True)
    )


def test_the_history_tells_who_came_and_who_left(ours, coordinator):
    successor = SpecialistTeacherFactory(programme=ours.programme, user__first_name="Sue", user__last_name="Cessor")
    people.replace_specialist(
        coordinator, ours.partnership, successor, on=dt.date(2027, 1, 20), because="Parental leave"
    )
    replace_teacher(ours)

    told = [
        (event["on"].isoformat(), event["what"], str(event["by"] or ""), event["reason"])
        for event in history_of(Partnership.objects.get(pk=ours.partnership.pk))
    ]

    assert told == [
        ("2026-09-01", "Active", "", ""),
        (
            "2027-01-20",
            "Sue Cessor took over from Ourside OursideSpecialist as specialist teacher",
            str(coordinator),
            "Parental leave",
        ),
        (
            "2027-01-27",
            "New Comer took over from Ourside OursidePartner as partner teacher",
            str(coordinator),
            "Left the school",
        ),
    ]


def test_what_was_done_is_audited_by_ids(ours, coordinator):
    replace_teacher(ours)

    done = AuditEvent.objects.filter(who=coordinator).order_by("pk").values_list("did", "about", "model")
    assert list(done) == [
        ("partner teacher left", "", "programmes.partnerteacher"),
        ("ended role", "partner", "accounts.membership"),
        ("gave role", "partner", "accounts.membership"),
        ("partner teacher joined", "", "programmes.partnerteacher"),
        ("visits.handed over", "", "visits.visit"),
        ("agreements.signers changed", "", "programmes.agreement"),
    ]
