"""What the letter to the heads says is true, and the page and the paper say the same."""

import datetime as dt
import io

import pikepdf
import pypdfium2
import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from programmes.letters import facts as facts_module
from programmes.letters.build import render
from programmes.letters.facts import dated, facts_of
from programmes.models import PartnerSchool, Partnership, TimetableStep
from programmes.services.letters import standings
from pupils.loading import load_programme
from tests.factories import (
    MembershipFactory,
    PartnerSchoolFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
)
from tests.folders import ESSEX
from tests.heads_letters.reading import begin, teach_in_own_school, timetable, words_of

pytestmark = pytest.mark.django_db


def test_the_letter_says_what_stands_in_the_programme(ours):
    timetable(ours.programme)
    linked = UserFactory(first_name="Link", last_name="Consultant")
    MembershipFactory(user=linked, role=Role.CONSULTANT, organisation=ours.organisation)
    ours.specialist.consultant = linked
    ours.specialist.save()
    ours.programme.staff_funded = 2
    ours.programme.save()

    facts = facts_of(PartnerSchool.objects.get(pk=ours.listed_school.pk))

    assert [(d["when"], d["what"], d["half_days"], d["required"]) for d in facts["dates"]] == [
        ("Thursday 24 September 2026", "Launch", 2, True),
        ("5 to 16 October 2026", "First visit", 0, True),
        ("Friday 16 October 2026", "October grades are in", 0, True),
        ("14 December 2026 to 8 January 2027", "Extra visit", 3, False),
        ("26 April to 14 May 2027", "Reciprocal visit", 1, True),
        ("Friday 25 June 2027", "Summer grades are in", 0, True),
    ]
    assert (facts["visits"], facts["funded_half_days"], facts["funded_extra"], facts["staff_funded"]) == (2, 3, 3, 2)
    assert [(c["name"], c["what"]) for c in facts["contacts"]] == [
        ("Ourside OursideCoordinator", "Coordinator"),
        ("Ourside OursideConsultant", "Consultant"),
        ("Link Consultant", "Consultant"),
        ("Ourside OursideSpecialist", "Specialist teacher"),
    ]
    assert facts["dear"] == "Ourside OursideHeadteacher"
    assert facts["partnerships"] == [
        {
            "label": "Maths, Year 5",
            "specialist": "Ourside OursideSpecialist",
            "home_school": "Ourside Home School",
            "teachers": ["Ourside OursidePartner"],
        }
    ]


@pytest.mark.parametrize(
    ("host", "audience", "said"),
    [
        (
            "authority",
            "heads; specialist teachers",
            ("A venue of the organiser", "Headteachers and specialist teachers"),
        ),
        ("cluster venue", "partner teachers", ("A venue in your area", "Partner teachers")),
        ("The Old Hall", "", ("The Old Hall", "")),
    ],
)
def test_where_and_for_whom_a_step_is_are_said_in_words(ours, host, audience, said):
    timetable(ours.programme)
    TimetableStep.objects.filter(programme=ours.programme, name="Launch").update(host=host, audience=audience)

    (launch,) = [d for d in facts_of(ours.listed_school)["dates"] if d["what"] == "Launch"]

    assert (launch["where"], launch["who"]) == said


def test_the_letters_of_the_evaluated_programme_agree_with_what_is_collected_by_hand():
    programme = load_programme(ESSEX).programme
    rows = list(programme.partner_schools.select_related("school", "programme__organisation"))
    found = {s.row.pk: facts_of(s.row) for s in standings(programme, rows)}

    completed = {p.partner_school_id for p in programme.partnerships.filter(status="completed")}
    for row in rows:
        facts = found[row.pk]
        mine = [
            p
            for p in Partnership.objects.filter(programme=programme)
            if p.partner_school_id == row.school_id and p.status not in {"folded", "completed"}
        ]
        funded = sum(s.funded_partner_half_days for s in programme.timetable.all() if s.required)
        events = sum(1 for s in programme.timetable.all()) + programme.data_points.count()
        visits = len([s for s in programme.timetable.all() if s.type == "visit" and s.required])
        # A school whose only partnership has folded is told of what comes from today on: of that year nothing.
        folded = row.school_id not in completed
        expected = (0, 0, 0) if folded else (funded, visits, events)
        assert (facts["funded_half_days"], facts["visits"], len(facts["dates"])) == expected
        assert sorted(p["specialist"] for p in facts["partnerships"]) == sorted(str(p.specialist) for p in mine)
    assert len(found) == len(rows) == len({row.school_id for row in rows})


