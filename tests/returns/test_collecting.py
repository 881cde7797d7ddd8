"""A coordinator collects the grades of many partnerships in one file; teachers submit them."""

import csv
import datetime as dt
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.roles import Role
from desks.services import Cell
from papers.sheets import xlsx_bytes
from programmes.models import DataReturnEntry, Partnership
from pupils.collecting.reading import read
from pupils.collecting.template import COLUMNS
from pupils.collecting.waiting import forget
from pupils.collecting.writing import Overtaken, keep_drafts
from pupils.models import GradesFile, ReturnNote, ReturnRevision, ReturnsUpload
from pupils.returns.counting import count_returns
from pupils.returns.writing import write_grades
from tests.factories import MembershipFactory, PartnershipFactory, PlaceFactory, ProgrammeFactory, TargetPupilFactory
from tests.reading import text_of
from tests.returns.entering import DECEMBER, autosave, box, cell, counts, submit
from tests.world import person

SUBMITTED = "These grades have been submitted. To change one, choose “Correct a grade” on their page."
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def page(at):
    return reverse("pupils:collect", args=[at.programme.slug])


def template(client, at, ending="csv", point=1):
    client.force_login(at.amira)
    return client.get(reverse("pupils:collect_template", args=[at.programme.slug, at.points[point].pk, ending]))


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def filled(client, at, grades=DECEMBER, **more):
    rows = rows_of(template(client, at))
    for row, grade in zip(rows[1:], grades, strict=True):
        row[COLUMNS.index("Grade")] = grade
        row[COLUMNS.index("Moderated")] = more.get("moderated", "")
    return "\n".join("\t".join(row) for row in rows)


def send(client, at, text, **more):
    """The rows are sent, and what else is said of them is posted where they are looked at."""
    client.force_login(at.amira)
    answer = client.post(page(at), {"pasted": text}, follow=True)
    return client.post(look(at), more, follow=True) if more else answer


def look(at):
    return reverse("pupils:collect_look", args=[at.programme.slug])


def typed(at):
    return [at.december.sheet.texts.get(box("grade", place), "") for place in at.places]


def test_the_template_has_the_pupils_owed_by_reference_initials_and_year(client, at):
    rows = rows_of(template(client, at))

    assert rows == [
        COLUMNS,
        *(
            ["P01", "Jaywell Junior School", f"C00{n}", initials, "5", "December", "", ""]
            for n, initials in enumerate(["KB", "MH", "SM", "JO", "IT", "TW"], start=1)
        ),
    ]
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(template(client, at, "xlsx").content))
    assert len(workbook.get_sheet_by_index(0).to_python()) == 7
    assert rows_of(template(client, at, point=0)) == [COLUMNS]  # October is submitted


def test_what_comes_back_is_looked_at_and_becomes_drafts_that_a_teacher_submits(client, at):
    text = filled(client, at, moderated="yes")

    looked = text_of(send(client, at, text))
    before = ReturnNote.objects.count()
    done = text_of(send(client, at, text, save="on"))

    assert "6 grades for 1 draft" in looked
    assert "P01 December C001 KB: 3a, moderated" in looked
    assert before == 0
    assert "6 grades are in 1 draft. A teacher of each partnership checks and submits them." in done
    assert typed(at) == ["3a", "Absent", "3b", "2a", "3b", "3c"]
    assert counts(at.december) == ("open", 5, 1, 6, 1)
    assert not DataReturnEntry.objects.exists()  # who uploads has not entered
    assert ReturnsUpload.objects.values_list("by", "grades", "returns").get() == (at.amira.pk, 6, 1)
    submit(client, at.tom, at.december)
    assert counts(at.december)[0] == "submitted"
    assert not DataReturnEntry.objects.exists()


def test_twice_is_once(client, at):
    text = filled(client, at)
    send(client, at, text, save="on")

    again = text_of(send(client, at, text, save="on"))

    assert "Nothing new is in these rows" in again
    assert "6 rows say what stands in the drafts already" in again
    assert ReturnsUpload.objects.count() == 1


