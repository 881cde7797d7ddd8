"""A target pupil's pages: who may read and change them, that reading is recorded, and where the UPN stands."""

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.models import Programme
from pupils.models import Assessment, TargetPupil
from pupils.upn import upn_index
from tests.factories import MembershipFactory, PartnershipFactory, PlaceFactory
from tests.world import upn_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_day")]


@pytest.fixture
def teacher(client, ours):
    client.force_login(ours.people[Role.PARTNER])
    return ours.people[Role.PARTNER]


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def typed(pupil, **fields):
    names = ["first_name", "last_name", "year_group", "sex", "pupil_premium", "sen", "eal", "upn"]
    return {name: getattr(pupil, name) for name in names} | fields


def change(client, pupil, **fields):
    return client.post(reverse("pupils:change", args=[pupil.pk]), typed(pupil, **fields), follow=True)


def seen(user):
    events = AuditEvent.objects.filter(who=user, did__startswith="pupils.").order_by("pk")
    return list(events.values_list("did", "model", "row"))


def test_the_upn_stands_where_the_pupil_is_changed_and_nowhere_else(client, ours, teacher):
    partnership = reverse("programmes:partnership", args=[ours.partnership.pk])
    detail, form = (reverse(f"pupils:{name}", args=[ours.pupil.pk]) for name in ("detail", "change"))

    where = {url: client.get(url).content.decode() for url in (reverse("pupils:list"), partnership, detail, form)}

    assert [url for url, page in where.items() if ours.upn in page] == [form]
    assert all(ours.upn not in re.search("<title>(.*)</title>", page)[1] for page in where.values())
    assert "OursideForename" not in re.search("<title>(.*)</title>", where[detail])[1]


def test_the_list_has_first_and_latest_grade_by_partnership(client, ours, teacher):
    page = text(client.get(reverse("pupils:list")))

    first, latest = (row.grade.code for row in ours.place.assessments.order_by("data_point__due_on"))
    assert "1 pupil. It is recorded that you looked at this page." in page
    assert "Maths, Year 5, Ourside Partner School" in page
    assert f"OursideForename OursideFamily 5 {first} , October {latest} , Summer" in page


def test_a_pupil_in_two_partnerships_is_one_pupil(client, ours, teacher):
    PlaceFactory(partnership=ours.partnership)
    second = PartnershipFactory(programme=ours.programme, partner_school=ours.school, partner_teacher=teacher)
    PlaceFactory(partnership=second, pupil=ours.pupil)

    page = text(client.get(reverse("pupils:list")))

    assert "2 pupils, some of them in two partnerships." in page


def test_a_pupils_page_says_of_every_data_point_the_grade_the_reason_or_who_owes_it(client, ours, teacher):
    october, summer = ours.place.assessments.order_by("data_point__due_on")
    Assessment.objects.filter(pk=summer.pk).delete()
    Assessment.objects.filter(pk=october.pk).update(grade=None, reason="absent")
    ours.programme.data_points.create(name="December", due_on=dt.date(2026, 12, 11))

    page = text(client.get(ours.pupil.get_absolute_url()))

    names = " or ".join(str(someone) for someone in ours.partnership.teachers)
    assert "October No grade: absent" in page
    assert f"December Waiting for {names}" in page
    assert "Summer Due on Friday 25 June" in page


def test_reading_and_changing_is_recorded(client, ours, teacher):
    client.get(reverse("pupils:list"))
    client.get(ours.pupil.get_absolute_url())
    client.get(reverse("pupils:change", args=[ours.pupil.pk]))
    change(client, ours.pupil, first_name="Robin")

    pupil = ("pupils.targetpupil", ours.pupil.pk)
    assert seen(teacher) == [
        ("pupils.listed", "", None),
        ("pupils.viewed", *pupil),
        ("pupils.viewed", *pupil),
        ("pupils.viewed", *pupil),
        ("pupils.changed", *pupil),
        ("pupils.viewed", *pupil),
    ]
    assert not AuditEvent.objects.filter(about__contains="Robin").exists()


