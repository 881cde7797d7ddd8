"""Partner schools on their way into a programme: what may join, how far the talks are, and where else a school is."""

import datetime as dt

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from programmes.models import HeadContact, PartnerSchool
from programmes.services.life import move
from programmes.services.schools import WrongStep, list_schools_of_partnerships, move_school, other_programmes
from pupils.loading import load_programme
from tests.factories import (
    PartnerSchoolFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
)
from tests.folders import ESSEX
from tests.together import at_once

pytestmark = pytest.mark.django_db

Stage = PartnerSchool.Stage


def text(response):
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


def add(client, programme, school, **given):
    typed = {"school": school.urn, "stage": "enquiry", "partnerships_wanted": "1"} | given
    return client.post(reverse("programmes:school_add", args=[programme.slug]), typed, follow=True)


def test_several_schools_are_added_one_after_the_other(client, ours, coordinator):
    school = SchoolFactory(name="Quarry Lane School", la_code=ours.organisation.la_code)

    answer = add(client, ours.programme, school, another="Add, and enter another")

    assert answer.redirect_chain == [(reverse("programmes:school_add", args=[ours.programme.slug]), 302)]
    assert "Quarry Lane School is in the list: enquiry." in text(answer)
    assert answer.context["form"]["school"].value() is None


def test_a_school_is_added_with_what_it_wants_and_why(client, ours, coordinator):
    school = SchoolFactory(name="Quarry Lane School", la_code=ours.organisation.la_code)

    answer = add(
        client,
        ours.programme,
        school,
        stage="in talks",
        subject="maths",
        year_group="5",
        area=ours.partnership.area.pk,
        chosen_because="Falling results",
        recommended_by="Link adviser",
    )

    row = PartnerSchool.objects.get(school=school)
    assert "Quarry Lane School is in the list: in talks." in text(answer)
    assert (row.stage, row.stage_since, row.subject, row.year_group) == ("in talks", timezone.localdate(), "maths", 5)
    assert (row.area, row.chosen_because, row.recommended_by) == (
        ours.partnership.area,
        "Falling results",
        "Link adviser",
    )


@pytest.mark.parametrize(
    ("school", "sentence"),
    [
        ({"la_code": "198", "la_name": "Faraway"}, "belongs to Faraway, and this programme takes schools of"),
        ({"status": "closed", "closed_on": dt.date(2026, 8, 31)}, "closed on 31 August 2026. Choose an open school"),
        ({"status": "closed"}, "is closed. Choose an open school, or its successor."),
        ({"status": "proposed"}, "is not open yet. Choose another."),
        ({"phase": "Secondary"}, "is a secondary school and has no Year 5."),
    ],
)
def test_a_school_that_may_not_take_part_is_refused_in_a_sentence(client, ours, coordinator, school, sentence):
    school = SchoolFactory(**({"la_code": ours.organisation.la_code} | school))

    answer = add(client, ours.programme, school, chosen_because="What I typed")

    assert sentence in text(answer)
    assert "What I typed" in text(answer)
    assert not PartnerSchool.objects.filter(school=school).exists()


@pytest.mark.parametrize(
    ("programme", "school"),
    [
        ({"other_authorities": True}, {"la_code": "198"}),
        ({}, {"status": "closing"}),
        ({}, {"status": "closed", "closed_on": dt.date(2027, 8, 31)}),
        ({"year_groups": [6, 7]}, {"phase": "Secondary"}),
    ],
)
def test_a_school_that_may_take_part_is_taken(client, ours, coordinator, programme, school):
    programme = ProgrammeFactory(organisation=ours.organisation, **programme)
    school = SchoolFactory(**({"la_code": ours.organisation.la_code} | school))

    add(client, programme, school)

    assert PartnerSchool.objects.filter(programme=programme, school=school).exists()


def test_a_school_stands_in_the_list_once(client, ours, coordinator):
    answer = add(client, ours.programme, ours.school)

    assert "This school is in the list of this programme already." in text(answer)


def test_tags_and_projects_are_words_with_commas_between_them(client, ours, coordinator):
    row = PartnerSchoolFactory(programme=ours.programme)
    address = reverse("programmes:partner_school_change", args=[row.pk])

    client.post(address, {"partnerships_wanted": "2", "tags": " Coastal,small  school, coastal,", "staff_funded": "3"})
    too_long = client.post(address, {"partnerships_wanted": "2", "tags": "x" * 41})

    row.refresh_from_db()
    assert (row.tags, row.staff_funded, row.partnerships_wanted) == (["coastal", "small school"], 3, 2)
    assert (row.stage, row.school) == ("joined", row.school)
    assert "is too long: keep each to 40 characters." in text(too_long)


