"""Files of grades with something wrong in them: told in the cell, and mended there."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from xlsxwriter import Workbook

from programmes.models import DataReturnEntry
from pupils.models import Place, ReturnNote, ReturnsUpload
from pupils.returns.counting import count_returns
from tests.factories import PlaceFactory, TargetPupilFactory
from tests.reading import text_of
from tests.returns.entering import DECEMBER, autosave, box, cell, enter, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HEADER = ["Partnership", "Pupil", "Initials", "Year", "Data point", "Grade", "Moderated"]


def line(pupil="C001", initials="KB", year="5", grade="3a", point="December", partnership="P01", moderated=""):
    return [partnership, pupil, initials, year, point, grade, moderated]


def rows(*lines, header=HEADER):
    return "\n".join("\t".join(one) for one in (header, *lines))


def send(client, at, text="", **more):
    client.force_login(at.amira)
    answer = client.post(reverse("pupils:collect", args=[at.programme.slug]), {"pasted": text}, follow=True)
    return say(client, at, **more) if more else answer


def say(client, at, **said):
    """What the coordinator says of the rows that wait."""
    return client.post(reverse("pupils:collect_look", args=[at.programme.slug]), said, follow=True)


def upload(client, at, name, data, **more):
    client.force_login(at.amira)
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("pupils:collect", args=[at.programme.slug]), {"file": file} | more, follow=True)


def wrong(answer):
    return [(p.row, p.column, p.what) for p in answer.context["reading"].problems]


def typed(at):
    return [at.december.sheet.texts.get(box("grade", place), "") for place in at.places]


def workbook(*lines, header=HEADER, broken=None, notes=()):
    """A workbook; `broken` is a cell (row, column) whose formula failed, `notes` a first sheet of words."""
    file = io.BytesIO()
    with Workbook(file) as book:
        if notes:
            book.add_worksheet("Read me").write_column(0, 0, notes)
        sheet = book.add_worksheet("Grades")
        for number, cells in enumerate((header, *lines)):
            sheet.write_row(number, 0, cells)
        if broken:
            sheet.write_formula(*broken, "=1/0", None, "#DIV/0!")
    return file.getvalue()


def test_initials_and_year_that_are_another_pupils_are_wrong_in_their_cells(client, at):
    text = rows(line(initials="ZZ"), line("C002", "M.H.", "6"), line("C003", "s m", "Year 5"), line("C004", "", ""))

    answer = send(client, at, text, save="on")

    assert wrong(answer) == [
        (2, "Initials", "C001 of P01 is KB."),
        (3, "Year", "C002 of P01 is in Year 5."),
    ]
    assert not ReturnNote.objects.exists()


def test_a_column_sorted_on_its_own_is_noticed(client, at):
    answer = send(client, at, rows(line("C001", "MH"), line("C002", "KB")), save="on")

    assert [(row, column) for row, column, _ in wrong(answer)] == [(2, "Initials"), (3, "Initials")]


def test_a_formula_that_failed_is_no_blank_cell(client, at):
    answer = upload(client, at, "g.xlsx", workbook(line(), line("C002", "MH"), broken=(2, 5)))

    assert wrong(answer) == [(3, "Grade", "MH: the formula in this cell has failed: “#DIV/0!”.")]
    assert not ReturnNote.objects.exists()


def test_the_coordinator_mends_what_was_uploaded(client, at):
    send(client, at, rows(line(grade="5a")), save="on")

    looked = text_of(send(client, at, rows(line(grade="3a"))))
    send(client, at, rows(line(grade="3a")), save="on")

    assert "C001 KB: 3a instead of 5a" in looked
    assert typed(at)[0] == "3a"
    assert ReturnsUpload.objects.count() == 2
    assert not DataReturnEntry.objects.exists()


def test_what_a_teacher_typed_over_an_upload_stays(client, at):
    send(client, at, rows(line(grade="5a")), save="on")
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "3b", base=1))

    looked = text_of(send(client, at, rows(line(grade="3a")), save="on"))

    assert "1 grade stays as the teachers typed it" in looked
    assert typed(at)[0] == "3b"


def fields_of(answer):
    """What a browser would send of the table of rows to mend."""
    data = {"mended": "on"}
    for row in answer.context["reading"].rows:
        data |= {one.name: one.value for one in row.cells}
    return data


def test_a_wrong_row_is_mended_in_its_cells_and_the_others_are_carried_along(client, at):
    answer = send(client, at, rows(line(), line("C002", "MH", grade="9z"), line("C003", "SM")))
    (row,) = answer.context["reading"].rows
    data = fields_of(answer)
    data[row.cells[0].name] = "3b"

    looked = say(client, at, **data)

    assert (row.number, row.who, [one.header for one in row.cells]) == (3, "MH", ["Grade"])
    assert "3 grades for 1 draft" in text_of(looked)
    say(client, at, save="on")
    assert typed(at)[:3] == ["3a", "3b", "3a"]


def test_everything_that_is_wrong_in_a_row_is_told_with_initials(client, at):
    answer = send(client, at, rows(line("C999", "QX", "5", "zz", "Decembar", moderated="maybe")))
    (row,) = answer.context["reading"].rows

    assert [(column, what) for _, column, what in wrong(answer)] == [
        ("Pupil", "“C999” is no target pupil of P01."),
        ("Data point", "“Decembar” is no data point."),
        ("Grade", "“zz” is no grade of this scale and no reason."),
        ("Moderated", "“maybe” is neither yes nor no."),
    ]
    assert (row.who, row.beside[1:]) == ("QX", ["Grade zz"])
    assert [one.header for one in row.cells] == ["Pupil", "Data point", "Grade", "Moderated"]


def test_a_wrong_row_can_be_left_out(client, at):
    answer = send(client, at, rows(line(), line("C999", "QX")))
    data = fields_of(answer) | {answer.context["reading"].rows[0].out: "on"}

    looked = say(client, at, **data)

    assert "1 grade for 1 draft" in text_of(looked)


def test_how_many_more_rows_follow_is_said(client, at):
    answer = send(client, at, rows(*[line(grade="zz") for _ in range(700)]))

    assert len(answer.context["reading"].rows) == 100
    assert "700 rows have something to mend" in text_of(answer)
    assert "The first 100 are shown here; 600 more follow" in text_of(answer)


def test_a_mended_cell_stays_one_cell(client, at):
    answer = send(client, at, rows(line(grade="9z"), line("C002", "MH")))
    data = fields_of(answer)
    data[answer.context["reading"].rows[0].cells[0].name] = '3\tb\n"C'

    again = say(client, at, **data)

    assert [row for row, _, _ in wrong(again)] == [2]
    assert again.context["form"]["pasted"].value().count("\n") == 2


@pytest.mark.parametrize("point", ["december", " DECEMBER ", "December 2026", "December 2026-27"])
def test_a_data_point_is_known_with_its_year(client, at, point):
    assert "1 grade for 1 draft" in text_of(send(client, at, rows(line(point=point))))


def test_a_data_point_of_another_year_is_another(client, at):
    assert [column for _, column, _ in wrong(send(client, at, rows(line(point="December 2025"))))] == ["Data point"]


def test_references_are_known_in_lower_case(client, at):
    assert "1 grade for 1 draft" in text_of(send(client, at, rows(line("c001", partnership="p01"))))


def test_the_row_of_names_need_not_be_the_first(client, at):
    answer = upload(client, at, "g.csv", ("Grades of Essex\n\n" + rows(line()).replace("\t", ",")).encode())

    assert "1 grade for 1 draft" in text_of(answer)


def test_the_sheet_with_the_grades_is_found(client, at):
    answer = upload(client, at, "g.xlsx", workbook(line(), notes=["Please fill in", "by Friday"]))

    assert "1 grade for 1 draft" in text_of(answer)


def test_a_column_that_is_missing_is_called_as_in_the_template(client, at):
    answer = send(client, at, "Partnership\tPupil\tGrade\nP01\tC001\t3a")

    assert "The column “Data point” is missing" in text_of(answer)


def test_columns_that_are_not_used_are_named_and_go_no_further(client, at):
    data = rows([*line(grade="9z"), "Kayla", "B801200005001"], header=[*HEADER, "Forename", "UPN"]).replace("\t", ",")

    answer = upload(client, at, "g.csv", data.encode())

    assert "Columns not used: Forename and UPN" in text_of(answer)
    assert "Kayla" not in answer.content.decode()
    assert "B801200005001" not in answer.content.decode()


def test_a_cell_that_is_too_long_is_said_to_be(client, at):
    answer = upload(client, at, "g.csv", rows(line(grade="x" * 140_000)).replace("\t", ",").encode())

    assert "A cell in row 2 is too long" in text_of(answer)


def test_too_many_rows_are_told_with_the_limit(client, at):
    answer = send(client, at, rows(*[line() for _ in range(60_000)]))

    assert "The file has more than 20,000 rows" in text_of(answer)


def test_of_a_file_and_pasted_rows_neither_is_dropped_silently(client, at):
    answer = upload(client, at, "g.csv", rows(line()).replace("\t", ",").encode(), pasted=rows(line("C002", "MH")))

    assert "Choose a file or paste rows, not both" in text_of(answer)


def test_a_paused_partnership_is_told_what_helps(client, at):
    at.partnership.status = "paused"
    at.partnership.save()

    (problem,) = send(client, at, rows(line())).context["reading"].problems

    assert problem.what == "KB: The partnership is paused, and nothing is entered until it goes on."
    assert problem.mend == "Leave the row out."


def test_grades_far_ahead_are_asked_about_before_they_are_put_into_drafts(client, at):
    far = text_of(send(client, at, rows(line(point="Summer"))))
    near = text_of(send(client, at, rows(line())))

    assert "The Summer grades are due on 25 June 2027, in 7 months." in far
    assert "are due on" not in near


def test_grades_that_are_complete_wait_on_the_teachers_today(client, at):
    lines = [line(place.pupil.ref, place.pupil.initials, grade="3a", point="Summer") for place in at.places]
    send(client, at, rows(*lines), save="on")

    client.force_login(at.hannah)
    assert "Check and submit 6 Summer grades" in text_of(client.get(reverse("today")))
    submit(client, at.hannah, at.summer)
    assert "Check and submit" not in text_of(client.get(reverse("today")))


def test_today_leads_with_grades_that_are_still_to_come(client, at):
    client.force_login(at.hannah)
    before = text_of(client.get(reverse("today")))
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.hannah, at.december)

    after = text_of(client.get(reverse("today")))

    assert "The December grades are due on Friday 11 December." in before
    assert "The December grades are due" not in after
    assert "The March grades are due on Friday 19 March." in after


def test_a_grade_for_a_day_before_the_pupil_came_is_told(client, at):
    Place.objects.filter(pk=at.places[0].pk).update(since="2026-12-14")

    looked = text_of(send(client, at, rows(line(), line("C002", "MH"), line("C003", "SM", grade="Absent"))))

    assert (
        "1 grade is for a day on which the pupil was not here: P01 C001 KB, December (here since 14 December 2026). It "
        "goes into the draft"
    ) in looked


def test_a_reason_is_not_moderated(client, at):
    file = rows(line(grade="Absent", moderated="yes"), line("C002", "MH", moderated="yes"))
    looked = text_of(send(client, at, file))
    send(client, at, file, save="on")
    ticked = [at.december.sheet.texts.get(box("moderated", place)) == "yes" for place in at.places[:2]]
    autosave(client, at.hannah, at.december, cell("moderated", at.places[0], "yes"))

    grid = text_of(client.get(reverse("pupils:return", args=[at.december.pk])))
    client.force_login(at.amira)
    template = client.get(reverse("pupils:collect_template", args=[at.programme.slug, at.points[1].pk, "csv"]))

    assert ticked == [False, True]
    assert "1 row says “moderated” beside a reason why there is no grade. Only a grade is moderated" in looked
    assert at.december.sheet.texts[box("moderated", at.places[0])] == ""
    assert "Not assessed: absent. Counts as in" in grid
    assert "Absent,yes" not in template.content.decode()
    assert "3a,yes" in template.content.decode()


def test_today_leads_with_submitted_grades_that_a_new_pupil_still_lacks(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.hannah, at.december)
    PlaceFactory(partnership=at.partnership, pupil=TargetPupilFactory(programme=at.programme, ref="C007"))
    count_returns(at.programme)

    assert "The December grades are due on Friday 11 December." in text_of(client.get(reverse("today")))