def test_a_teacher_changes_the_details(client, ours, teacher):
    new = upn_of(77)

    answer = change(client, ours.pupil, first_name="Robin", sen="K", upn=f" {new[:4]} {new[4:].lower()} ")

    ours.pupil.refresh_from_db()
    assert "The pupil's details are saved.".replace("'", "&#x27;") in text(answer)
    assert (ours.pupil.first_name, ours.pupil.sen, ours.pupil.upn) == ("Robin", "K", new)
    assert bytes(ours.pupil.upn_index) == upn_index(new)


def opened(client, pupil):
    """What the page sends along of the pupil as it has shown them."""
    page = client.get(reverse("pupils:change", args=[pupil.pk])).content.decode()
    return html.unescape(re.search(r'name="shown" value="([^"]*)"', page)[1])


def test_what_somebody_else_changed_since_the_page_was_opened_is_not_undone(client, ours, teacher):
    shown = opened(client, ours.pupil)
    change(client, ours.pupil, first_name="Judith", shown=shown)

    answer = change(client, ours.pupil, last_name="Crane", shown=shown)

    ours.pupil.refresh_from_db()
    assert ours.pupil.full_name == "Judith Crane"
    assert "Somebody else changed this meanwhile, and it stays as they wrote it: Forename." in text(answer)


def test_where_both_changed_the_same_both_are_shown_and_nothing_typed_is_lost(client, ours, teacher):
    shown, mine = opened(client, ours.pupil), upn_of(78)
    change(client, ours.pupil, first_name="Judith", sex="F", upn=upn_of(77), shown=shown)

    refused = change(client, ours.pupil, first_name="Jo", upn=mine, sen="K", shown=shown)
    before = TargetPupil.objects.get(pk=ours.pupil.pk)
    again = html.unescape(re.search(r'name="shown" value="([^"]*)"', refused.content.decode())[1])
    change(client, ours.pupil, first_name="Jo", upn=mine, sex="F", sen="K", shown=again)

    ours.pupil.refresh_from_db()
    assert "Somebody has changed this to “Judith” since you opened the page. Save again if yours is right." in text(
        refused
    )
    assert f'value="{mine}"' in refused.content.decode()
    assert (before.first_name, before.sen) == ("Judith", "N")
    assert (ours.pupil.first_name, ours.pupil.sex, ours.pupil.sen, ours.pupil.upn) == ("Jo", "F", "K", mine)


def test_the_upn_is_kept_encrypted(client, ours, teacher):
    change(client, ours.pupil, upn=upn_of(77))

    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM pupils_targetpupil AS t WHERE id = %s", [ours.pupil.pk])
        row = cursor.fetchone()[0]
    assert "OursideForename" in row
    assert upn_of(77) not in row
    assert upn_of(77).encode().hex() not in row


@pytest.mark.parametrize(
    ("upn", "sentence"),
    [
        ("A199000000007", "The first letter of this UPN does not fit its digits, so one character is wrong."),
        ("12345", "A UPN is a letter and 12 digits, or a letter, 11 digits and a letter."),
        ("É199000000007", "A UPN is a letter and 12 digits, or a letter, 11 digits and a letter."),
        ("B199000000007 and more words", "A UPN has 13 characters."),
    ],
)
def test_a_wrong_upn_is_refused_and_what_was_typed_stays(client, ours, teacher, upn, sentence):
    answer = change(client, ours.pupil, upn=upn, first_name="Robin")

    ours.pupil.refresh_from_db()
    page = answer.content.decode()
    assert sentence in text(answer)
    assert f'value="{upn}"' in page
    assert 'value="Robin"' in page
    assert (ours.pupil.upn, ours.pupil.first_name) == (ours.upn, "OursideForename")


def test_another_pupils_upn_is_refused_within_the_programme_and_free_outside_it(client, world, teacher):
    ours, next_door, elsewhere = world

    taken = change(client, ours.pupil, upn=next_door.upn)
    own = change(client, ours.pupil, upn=ours.upn)
    free = change(client, ours.pupil, upn=elsewhere.upn)

    assert (
        "This UPN cannot be entered for this pupil. Compare it with your management system, or leave it blank."
        in text(taken)
    )
    assert "Nextdoor" not in text(taken)
    assert "are saved" in text(own)
    assert "are saved" in text(free)


def test_a_pupil_without_a_upn_is_legal(client, ours, teacher):
    second = PlaceFactory(partnership=ours.partnership).pupil

    answers = [change(client, pupil, upn="") for pupil in (ours.pupil, second)]

    assert all("are saved" in text(answer) for answer in answers)
    assert list(TargetPupil.objects.filter(pk__in=[ours.pupil.pk, second.pk]).values_list("upn_index", flat=True)) == [
        None,
        None,
    ]