def test_a_partnership_that_begins_in_the_middle_of_the_year_is_told_of_the_rest_of_it(ours):
    timetable(ours.programme)
    begin(ours.partnership, dt.date(2026, 11, 27))

    facts = facts_of(ours.listed_school)
    page = words_of(render_to_string("programmes/_letter.html", {"f": facts}))

    assert [(d["what"], d["half_days"]) for d in facts["dates"]] == [
        ("Extra visit", 3),
        ("Reciprocal visit", 1),
        ("Summer grades are in", 0),
    ]
    assert (facts["visits"], facts["funded_half_days"], facts["funded_extra"]) == (1, 1, 3)
    assert "what the rest of the year holds for Ourside Partner School." in page
    assert "1 half-day of your teacher's cover funded" in page
    assert "1 visit in the rest of the year" in page
    assert "grades of the target pupils are in by Friday 25 June 2027" in page
    assert "October" not in page


def test_what_was_not_over_on_the_first_day_is_still_told(ours):
    timetable(ours.programme)
    begin(ours.partnership, dt.date(2026, 10, 16))

    facts = facts_of(ours.listed_school)

    assert [d["what"] for d in facts["dates"]][:2] == ["First visit", "October grades are in"]


def test_the_head_of_one_school_for_both_teachers_reads_of_the_half_days_of_both(ours):
    timetable(ours.programme)
    TimetableStep.objects.filter(name="Reciprocal visit").update(host="specialist school")
    teach_in_own_school(ours.partnership)

    facts = facts_of(ours.listed_school)
    page = words_of(render_to_string("programmes/_letter.html", {"f": facts}))

    assert [(d["what"], d["where"], d["half_days"]) for d in facts["dates"] if d["kind"] != "grades"] == [
        ("Launch", "Your school", 3),
        ("First visit", "Your school", 1),
        ("Extra visit", "Your school", 4),
        ("Reciprocal visit", "Your school", 2),
    ]
    assert (facts["funded_half_days"], facts["funded_extra"]) == (6, 4)
    assert "6 half-days of your teachers' cover funded" in page
    assert "on which your teachers are out of class" in page
    assert "Release your teachers on the half-days above" in page


def test_the_head_of_a_specialist_teacher_who_works_elsewhere_reads_of_those_half_days_too(ours):
    timetable(ours.programme)
    elsewhere = PartnershipFactory(
        programme=ours.programme,
        subject="maths",
        year_group=6,
        specialist=SpecialistTeacherFactory(programme=ours.programme, home_school=ours.school),
        partner_school=SchoolFactory(name="Far School"),
    )
    begin(elsewhere, dt.date(2026, 10, 20))

    facts = facts_of(ours.listed_school)
    page = words_of(render_to_string("programmes/_letter.html", {"f": facts}))

    assert [(d["what"], d["where"], d["half_days"]) for d in facts["dates"] if d["kind"] != "grades"] == [
        ("Launch", "The partner school", 2),
        ("First visit", "The partner school", 0),
        ("Extra visit", "The partner school", 4),
        ("Reciprocal visit", "The partner school", 2),
    ]
    assert f"{elsewhere.specialist}, specialist teacher of your school, with Far School" in page


def test_what_all_go_to_counts_once_for_a_teacher_of_two_partnerships_and_a_visit_in_each(ours):
    timetable(ours.programme)
    teach_in_own_school(ours.partnership)
    PartnershipFactory(
        programme=ours.programme,
        specialist=ours.specialist,
        partner_school=ours.school,
        partner_teacher=UserFactory(),
        subject="maths",
        year_group=6,
    )

    half_days = {d["what"]: d["half_days"] for d in facts_of(ours.listed_school)["dates"]}

    launch = 1 + 2 + 2  # one specialist teacher, and two partner teachers
    assert (half_days["Launch"], half_days["First visit"], half_days["Reciprocal visit"]) == (launch, 1 + 1, 2 + 2)


