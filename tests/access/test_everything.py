"""Everything on one pupil for the head of the school, on one colleague for themselves or the coordinator."""

import datetime as dt
import io
import json
import uuid

import pdfua
import pikepdf
import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from jobs.work import work_on
from lessons.models import Note, Observation
from programmes.models import DataReturnEntry, PartnerTeacher
from pupils.life.services import end_place
from pupils.models import ReturnVersion, TargetPupil
from reports.access import files
from reports.access.person import person_file
from reports.access.pupil import pupil_file
from reports.access.redacting import TAKEN_OUT, children_around
from reports.models import AccessFile
from tests.factories import MembershipFactory, PlaceFactory
from visits.models import Away

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2027, 1, 27, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def head(ours):
    return ours.people[Role.HEADTEACHER]


@pytest.fixture
def other(ours):
    """Another child of the same partnership, of whom teachers write in one breath."""
    return PlaceFactory(
        partnership=ours.partnership, pupil__first_name="Brigid", pupil__last_name="O'Dowd", pupil__ref="other"
    ).pupil


HELPED = "OursideForename helped Brigid O\u2019Dowd, and brigid's friend BO."


def write(ours, sheet, field, text):
    return Note.objects.create(sheet=sheet, field=field, text=text, version=1, written_by=ours.people[Role.PARTNER])


def parts_of(figures):
    return {section["title"]: section for section in figures["sections"]}


def words_of(figures):
    return json.dumps(figures, ensure_ascii=False)


def test_it_has_the_details_places_grades_and_presence_of_the_pupil(ours, head):
    parts = parts_of(pupil_file(ours.pupil, head))

    assert ["Forename", "OursideForename"] in parts["Details"]["facts"]
    assert [row[:3] for row in parts["Grades"]["rows"]] == [
        ["Maths, Year 5", "October", row.grade.code] if number == 0 else ["Maths, Year 5", "Summer", row.grade.code]
        for number, row in enumerate(ours.place.assessments.order_by("data_point__due_on"))
    ]
    assert len(parts["Present at visits"]["rows"]) == 1


def test_the_number_of_the_pupil_stands_in_neither_form_of_it(ours, head):
    assert ours.upn not in words_of(pupil_file(ours.pupil, head))


def test_words_about_the_pupil_are_in_it_and_other_children_are_taken_out(ours, head, other):
    write(ours, ours.record.sheet, "section-pupils", HELPED)
    write(ours, ours.record.sheet, "section-focus2", "Brigid alone was away.")
    write(ours, ours.lesson.sheet, "evidence-A", "A wrote more than Brigid")
    seen = {"lesson": ours.lesson, "person": ours.people[Role.SPECIALIST], "client": uuid.uuid4()}
    Observation.objects.create(**seen, case_pupil=ours.study.case_pupils.get(), text="Told O'Dowd the answer")

    figures = pupil_file(ours.pupil, head)

    texts = [quote["text"] for section in figures["sections"] for quote in section["quotes"]]
    assert f"OursideForename helped {TAKEN_OUT}, and {TAKEN_OUT} friend {TAKEN_OUT}." in texts
    assert f"A wrote more than {TAKEN_OUT}" in texts
    assert f"Told {TAKEN_OUT} the answer" in texts
    assert not any("away" in text for text in texts)
    assert not any(name in words_of(figures) for name in ("Brigid", "brigid", "Dowd", "BO."))


def test_interviews_and_what_was_predicted_and_discussed_of_the_letter_are_in_it(ours, head):
    part = next(part for title, part in parts_of(pupil_file(ours.pupil, head)).items() if "pupil A" in title)

    where = [quote["where"] for quote in part["quotes"]]
    assert any("Interview: What can you do now" in each for each in where)
    assert any("Predicted" in each for each in where)
    assert any("Discussion: what happened" in each for each in where)
    assert any("seen by" in each for each in where)


def test_private_notes_are_named_and_not_printed(ours, head):
    figures = pupil_file(ours.pupil, head)

    assert parts_of(figures)["Private notes to be looked at"]["rows"] == [
        [str(ours.people[Role.PARTNER]), "Lesson 1", "26 January 2027"]
    ]
    assert "Ourside private" not in words_of(figures)


def test_who_looked_stands_by_role_and_day_without_a_name(client, ours, head):
    client.force_login(ours.people[Role.PARTNER])
    for _ in range(2):
        client.get(reverse("pupils:detail", args=[ours.pupil.pk]))

    rows = parts_of(pupil_file(ours.pupil, head))["Who looked at the pupil\u2019s page"]["rows"]

    assert rows == [["27 January 2027", "Looked at the page", "Partner teacher", "2"]]