@pytest.mark.parametrize("year_group", ["", "14", "-1", "five"])
def test_a_wrong_year_group_is_refused_in_plain_words(client, ours, teacher, year_group):
    answer = change(client, ours.pupil, year_group=year_group)

    assert "Enter the year group" in text(answer)


@pytest.mark.parametrize("name", ["Una \N{SLIGHTLY SMILING FACE}", "\N{HEAVY BLACK HEART}", "R2D2"])
def test_what_stands_in_no_name_is_refused(client, ours, teacher, name):
    answer = change(client, ours.pupil, first_name=name)

    assert "Enter the name in letters, or an initial." in text(answer)


ALI_REZA = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"


@pytest.mark.parametrize("name", ["Zoë-Anne", "O'Neil", "O`Neil", "Nguyễn", ALI_REZA])
def test_a_name_is_written_as_people_write_it(client, ours, teacher, name):
    assert "are saved" in text(change(client, ours.pupil, first_name=name))


def test_a_programme_of_initials_keeps_no_name(client, ours, teacher):
    Programme.objects.filter(pk=ours.programme.pk).update(initials_only=True)

    refused = change(client, ours.pupil, first_name="Robin", last_name="K")
    kept = change(client, ours.pupil, first_name="R.", last_name="K")

    ours.pupil.refresh_from_db()
    assert "This programme keeps initials only: give one letter." in text(refused)
    assert "are saved" in text(kept)
    assert ours.pupil.full_name == "R K"


def test_the_head_sees_the_pupil_and_cannot_change_it(client, ours):
    client.force_login(ours.people[Role.HEADTEACHER])

    page = client.get(ours.pupil.get_absolute_url())
    answers = [getattr(client, method)(reverse("pupils:change", args=[ours.pupil.pk])) for method in ("get", "post")]

    assert ours.upn not in text(page)  # it stands only where the details are changed
    assert "Change the details" not in text(page)
    assert [answer.status_code for answer in answers] == [403, 403]


def test_a_head_who_also_teaches_elsewhere_changes_only_the_pupils_taught(client, world):
    ours, _, elsewhere = world
    head = ours.people[Role.HEADTEACHER]
    MembershipFactory(
        user=head, role=Role.PARTNER, organisation=elsewhere.organisation, school=elsewhere.partnership.partner_school
    )
    elsewhere.partnership.partner_teachers.create(user=head, since=dt.date(2026, 9, 1))
    client.force_login(head)

    own, taught = (client.get(reverse("pupils:change", args=[corner.pupil.pk])) for corner in (ours, elsewhere))

    assert (own.status_code, taught.status_code) == (404, 200)
    assert "Change the details" not in text(client.get(ours.pupil.get_absolute_url()))


def test_a_teacher_who_has_left_the_partnership_sees_no_pupil_any_more(client, ours, teacher):
    ours.partnership.partner_teachers.update(until=dt.date(2027, 1, 26))

    assert client.get(ours.pupil.get_absolute_url()).status_code == 404
    assert "No target pupils." in text(client.get(reverse("pupils:list")))


def test_a_pupil_of_a_closed_programme_cannot_be_changed(client, ours, teacher):
    Programme.objects.filter(pk=ours.programme.pk).update(status=Programme.Status.CLOSED)

    page = text(client.get(ours.pupil.get_absolute_url()))
    answers = [
        client.get(reverse("pupils:change", args=[ours.pupil.pk])).status_code,
        change(client, ours.pupil, first_name="Robin").status_code,
    ]

    ours.pupil.refresh_from_db()
    assert "The programme is closed, so these details can no longer be changed." in page
    assert "Change the details" not in page
    assert answers == [404, 404]
    assert ours.pupil.first_name == "OursideForename"


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER])
def test_the_list_leads_to_progress_and_to_the_grades(client, ours, role):
    client.force_login(ours.people[role])
    page = client.get(reverse("pupils:list")).content.decode()

    for address in (
        reverse("reports:partnership_followed", args=[ours.partnership.pk]),
        ours.partnership.get_absolute_url(),
    ):
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200
