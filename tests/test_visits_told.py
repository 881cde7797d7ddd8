"""Whoever is concerned is told: one mail with all that changed, and to those who find the cover who is out of class."""

import datetime as dt

import pytest

from accounts.models import OutgoingMail
from accounts.roles import Role
from programmes.services import life
from tests.factories import MembershipFactory, PartnershipFactory, SchoolFactory, SpecialistTeacherFactory, UserFactory
from tests.icalendars import events_in
from visits import services
from visits.models import Visit

pytestmark = pytest.mark.usefixtures("one_day")


@pytest.fixture
def coordinator(ours):
    return ours.people[Role.COORDINATOR]


def planned(partnership, on, half="am", by=None, changes=None, host=None):
    host = host or partnership.partner_school
    visit = Visit(partnership=partnership, kind="observation", on=on, half=half, host=host)
    return services.keep_visit(by, visit, partnership.teachers, changes=changes)


def feb(day):
    return dt.date(2027, 2, day)


def lines_of(mail):
    return [line for line in mail.text.splitlines() if line.startswith("- ")]


def told(kind):
    return list(OutgoingMail.objects.filter(kind=kind).order_by("to__last_name", "pk"))


def test_a_whole_plan_is_one_mail_for_each_person_and_each_office(ours, coordinator, django_assert_max_num_queries):
    second = PartnershipFactory(
        programme=ours.programme, specialist=ours.partnership.specialist, partner_school=ours.school
    )
    changes = []
    for day in (1, 2, 3, 4, 5, 8, 22, 10, 11, 12):
        planned(ours.partnership, feb(day), "pm", coordinator, changes)
        planned(second, feb(day), "am", coordinator, changes)

    with django_assert_max_num_queries(12):
        services.tell_people(coordinator, changes)

    vera, kofi, other = ours.people[Role.SPECIALIST], ours.people[Role.PARTNER], second.current_partner_teachers[0]
    mails = {mail.to: mail for mail in told("visits_changed")}
    cover = told("cover_changed")
    assert {person: len(events_in(mail.calendar)) for person, mail in mails.items()} == {vera: 20, kofi: 10, other: 10}
    assert {mail.calendar_method for mail in mails.values()} == {"PUBLISH"}
    assert mails[vera].subject == "Your visits: 20 half-days are planned"
    assert [(mail.to, mail.text.count("\n- ")) for mail in cover] == [(ours.people[Role.OFFICE], 20)]
    assert "- Monday 1 February 2027, afternoon: Ourside OursidePartner" in cover[0].text
    assert "Specialist" not in cover[0].text


def test_whoever_makes_the_change_is_not_told_of_it(ours):
    vera, kofi = ours.people[Role.SPECIALIST], ours.people[Role.PARTNER]

    planned(ours.partnership, feb(3), by=vera)

    (mail,) = told("visits_changed")
    assert (mail.to, mail.about_row) == (kofi, Visit.objects.get(on=feb(3)).pk)
    assert mail.subject == "Planned: observation, Wednesday 3 February, morning"
    assert f"Ourside OursideSpecialist has planned a visit with you in {ours.programme.title}." in mail.text
    assert "The file that comes with this mail puts it into your calendar." in mail.text
    assert "Please say whether the half-day suits you" in mail.text


def test_without_an_office_that_can_sign_in_the_headteacher_is_told(ours, coordinator):
    office = ours.people[Role.OFFICE]
    office.is_active = False
    office.save()

    planned(ours.partnership, feb(3), by=coordinator)

    assert [mail.to for mail in told("cover_changed")] == [ours.people[Role.HEADTEACHER]]


def test_each_school_reads_of_its_own_teachers_and_of_its_own_organisation(ours, coordinator):
    home = ours.specialist.home_school
    at_home = MembershipFactory(role=Role.OFFICE, organisation=ours.organisation, school=home).user
    MembershipFactory(role=Role.OFFICE, school=home)

    planned(ours.partnership, feb(3), by=coordinator)

    said = {
        mail.to: [line for line in mail.text.splitlines() if line.startswith("- ")] for mail in told("cover_changed")
    }
    assert said == {
        at_home: ["- Wednesday 3 February 2027, morning: Ourside OursideSpecialist"],
        ours.people[Role.OFFICE]: ["- Wednesday 3 February 2027, morning: Ourside OursidePartner"],
    }


def test_a_move_says_who_is_out_and_who_is_back_and_how_late_that_comes(ours, coordinator):
    visit = planned(ours.partnership, dt.date(2027, 1, 29), by=coordinator, changes=[])

    services.move_visit(coordinator, visit, feb(10), "pm")

    (mail,) = told("cover_changed")
    assert mail.subject == "Cover has changed: 1 half-day out of class, 1 no longer, Ourside Partner School"
    assert "with them who is out of class." in mail.text
    assert lines_of(mail) == [
        "- Wednesday 10 February 2027, afternoon: Ourside OursidePartner",
        "- Friday 29 January 2027, morning: Ourside OursidePartner; this comes within two school days",
    ]