def test_what_teachers_have_typed_stays(client, at):
    text = filled(client, at)
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "4c"))

    looked = text_of(send(client, at, text))
    send(client, at, text, save="on")

    assert "1 grade stays as the teachers typed it" in looked
    assert "P01 C001, KB 4c 3a" in looked
    assert typed(at)[0] == "4c"
    entries = DataReturnEntry.objects.values_list("user", "grades")
    assert list(entries) == [(at.hannah.pk, 1)]


def test_who_types_over_an_upload_has_entered(client, at):
    send(client, at, filled(client, at), save="on")
    name = box("grade", at.places[0])

    write_grades(at.tom, at.december, [Cell(name, "3b", 1, 1)], uuid.uuid4())

    assert list(DataReturnEntry.objects.values_list("user", "grades")) == [(at.tom.pk, 1)]


def test_each_wrong_cell_is_named_with_row_column_initials_and_what_to_do(client, at):
    other = PlaceFactory(partnership=PartnershipFactory(programme=at.programme, ref="P02"), pupil__ref="C100")
    elsewhere = PlaceFactory(partnership__ref="X01", pupil__ref="X100")
    rows = [
        ["Partnership", "Pupil", "Data point", "Grade", "Address"],
        ["P01", "C001", "December", "3z", "1 High St"],
        ["P09", "C001", "December", "3b", ""],
        ["P01", "C100", "December", "3b", ""],
        ["P01", "C002", "Christmas", "3b", ""],
        ["P01", "C003", "October", "3b", ""],
        ["P01", "C004", "December", "3b", ""],
        ["P01", "C004", "December", "3a", ""],
        ["X01", elsewhere.pupil.ref, "December", "3a", ""],
        ["P01", "", "December", "3a", ""],
    ]
    answer = send(client, at, "\n".join("\t".join(row) for row in rows), save="on")
    found = [(p.row, p.column, p.what) for p in answer.context["reading"].problems]

    assert found == [
        (2, "Grade", "KB: “3z” is no grade of this scale and no reason."),
        (3, "Partnership", "“P09” is no partnership of this programme that you look after."),
        (4, "Pupil", "“C100” is no target pupil of P01."),
        (5, "Data point", "MH: “Christmas” is no data point."),
        (
            6,
            "Data point",
            "SM: These grades have been submitted. To change one, choose “Correct a grade” on their page.",
        ),
        (8, "Pupil", "JO: this pupil stands in row 7 as well, there with “3b”."),
        (9, "Partnership", "“X01” is no partnership of this programme that you look after."),
        (10, "Pupil", found[-1][2]),
    ]
    assert all(problem.mend for problem in answer.context["reading"].problems)
    assert (answer.status_code, ReturnNote.objects.count()) == (200, 0)
    assert "Nothing is saved yet" in text_of(answer)
    assert "P09 C001 December 3b" in text_of(answer)  # all rows are carried along
    assert "1 High St" not in text_of(answer)  # but not what is not used
    assert other.pupil.first_name not in text_of(answer)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_is_read_as_its_rows(client, at, ending):
    rows = [["Partnership", "Pupil", "Data point", "Grade"], ["P01", "C001", "December", "3a"]]
    data = "\n".join(map(",".join, rows)).encode() if ending == "csv" else xlsx_bytes(rows[0], rows[1:], "Grades")
    client.force_login(at.amira)

    looked = client.post(page(at), {"file": SimpleUploadedFile(f"g.{ending}", data)}, follow=True)

    assert "1 grade for 1 draft" in text_of(looked)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("grades.csv", b""),
        ("grades.csv", b"\x00\x01\x02"),
        ("grades.csv", "Partnership,Pupil\n".encode("utf-16")),
        ("grades.csv", b'Partnership,"Pupil\nP01'),
        ("grades.csv", b"Name,Grade\nKayla,3a\n"),
        ("grades.xlsx", b"PK\x03\x04 broken"),
        ("grades.pdf", b"%PDF-1.7"),
        ("grades.csv", b"Partnership,Pupil,Data point,Grade,Grade\nP01,C001,December,3a,3b\n"),
        ("grades.csv", b"Partnership,Pupil,Data point,Grade\n"),
    ],
)
def test_a_file_that_is_no_table_of_grades_is_refused_in_words(client, at, name, data):
    client.force_login(at.amira)

    answer = client.post(page(at), {"file": SimpleUploadedFile(name, data)}, follow=True)
    client.post(look(at), {"save": "on"})

    assert "There is a problem" in text_of(answer) or "Nothing is saved yet" in text_of(answer)
    assert not ReturnNote.objects.exists()