def test_the_pipeline_counts_by_stage_and_narrows(client, ours, coordinator):
    programme = ProgrammeFactory(organisation=ours.organisation)
    area = programme.areas.create(name="North")
    for name, stage, tags, capacity, where in [
        ("Ash", "enquiry", ["coastal"], "", area),
        ("Birch", "enquiry", [], "full", None),
        ("Cedar", "in talks", ["coastal", "small"], "not now", area),
        ("Damson", "joined", ["small"], "full", None),
    ]:
        PartnerSchoolFactory(
            programme=programme, school__name=name, stage=stage, tags=tags, capacity=capacity, area=where
        )
    address = reverse("programmes:schools", args=[programme.slug])

    def shown(query):
        return [row.school.name for row, _ in client.get(f"{address}?{query}").context["rows"]]

    stages = client.get(address).context["stages"]
    found = {
        query: shown(query)
        for query in (
            "",
            "stage=enquiry",
            "tag=coastal",
            f"area={area.pk}",
            "capacity=full",
            "capacity=unknown",
            "q=am",
            "tag=coastal&stage=in+talks",
            "stage=nonsense",
        )
    }

    assert [(stage, n) for stage, n, _ in stages] == [
        ("enquiry", 2),
        ("in talks", 1),
        ("joined", 1),
        ("next year", 0),
        ("declined", 0),
    ]
    assert found == {
        "": ["Ash", "Birch", "Cedar", "Damson"],
        "stage=enquiry": ["Ash", "Birch"],
        "tag=coastal": ["Ash", "Cedar"],
        f"area={area.pk}": ["Ash", "Cedar"],
        "capacity=full": ["Birch", "Damson"],
        "capacity=unknown": ["Ash"],
        "q=am": ["Damson"],
        "tag=coastal&stage=in+talks": ["Cedar"],
        "stage=nonsense": ["Ash", "Birch", "Cedar", "Damson"],
    }


def test_a_school_moves_with_its_day_and_reason(client, ours, coordinator):
    row = PartnerSchoolFactory(programme=ours.programme, stage="enquiry", stage_since=dt.date(2026, 9, 1))

    answer = client.post(
        reverse("programmes:partner_school_move", args=[row.pk]),
        {"stage": "next year", "because": "A new head"},
        follow=True,
    )

    row.refresh_from_db()
    assert "asks again next year" in text(answer)
    assert (row.stage, row.stage_since, row.stage_because) == ("next year", timezone.localdate(), "A new head")


def test_a_school_with_a_running_partnership_stays(client, ours, coordinator):
    address = reverse("programmes:partner_school_move", args=[ours.listed_school.pk])

    answer = client.post(address, {"stage": "declined"})
    ours.programme.partnerships.filter(partner_school=ours.school).update(status="folded")
    client.post(address, {"stage": "declined"})

    ours.listed_school.refresh_from_db()
    assert "This school takes part: it has a running partnership." in text(answer)
    assert ours.listed_school.stage == "declined"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_a_school_at_once_one_wins_and_the_other_is_told():
    pk, people = PartnerSchoolFactory(stage="enquiry").pk, [UserFactory(), UserFactory()]
    rows = [PartnerSchool.objects.get(pk=pk) for _ in people]

    found = at_once(
        lambda: move_school(people[0], rows[0], "in talks"),
        lambda: move_school(people[1], rows[1], "declined"),
        expecting=(WrongStep,),
    )

    (told,) = [str(answer) for answer in found if isinstance(answer, WrongStep)]
    assert "a moment ago" in told


def test_talks_stand_newest_first_and_what_was_typed_is_never_lost(client, ours, coordinator):
    row = PartnerSchoolFactory(programme=ours.programme)
    address = reverse("programmes:contact_add", args=[row.pk])

    for on, note in (("2/9/2026", "The first talk"), ("20/10/2026", "The second talk")):
        client.post(address, {"on": on, "how": "phone", "with_whom": "The head", "note": note})
    future = client.post(address, {"on": "1/1/2090", "how": "phone", "note": "What I typed"})
    page = text(client.get(row.get_absolute_url()))

    assert page.index("The second talk") < page.index("The first talk")
    assert "This day is still to come." in text(future)
    assert "What I typed" in text(future)
    assert list(row.contacts.values_list("on", "how", "with_whom", "by")) == [
        (dt.date(2026, 10, 20), "phone", "The head", coordinator.pk),
        (dt.date(2026, 9, 2), "phone", "The head", coordinator.pk),
    ]


def test_what_was_noted_about_a_school_is_in_no_page_of_its_head(client, ours):
    canaries = ["Ourside chosen because", "Ourside capacity note", "Ourside talk"]
    client.force_login(ours.people[Role.HEADTEACHER])

    pages = [client.get(address) for address in (reverse("today"), ours.letter.get_absolute_url())]
    forbidden = client.get(ours.listed_school.get_absolute_url())

    assert [page.status_code for page in pages] == [200, 200]
    assert forbidden.status_code == 403
    assert [words for words in canaries for page in pages if words in text(page)] == []


