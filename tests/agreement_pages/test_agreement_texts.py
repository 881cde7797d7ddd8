"""The text of agreements: changed on its page, and filled in from the programme."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from programmes.models import AgreementText, PartnerSchool, Programme, TimetableStep
from programmes.paragraphs import blocks
from programmes.services.agreements import facts_of, latest_text, mistakes, sections_of
from programmes.services.agreements.words import shipped
from tests.factories import ProgrammeFactory
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def change(client, ours, follow=True, **changes):
    client.force_login(ours.people[Role.COORDINATOR])
    url = reverse("programmes:agreement_text_change", args=[ours.programme.slug])
    return client.post(url, shipped() | {"base": 1} | changes, follow=follow)


def test_a_changed_text_is_the_next_version(client, ours):
    response = change(client, ours, protocol="We are equals.")

    assert "Version 2 is the text of new agreements from now on." in text_of(response)
    assert latest_text(ours.programme).protocol == "We are equals."


def test_while_a_programme_is_set_up_the_shipped_text_is_taken_as_it_is_and_leads_back_to_the_tasks(client, ours):
    draft = ProgrammeFactory(organisation=ours.organisation, status=Programme.Status.DRAFT)
    client.force_login(ours.people[Role.COORDINATOR])
    url, tasks = (reverse(f"programmes:{name}", args=[draft.slug]) for name in ("agreement_text", "set_up"))

    page = client.get(url)
    first, second = client.post(url), client.post(url)
    changed = client.post(
        reverse("programmes:agreement_text_change", args=[draft.slug]), shipped() | {"base": 1, "protocol": "Ours."}
    )

    assert "Use it as it is, or change it to your own words first." in text_of(page)
    assert f'<a href="{tasks}" class="govuk-back-link">Back to the tasks</a>' in page.content.decode()
    assert [answer["Location"] for answer in (first, second, changed)] == [tasks] * 3
    assert [text.protocol for text in draft.agreement_texts.all()] == [shipped()["protocol"], "Ours."]


def test_a_preview_saves_nothing(client, ours):
    response = change(client, ours, protocol="We are equals in [subject].", preview="Preview")

    assert "We are equals in maths." in text_of(response)
    assert AgreementText.objects.filter(programme=ours.programme).count() == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("By [next tuesday].", "[next tuesday] stands for nothing."),
        ("By these days: [data dates]", "Put [data dates] on a line of its own"),
    ],
)
def test_brackets_that_cannot_be_filled_in_are_told_and_the_words_stay(client, ours, words, told):
    response = change(client, ours, protocol=words)

    assert response.context["form"].errors["protocol"][0].startswith(told)
    assert response.context["form"]["protocol"].value() == words
    assert AgreementText.objects.filter(programme=ours.programme).count() == 1


def test_what_someone_else_saved_meanwhile_is_told_and_the_words_stay(client, ours):
    change(client, ours, protocol="Theirs.")

    response = change(client, ours, protocol="Mine.")
    again = change(client, ours, protocol="Mine.", base=response.context["form"]["base"].value())

    assert response.context["form"].non_field_errors()[0].startswith("Ourside OursideCoordinator saved version 2 at")
    assert response.context["form"]["protocol"].value() == "Mine."
    assert "Version 3 is the text" in text_of(again)


def test_our_own_text_has_no_mistake():
    assert [mistakes(words) for words in shipped().values()] == [[], [], [], []]


def test_words_become_paragraphs_and_lists():
    text = "One\ntwo [subject]\n\n- a\n- b\n[data dates]\n\n[nothing]\n\n[staff funded]\n"

    found = blocks(text, {"subject": "maths"}, {"data dates": ["x", "y"], "staff funded": ""})

    assert found == [
        {"kind": "text", "text": "One two maths"},
        {"kind": "list", "items": ["a", "b"]},
        {"kind": "list", "items": ["x", "y"]},
        {"kind": "text", "text": "[nothing]"},
    ]


def step(programme, order, specialist, partner, required=True, on=None):
    TimetableStep.objects.create(
        programme=programme,
        order=order,
        type=TimetableStep.Type.VISIT,
        name=f"Visit {order}",
        window_start=on or programme.starts_on,
        window_end=on or programme.starts_on,
        half_days=1,
        funded_specialist_half_days=specialist,
        funded_partner_half_days=partner,
        required=required,
    )


def release_time(partnership):
    programme = Programme.objects.get(pk=partnership.programme_id)
    text = AgreementText(programme=programme, version=1, protocol="x", data_commitments="x")
    text.release_time = "[release time]\n\n[staff funded]"
    return sections_of(text, facts_of(programme), partnership)["parts"][-1]["blocks"]


def test_the_half_days_of_each_side_come_from_the_timetable(ours):
    ours.programme.timetable.all().delete()
    step(ours.programme, 1, 1, 0)
    step(ours.programme, 2, 1, 0)
    step(ours.programme, 3, 0, 1)
    step(ours.programme, 4, 1, 0, required=False)
    Programme.objects.update(staff_funded=2)

    assert release_time(ours.partnership) == [
        {
            "kind": "list",
            "items": [
                "The specialist teacher, of Ourside Home School: 2 half-days, funded by the programme; up to 1 more "
                "where they are used",
                "The partner teacher, of Ourside Partner School: 1 half-day, funded by the programme",
            ],
        },
        {"kind": "text", "text": "Training is funded for 2 members of staff of each school."},
    ]


def test_whoever_begins_in_the_middle_of_the_year_reads_of_the_half_days_that_are_left(ours):
    first, term = ours.programme.starts_on, dt.timedelta(days=120)
    ours.programme.timetable.all().delete()
    ours.partnership.steps.all().delete()
    step(ours.programme, 1, 1, 1)
    step(ours.programme, 2, 1, 0, on=first + term)
    step(ours.programme, 3, 0, 1, on=first + 2 * term, required=False)
    ours.partnership.steps.create(status="proposed", on=first)
    ours.partnership.steps.create(status="agreed", on=first + term)
    ours.partnership.steps.create(status="active", on=first + 2 * term)

    late = release_time(ours.partnership)[0]["items"]
    Programme.objects.update(funded=False)
    unfunded = release_time(ours.partnership)[0]["text"]

    day = f"{first + term:%-d %B %Y}"
    assert late == [
        f"The specialist teacher, of Ourside Home School: 1 half-day from {day} on, funded by the programme",
        f"The partner teacher, of Ourside Partner School: no half-day is funded from {day} on; up to 1 more where they "
        "are used",
    ]
    assert f"Its timetable takes 2 half-days from {day} on; each school" in unfunded


def sections_in(partnership):
    """The agreement of a partnership as it would be made now from the text that we ship."""
    programme = Programme.objects.get(pk=partnership.programme_id)
    return sections_of(AgreementText(programme=programme, version=1, **shipped()), facts_of(programme), partnership)


def data_lines(sections):
    (part,) = [part for part in sections["parts"] if part["key"] == "data_commitments"]
    return part["blocks"][1]


def test_whoever_begins_in_the_middle_of_the_year_commits_to_the_data_days_that_are_left(ours):
    first, last = ours.programme.data_points.order_by("due_on")
    ours.partnership.steps.all().delete()
    whole = sections_in(ours.partnership)
    step = ours.partnership.steps.create(status="agreed", on=first.due_on)
    on_the_day = sections_in(ours.partnership)
    step.on = first.due_on + dt.timedelta(days=1)
    step.save()
    late = sections_in(ours.partnership)
    step.on = last.due_on + dt.timedelta(days=1)
    step.save()
    too_late = sections_in(ours.partnership)

    words = [f"{point.name}: {point.due_on:%A %-d %B %Y}" for point in (first, last)]
    assert [data_lines(sections)["items"] for sections in (whole, on_the_day, late)] == [words, words, words[1:]]
    assert [date["name"] for date in late["data_dates"]] == [last.name]
    assert data_lines(too_late) == {"kind": "text", "text": "All days of this year are over."}


def test_the_text_that_we_ship_is_right_for_two_schools_and_for_one(ours):
    Programme.objects.update(staff_funded=2)
    two = str(sections_in(ours.partnership)["parts"])
    ours.specialist.home_school = ours.school
    ours.partnership.specialist = ours.specialist
    one = str(sections_in(ours.partnership)["parts"])
    Programme.objects.update(funded=False)
    unfunded = str(sections_in(ours.partnership)["parts"])

    assert "2 members of staff of each school." in two
    assert "2 members of staff of the school." in one
    assert "the school finds the time and the cover." in unfunded
    for words in ("Both head", "both head", "both schools", "each school"):
        assert words not in one + unfunded


def test_one_that_is_only_proposed_reads_of_the_half_days_from_today_on(ours):
    today = timezone.localdate()
    ours.programme.timetable.all().delete()
    ours.partnership.steps.all().delete()
    step(ours.programme, 1, 1, 1, on=today - dt.timedelta(days=1))
    step(ours.programme, 2, 1, 1, on=today)
    ours.partnership.status = "proposed"

    assert [line.split(": ")[1] for line in release_time(ours.partnership)[0]["items"]] == [
        f"1 half-day from {today:%-d %B %Y} on, funded by the programme"
    ] * 2


def test_a_school_with_its_own_number_of_funded_staff_reads_that(ours):
    Programme.objects.update(staff_funded=2)
    PartnerSchool.objects.filter(programme=ours.programme, school=ours.school).delete()
    PartnerSchool.objects.create(programme=ours.programme, school=ours.school, staff_funded=1)

    assert release_time(ours.partnership)[1]["text"] == "Training is funded for 1 member of staff of each school."


def test_a_programme_without_money_says_so(ours):
    ours.programme.timetable.all().delete()
    step(ours.programme, 1, 1, 0)
    Programme.objects.update(funded=False, staff_funded=2)

    assert release_time(ours.partnership) == [
        {
            "kind": "text",
            "text": "This programme does not fund release time. Its timetable takes 1 half-day in all; each school "
            "finds the time and the cover.",
        }
    ]