@pytest.mark.parametrize(
    ("text", "taken_out"),
    [
        ("May went first", True),
        ("she may go", False),
        ("MAY AND", True),
        ("Lukes book", True),
        ("Luke's and Luke\u2019s", True),
        ("lukewarm", False),
        ("the LM pair", True),
        ("Ourside", False),
    ],
)
def test_what_names_another_child(ours, text, taken_out):
    PlaceFactory(partnership=ours.partnership, pupil__first_name="Luke", pupil__last_name="May", pupil__ref="luke")

    assert (TAKEN_OUT in children_around([ours.pupil]).redact(text)) == taken_out


def made(file):
    work_on(AccessFile, file.pk, files.build_file)
    file.refresh_from_db()
    assert (file.state, file.failure) == ("done", "")
    return file


def test_the_head_asks_for_it_and_gets_a_tagged_pdf_and_json(client, ours, head):
    client.force_login(head)
    address = reverse("reports:access_pupil", args=[ours.pupil.pk])
    assert address in client.get(ours.pupil.get_absolute_url()).content.decode()
    AccessFile.objects.all().delete()

    client.post(address)
    file = made(AccessFile.objects.get())
    page = client.get(address).content.decode()
    data = client.get(reverse("reports:access_download", args=[file.pk, "json"]))
    paper = client.get(reverse("reports:access_download", args=[file.pk, "pdf"]))
    pdf = b"".join(paper.streaming_content)

    assert "It is ready." in page
    assert json.loads(data.content) == file.figures
    assert paper["Content-Disposition"] == f'attachment; filename="everything-on-pupil-{file.pk}.pdf"'
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert "/StructTreeRoot" in opened.Root
        assert "Ourside" not in str(opened.docinfo)
    recorded = AuditEvent.objects.filter(who=head, did__startswith="access.", row=ours.pupil.pk).order_by("pk")
    assert list(recorded.values_list("did", "about")) == [
        ("access.ordered", ""),
        ("access.looked at", ""),
        ("access.downloaded", "json"),
        ("access.downloaded", "pdf"),
    ]
    paper.close()


def test_a_teacher_a_coordinator_and_another_head_do_not_get_it(client, ours, world):
    address = reverse("reports:access_pupil", args=[ours.pupil.pk])
    statuses = {}
    for who in (ours.people[Role.PARTNER], ours.people[Role.COORDINATOR], world[1].people[Role.HEADTEACHER]):
        client.force_login(who)
        statuses[str(who)] = client.post(address).status_code

    assert sorted(statuses.values()) == [403, 403, 404]


def test_a_head_who_has_left_gets_nothing_more(ours, head):
    file = files.order_file(head, pupil=ours.pupil)
    head.memberships.update(ends_on=NOON.date() - dt.timedelta(days=1), starts_on=dt.date(2026, 9, 1))

    work_on(AccessFile, file.pk, files.build_file)

    file.refresh_from_db()
    assert (file.state, file.failure) == ("failed", "You cannot ask for this any more.")


# On a colleague ---------------------------------------------------------------------------------------------------


def test_everyone_gets_what_is_kept_on_themselves(client, ours):
    person = ours.people[Role.SPECIALIST]
    client.force_login(person)
    assert reverse("reports:access_oneself") in client.get(reverse("accounts:account")).content.decode()

    client.post(reverse("reports:access_oneself"))
    file = made(AccessFile.objects.get(person=person))

    parts = parts_of(file.figures)
    assert ["Nominated", "by Ourside nominator on 1 May 2026"] in parts["As a specialist teacher"]["facts"] or any(
        "Ourside nominator" in value for _, value in parts["As a specialist teacher"]["facts"]
    )
    assert parts["Roles"]["rows"][0][0] == "Specialist teacher"
    assert parts["Half-days"]["rows"]
    assert client.get(reverse("reports:access_download", args=[file.pk, "json"])).status_code == 200


def test_the_words_of_a_teacher_are_in_their_own_file_without_any_pupil(ours, other):
    teacher = ours.people[Role.PARTNER]
    write(ours, ours.record.sheet, "section-pupils", "OursideForename and Brigid read aloud.")

    own = words_of(person_file(teacher))
    asked_for = words_of(person_file(teacher, ours.organisation))

    assert f"{TAKEN_OUT} and {TAKEN_OUT} read aloud." in own
    assert "read aloud" not in asked_for
    assert "Ourside notebook" not in asked_for
    names = {name for pupil in TargetPupil.objects.filter(programme=ours.programme) for name in (pupil.first_name,)}
    assert not any(name in own for name in names)