def test_what_was_typed_between_looking_and_saving_is_not_overwritten(client, at):
    text = filled(client, at)
    seen = read(text, at.programme, Partnership.objects.all())
    write_grades(at.hannah, at.december, [Cell(box("grade", at.places[0]), "4a", 0, 1)], uuid.uuid4())

    with pytest.raises(Overtaken):
        keep_drafts(at.amira, at.programme, seen)

    assert typed(at) == ["4a", "", "", "", "", ""]
    assert not ReturnsUpload.objects.exists()


def test_many_partnerships_cost_as_many_queries_as_one(client, at):
    def cost(number):
        text = filled(client, at, ["3a"] * number)
        with CaptureQueriesContext(connection) as queries:
            send(client, at, text, save="on")
        assert ReturnNote.objects.count() == number
        ReturnRevision.objects.all().delete()
        ReturnNote.objects.all().delete()
        count_returns(at.programme)
        return len(queries)

    cost(6)
    one = cost(6)
    for number in range(12):
        PlaceFactory(partnership=PartnershipFactory(programme=at.programme, ref=f"Q{number}"))
    count_returns(at.programme)

    assert cost(18) == one


def test_another_programme_with_the_same_references_is_another_matter(client, at):
    """References begin with P01 in each programme, and pupils' with C001."""
    other = ProgrammeFactory(organisation=at.programme.organisation)
    pupil = TargetPupilFactory(programme=other, ref="C001")
    PlaceFactory(partnership=PartnershipFactory(programme=other, ref="P01"), pupil=pupil)
    count_returns(other)

    done = text_of(send(client, at, filled(client, at), save="on"))

    assert "6 grades are in 1 draft." in done


def test_what_is_no_grade_leaves_with_no_template(client, at):
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "Kayla was ill"))

    sheet = template(client, at).content.decode()
    looked = text_of(send(client, at, filled(client, at)))

    assert "Kayla" not in sheet
    assert "Kayla" not in looked
    assert "1 grade stays as the teachers typed it" in looked


def test_rows_that_were_sent_wait_and_can_be_gone_back_to(client, at):
    first = send(client, at, filled(client, at, ["3z", *DECEMBER[1:]]))
    left = text_of(client.get(page(at)))
    again = client.get(look(at))
    mended = text_of(client.post(look(at), {"mended": "on"} | cells_of(again, "3a"), follow=True))

    assert first.request["PATH_INFO"] == look(at)
    assert "Rows that you sent on Thursday 3 December 2026 at 12:00 wait to be looked at." in left
    assert "1 row has something to mend" in text_of(again)
    assert "6 grades for 1 draft" in mended
    assert "6 grades for 1 draft" in text_of(client.get(look(at)))


def cells_of(answer, text):
    return {cell.name: text for row in answer.context["reading"].rows for cell in row.cells}


def test_rows_that_are_in_the_drafts_or_set_aside_wait_no_more(client, at):
    send(client, at, filled(client, at), save="on")
    after_saving = text_of(client.get(look(at), follow=True))
    aside = text_of(send(client, at, filled(client, at), set_aside="on"))

    assert "No rows wait to be looked at." in after_saving
    assert "The rows are set aside: nothing of them is saved." in aside
    assert not GradesFile.objects.exists()


def test_rows_that_wait_are_kept_encrypted_for_a_week_and_are_their_senders(client, at):
    other = person("Olga", Role.COORDINATOR)
    MembershipFactory(user=other, role=Role.COORDINATOR, organisation=at.programme.organisation)
    send(client, at, filled(client, at))
    client.force_login(other)
    elsewhere = text_of(client.get(look(at), follow=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM pupils_gradesfile")
        stored = bytes(cursor.fetchone()[0])
    now = timezone.now()

    assert "No rows wait to be looked at." in elsewhere
    assert b"C001" not in stored
    assert [forget(now + dt.timedelta(days=days)) for days in (6, 8)] == [0, 1]
    assert not GradesFile.objects.exists()