def test_a_school_that_is_in_two_projects_is_flagged_with_their_names(client, ours, coordinator):
    """As a partner school, as the school of a partnership, as a home school; of this organisation, in this year."""
    schools = [SchoolFactory(name=f"School {n}") for n in range(5)]
    beside = ProgrammeFactory(organisation=ours.organisation, name="Reading matters")
    past = ProgrammeFactory(organisation=ours.organisation, starts_on=dt.date(2020, 9, 1), ends_on=dt.date(2021, 8, 31))
    PartnerSchoolFactory(programme=beside, school=schools[0])
    PartnershipFactory(programme=beside, partner_school=schools[1])
    SpecialistTeacherFactory(programme=beside, home_school=schools[2])
    PartnerSchoolFactory(programme=past, school=schools[3])
    PartnerSchoolFactory(programme=ProgrammeFactory(), school=schools[3])
    PartnerSchoolFactory(programme=beside, school=schools[4], stage="enquiry")
    row = PartnerSchoolFactory(programme=ours.programme, school=schools[0], other_projects=["Talk for maths"])

    found = other_programmes(ours.programme, [school.pk for school in schools])
    page = text(client.get(reverse("programmes:schools", args=[ours.programme.slug])))
    detail = text(client.get(row.get_absolute_url()))

    assert {school: [p.name for p in programmes] for school, programmes in found.items()} == {
        school.pk: ["Reading matters"] for school in schools[:3]
    }
    assert "Already in 2 other projects</strong> Reading matters 2026-27 and Talk for maths" in page
    assert "Already in 2 other projects:</b> Reading matters 2026-27 and Talk for maths." in detail


def test_enquiries_are_carried_to_another_programme_once(client, ours, coordinator):
    following = ProgrammeFactory(
        organisation=ours.organisation,
        name="Next",
        starts_on=dt.date(2027, 9, 1),
        ends_on=dt.date(2028, 8, 31),
        status="draft",
        other_authorities=True,
    )
    following.areas.create(name="Ourside area")
    row = PartnerSchoolFactory(
        programme=ours.programme,
        stage="next year",
        area=ours.partnership.area,
        chosen_because="Asked at the showcase",
        tags=["coastal"],
        capacity="not now",
    )
    HeadContact.objects.create(
        partner_school=row, on=dt.date(2026, 9, 2), how="phone", note="The talk of before", by=coordinator
    )
    address = reverse("programmes:schools_carry", args=[ours.programme.slug])

    page = client.get(address)
    first = client.post(address, {"programme": following.pk, "schools": [row.pk]}, follow=True)
    second = client.post(address, {"programme": following.pk, "schools": [row.pk]}, follow=True)

    carried = following.partner_schools.get()
    assert page.context["form"].fields["schools"].initial == [row.pk]
    assert f"In Next 2027-28 as enquiries: {row.school}." in text(first)
    assert "Not carried" in text(second)
    assert (carried.stage, carried.area.name, carried.tags, carried.capacity, carried.carried_from) == (
        "enquiry",
        "Ourside area",
        ["coastal"],
        "",
        row,
    )
    assert "The talk of before" in text(client.get(carried.get_absolute_url()))


def test_schools_are_not_carried_into_a_programme_of_others(client, ours, coordinator):
    row = PartnerSchoolFactory(programme=ours.programme, stage="next year")
    stranger = ProgrammeFactory()

    answer = client.post(
        reverse("programmes:schools_carry", args=[ours.programme.slug]),
        {"programme": stranger.pk, "schools": [row.pk]},
    )

    assert not stranger.partner_schools.exists()
    assert answer.status_code == 200


def test_a_loaded_programme_has_its_partner_schools_in_the_list_and_a_second_load_changes_nothing():
    programme = load_programme(ESSEX).programme
    listed = sorted(programme.partner_schools.values_list("school", "stage", "subject", "year_group"))

    again = load_programme(ESSEX)

    schools = set(programme.partnerships.values_list("partner_school", flat=True))
    assert {school for school, *_ in listed} == schools
    assert {stage for _, stage, *_ in listed} == {"joined"}
    assert again.changed_nothing
    assert not programme.specialists.with_taken().filter(taken__gt=F("partnerships_wanted")).exists()
    assert sorted(programme.partner_schools.values_list("school", "stage", "subject", "year_group")) == listed


def test_a_proposed_pair_means_talks_and_an_agreed_one_that_the_school_takes_part():
    proposed = PartnershipFactory(status="proposed")
    programme = proposed.programme
    declined = PartnerSchoolFactory(programme=programme, stage="declined")
    PartnershipFactory(programme=programme, partner_school=declined.school, status="proposed")
    person = UserFactory()

    list_schools_of_partnerships(programme)
    before = dict(programme.partner_schools.values_list("school", "stage"))
    move(person, proposed, "agreed", on=timezone.localdate())
    after = dict(programme.partner_schools.values_list("school", "stage"))

    assert before == {proposed.partner_school_id: "in talks", declined.school_id: "declined"}
    assert after == {proposed.partner_school_id: "joined", declined.school_id: "declined"}