def test_a_coordinator_asks_for_a_colleague_of_the_organisation_and_for_nobody_else(client, ours, world):
    client.force_login(ours.people[Role.COORDINATOR])
    pages = [reverse("reports:access_person", args=[corner.people[Role.PARTNER].pk]) for corner in (ours, world[2])]

    asked = [client.post(page).status_code for page in pages]
    file = made(AccessFile.objects.get(person=ours.people[Role.PARTNER]))

    assert asked == [302, 404]
    assert file.organisation == ours.organisation
    assert "Ourside subject" in words_of(file.figures)
    assert (
        reverse("reports:access_person", args=[ours.people[Role.PARTNER].pk])
        in client.get(reverse("accounts:people")).content.decode()
    )


def test_what_the_colleague_did_with_grades_is_in_it_without_any_pupil(ours):
    teacher = ours.people[Role.PARTNER]
    DataReturnEntry.objects.create(data_return=ours.data_return, user=teacher, grades=5)
    ReturnVersion.objects.create(
        data_return=ours.data_return,
        number=7,
        submitted_by=teacher,
        submitted_at=NOON,
        opened_by=teacher,
        opened_at=NOON,
        opened_because="OursideForename was marked twice",
    )

    for figures in (person_file(teacher), person_file(teacher, ours.organisation)):
        part, label = parts_of(figures)["Target pupils and their grades"], ours.partnership.label
        name = ours.data_return.data_point.name
        assert {
            (f"Entered 5 grades of the return {name}", label),
            (f"Submitted the return {name}, version 7", label),
            (f"Opened the return {name}, version 7 again: {TAKEN_OUT} was marked twice", label),
        } <= {tuple(row[:2]) for row in part["rows"]}
        assert "OursideForename" not in words_of(part)


def test_days_of_another_organisation_are_only_in_ones_own_file(ours, world):
    teacher = ours.people[Role.PARTNER]
    Away.objects.create(person=teacher, first_on=NOON.date(), last_on=NOON.date())
    MembershipFactory(user=teacher, organisation=world[2].organisation, school=None, role=Role.CONSULTANT)

    parts = parts_of(person_file(teacher, ours.organisation))
    own = parts_of(person_file(teacher))

    assert parts["Signing in, and what is recorded of it"]["rows"] == []
    assert "Away" not in [row[2] for row in parts["Half-days"]["rows"]]
    assert "Away" in [row[2] for row in own["Half-days"]["rows"]]


def test_neither_sees_the_file_that_the_other_asked_for(client, ours):
    person, coordinator = ours.people[Role.PARTNER], ours.people[Role.COORDINATOR]
    theirs = files.order_file(coordinator, person=person, organisation=ours.organisation)
    own = files.order_file(person, person=person)

    assert set(files.files_for(coordinator)) == {theirs}
    assert set(files.files_for(person)) == {own}


def test_the_pdf_passes_what_can_be_checked_of_its_tags(ours, head, tmp_path):
    file = made(files.order_file(head, pupil=ours.pupil))

    with file.file.open() as opened:
        (tmp_path / "file.pdf").write_bytes(opened.read())

    assert list(pdfua.validate(str(tmp_path / "file.pdf")).findings) == []


def test_initials_with_full_stops_and_pupil_numbers_are_taken_out_too(ours, head, other):
    write(ours, ours.record.sheet, "section-pupils", "OursideForename and B.O. and B. O. have B801200005001.")

    texts = [quote["text"] for part in pupil_file(ours.pupil, head)["sections"] for quote in part["quotes"]]

    assert f"OursideForename and {TAKEN_OUT} and {TAKEN_OUT} have [a pupil number]." in texts


def test_what_is_recorded_stands_in_words_and_the_usual_week_is_there(client, ours):
    tutor = ours.people[Role.PARTNER]
    for did in ("returns.viewed", "lessons.discussion agreed", "refused", "signed in", "targets.agreed"):
        AuditEvent.objects.create(who=tutor, did=did)
    PartnerTeacher.objects.filter(user=tutor).update(release_half_days=["tue-am"], preferred_half_days=[], ppa="")

    parts = parts_of(person_file(tutor))

    assert {row[1] for row in parts["Signing in, and what is recorded of it"]["rows"]} == {
        "Grades: looked at",
        "Lessons: discussion agreed",
        "Was refused a page or a step",
        "Signed in",
        "Target grades: agreed",
    }
    assert parts["Usual week"]["rows"][0][1:] == ["Tuesday morning", "", ""]


def test_the_last_day_of_a_place_is_the_last_day_on_which_the_pupil_was_there(ours, head):
    end_place(ours.people[Role.PARTNER], ours.place, because="left", last_on=dt.date(2027, 1, 15))

    found = pupil_file(ours.pupil, head)

    places = next(part for part in found["sections"] if part["title"] == "Partnerships")
    happened = next(part for part in found["sections"] if part["title"] == "What happened to the places")
    assert places["rows"][0][-1].endswith("until 15 January 2027: left the school")
    assert ["16 January 2027", "The place ended: Left the school"] in [[row[0], row[2]] for row in happened["rows"]]