def test_a_school_without_a_partnership_is_told_of_what_comes_from_today_on(ours):
    timetable(ours.programme)
    today = timezone.localdate()
    TimetableStep.objects.filter(name="First visit").update(window_start=today, window_end=today)
    over = TimetableStep.objects.filter(name="Launch")
    over.update(window_start=today - dt.timedelta(days=1), window_end=today - dt.timedelta(days=1))
    waiting = PartnerSchool.objects.get(programme=ours.programme, school__name="Ourside Waiting School")

    facts = facts_of(waiting)

    told = [d["what"] for d in facts["dates"] if d["kind"] != "grades"]
    assert "Launch" not in told
    assert "First visit" in told
    assert facts["rest"] is True


def test_dates_that_other_apps_know_stand_in_their_order(ours, monkeypatch):
    moderation = dated(dt.date(2026, 11, 19), dt.date(2026, 11, 19), "Moderation", kind="event", where="Town hall")
    monkeypatch.setattr(facts_module, "ALSO_AHEAD", [lambda programme, rows: {ours.listed_school.pk: [moderation]}])

    dates = facts_of(ours.listed_school)["dates"]

    assert [d["what"] for d in dates] == ["October grades are in", "Moderation", "Summer grades are in"]


def test_the_page_and_the_paper_say_the_same_words(ours):
    timetable(ours.programme)
    facts = facts_of(ours.listed_school)

    page = words_of(render_to_string("programmes/_letter.html", {"f": facts}))
    pdf = pypdfium2.PdfDocument(render(facts, timezone.now()))
    paper = " ".join(" ".join(sheet.get_textpage().get_text_bounded().split()) for sheet in pdf)

    for words in ("Thursday 24 September 2026", "October grades are in", "oursidespecialist@schools.example", "Dear"):
        assert words in page
        assert words in paper
    assert "Ourside nomination note" not in page + paper


def test_the_paper_is_tagged_and_asks_the_database_nothing(ours, django_assert_num_queries):
    timetable(ours.programme)
    facts = facts_of(ours.listed_school)

    with django_assert_num_queries(0):
        pdf = render(facts, timezone.now())

    with pikepdf.open(io.BytesIO(pdf)) as pages:
        assert pages.Root.MarkInfo.Marked
        assert str(pages.docinfo["/Title"]) == "The year ahead, Ourside programme 2026-27: Ourside Partner School"
        assert "OursideHeadteacher" not in str(pages.docinfo)


def test_a_school_without_a_partnership_and_a_programme_without_dates_get_a_letter_too(ours):
    bare = ProgrammeFactory(organisation=ours.organisation)
    row = PartnerSchoolFactory(programme=bare, school__head_title="Mrs", school__head_last_name="Quill")

    facts = facts_of(row)
    page = words_of(render_to_string("programmes/_letter.html", {"f": facts}))
    row.school.head_first_name = "Ada"
    known = facts_of(row)["dear"]

    assert ("Dear Mrs Quill," in page, known) == (True, "Ada Quill")
    assert "is still to be named" in page
    assert "The timetable is still to be set." in page
    assert render(facts, timezone.now()).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("own", "of_all", "sentence"),
    [
        (None, 2, "The supply funding covers 2 members of your staff for training."),
        (4, 2, "The supply funding covers 4 members of your staff for training."),
        (1, None, "The supply funding covers 1 member of your staff for training."),
        (0, 2, "The supply funding covers no staff for training."),
        (None, None, "How many of your staff are funded for training is not decided yet."),
    ],
)
def test_the_head_reads_on_today_how_many_staff_are_funded(client, ours, own, of_all, sentence):
    ours.programme.staff_funded, ours.listed_school.staff_funded = of_all, own
    ours.programme.save()
    ours.listed_school.save()
    client.force_login(ours.people[Role.HEADTEACHER])

    page = client.get(reverse("today"))

    assert sentence in words_of(page.content.decode())