def test_the_mails_say_in_their_first_words_what_became_of_the_half_days(ours, coordinator):
    visits = [planned(ours.partnership, feb(day), changes=[]) for day in (3, 4, 5)]

    services.cancel_visit(coordinator, visits[0], "Snow")
    services.move_visit(coordinator, visits[1], feb(10), "pm")
    planned(ours.partnership, feb(11), by=coordinator)

    kofi = ours.people[Role.PARTNER]
    assert [(mail.subject, mail.text.split("\n\n")[1]) for mail in told("visits_changed") if mail.to == kofi] == [
        (
            "Cancelled: observation, Wednesday 3 February",
            f"{coordinator} has cancelled a visit of yours in {ours.programme.title}.\nWhy: Snow",
        ),
        (
            "Moved: observation, now Wednesday 10 February, afternoon",
            f"{coordinator} has moved a visit of yours in {ours.programme.title}.",
        ),
        (
            "Planned: observation, Thursday 11 February, morning",
            f"{coordinator} has planned a visit with you in {ours.programme.title}.",
        ),
    ]
    assert [mail.subject for mail in told("cover_changed")] == [
        "No longer out of class: Wednesday 3 February, Ourside Partner School",
        "Cover has changed: 1 half-day out of class, 1 no longer, Ourside Partner School",
        "Out of class: Thursday 11 February, Ourside Partner School",
    ]


def test_who_is_taken_out_of_a_visit_is_told_and_it_leaves_their_calendar(ours, coordinator):
    vera, kofi = ours.people[Role.SPECIALIST], ours.people[Role.PARTNER]
    visit = planned(ours.partnership, feb(3), by=coordinator, changes=[])
    colleague = UserFactory(last_name="Zweig")

    services.keep_visit(coordinator, visit, [vera, colleague])

    said = {mail.to: (mail.calendar_method, mail.subject.partition(":")[0]) for mail in told("visits_changed")}
    assert said == {
        vera: ("REQUEST", "Changed"),
        kofi: ("CANCEL", "You are no longer expected"),
        colleague: ("REQUEST", "Planned"),
    }


def test_past_days_and_people_who_cannot_sign_in_get_no_mail(ours, coordinator):
    planned(ours.partnership, dt.date(2027, 1, 20), by=coordinator)
    asleep = UserFactory(is_active=False)
    other = PartnershipFactory(
        programme=ours.programme,
        specialist=SpecialistTeacherFactory(programme=ours.programme, user__is_active=False),
        partner_school=SchoolFactory(),
        partner_teacher=asleep,
    )
    planned(other, feb(3), by=coordinator)

    assert not OutgoingMail.objects.filter(kind__in=["visits_changed", "cover_changed"]).exists()


def test_a_fold_is_one_mail_for_each_person_with_all_that_is_cancelled(ours, coordinator):
    """Also for a head who finds the cover, and for somebody booked who is not of the partnership."""
    office, guest = ours.people[Role.OFFICE], UserFactory(last_name="Guest")
    office.is_active = False
    office.save()
    for day in (3, 4, 5):
        planned(ours.partnership, feb(day), by=coordinator, changes=[])
    services.keep_visit(coordinator, ours.visit, [*ours.partnership.teachers, guest], changes=[])
    before = set(OutgoingMail.objects.values_list("pk", flat=True))

    life.move(coordinator, ours.partnership, "folded", on=dt.date(2027, 1, 27), reason="Illness or long absence")

    written = OutgoingMail.objects.exclude(pk__in=before)
    mails = {mail.to: mail for mail in written}
    assert len(written) == len(mails)
    kinds = {person: mail.kind for person, mail in mails.items()}
    concerned = (Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER, Role.CONSULTANT)
    assert kinds == {ours.people[role]: "partnership_folded" for role in concerned} | {guest: "visits_changed"}
    for role in (Role.SPECIALIST, Role.PARTNER):
        mail = mails[ours.people[role]]
        assert mail.calendar_method == "PUBLISH"
        assert [str(event["STATUS"]) for event in events_in(mail.calendar)] == ["CANCELLED"] * 4
        assert "- Wednesday 3 February 2027, morning: observation at Ourside Partner School" in lines_of(mail)
    head = mails[ours.people[Role.HEADTEACHER]]
    assert (head.calendar, len(lines_of(head))) == ("", 4)
    assert "- Wednesday 3 February 2027, morning: Ourside OursidePartner" in lines_of(head)
    assert lines_of(mails[ours.people[Role.CONSULTANT]]) == []


def test_a_fold_that_a_file_says_tells_those_booked_of_their_visits(ours):
    services.cancel_visits_after(None, ours.partnership, dt.date(2027, 1, 27))

    assert [mail.to for mail in told("visits_changed")] == [ours.people[Role.PARTNER], ours.people[Role.SPECIALIST]]
