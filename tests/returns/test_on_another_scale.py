"""The grades of a partnership once its programme assesses on another scale: typed, submitted and corrected."""

import datetime as dt

import pytest
from django.urls import reverse

from programmes.models import Programme
from pupils import scales
from pupils.expectations import save_assessment
from pupils.models import Assessment, ModeratedGrade, ReturnNote, ReturnVersion
from pupils.returns.page import entered_words
from pupils.returns.standing import Standing
from tests.factories import AssessmentFactory, EventFactory
from tests.reading import text_of
from tests.returns.entering import DECEMBER, address, autosave, cell, counts, enter, page_of, submit
from tests.returns.test_collecting import filled, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SUBLEVELS, CODES = "National Curriculum sub-levels", "Teacher assessment codes"
LEVELS = {"ta-codes": {5: ("EXS", "GDS")}, "nc-sublevels": {5: ("3a", "4b")}}


def rescale(at, scale="ta-codes"):
    programme = Programme.objects.get(pk=at.programme.pk)
    save_assessment(at.amira, programme, scale, None, LEVELS.get(scale, {}), "The schools assess so now")
    at.programme = programme
    for name in ("october", "december", "march", "summer"):
        row = getattr(at, name)
        setattr(at, name, type(row).objects.select_related("data_point", "partnership__programme").get(pk=row.pk))
    return {grade.code: grade for grade in scales.load_scale(scale).grades.all()}


def grid(client, at, row, who=None):
    client.force_login(who or at.hannah)
    return client.get(address("return", row))


def given(at, point):
    rows = Assessment.objects.filter(data_point=point, place__in=at.places).order_by("pk")
    return [row.grade.code if row.grade else row.reason for row in rows.select_related("grade")]


def correct(client, at, row):
    client.force_login(at.tom)
    client.post(address("return_correct", row), {"reason": "Given anew on the new scale"})


# The grid -------------------------------------------------------------------------------------------------------------


def test_the_grid_keeps_what_was_typed_and_shows_past_grades_with_their_own_scale(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    rescale(at)

    page = grid(client, at, at.december)
    words = text_of(page)
    rows = page.context["page"].rows

    assert f"3a ({SUBLEVELS}) was typed before the scale was changed. Give the grade anew" in words
    assert f"3b {SUBLEVELS}" in words
    assert [row.grade.text for row in rows] == ["", "absent", "", "", "", ""]
    assert page.context["page"].standing.number_in == 1
    assert "data-before" not in page.content.decode()
    assert [grade.code for grade in page.context["page"].options[0]] == [
        grade["code"] for grade in scales.description("ta-codes")["grades"]
    ]
    assert counts(at.december)[:3] == ("open", 0, 1)
    assert f"to be given anew on the scale of now ({CODES}): Kayla Brand, Sana Malik" in words


def test_nothing_is_submitted_until_each_is_given_anew(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    rescale(at)

    early = text_of(submit(client, at.hannah, at.december))
    base = {place: Standing(at.december).rows[n].grade.version for n, place in enumerate(at.places)}
    cells = [cell("grade", place, text, seq, base[place]) for seq, (place, text) in
             enumerate(zip(at.places, ["EXS", "absent", "WTS", "EXS", "GDS", "WTS"], strict=True), 1)]  # fmt: skip
    autosave(client, at.hannah, at.december, *cells)
    submit(client, at.hannah, at.december)

    assert "Nothing is submitted: a pupil has neither a grade nor a reason yet." in early
    assert given(at, at.points[1]) == ["EXS", "absent", "WTS", "EXS", "GDS", "WTS"]
    assert counts(at.december)[:3] == ("submitted", 5, 1)
    assert Standing(at.december).rows[0].said == "On another scale than in October"


def test_nothing_stands_out_across_two_scales(client, at):
    enter(client, at.hannah, at.december, at.places[:1], ["1c"])
    rescale(at, "free-100")
    at.programme.expectations.create(year_group=5, met_from="40", exceeded_from="90")
    base = Standing(at.december).rows[0].grade.version
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "80", base=base))

    assert Standing(at.december).odd == []


def test_going_back_brings_back_what_was_typed_by_whom(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    autosave(client, at.hannah, at.december, cell("moderated", at.places[0], "yes"))
    rescale(at)
    away = [row.moderated.text for row in Standing(at.december).rows]
    rescale(at, "nc-sublevels")

    rows = Standing(at.december).rows
    assert away == [""] * 6
    assert [row.answer.words for row in rows] == ["3a", "Absent", "3b", "2a", "3b", "3c"]
    assert rows[0].moderated.text == "yes"
    assert ReturnNote.objects.get(sheet=at.december.sheet, field=rows[0].grade.field).written_by == at.hannah
    assert counts(at.december)[:3] == ("open", 5, 1)


def test_there_and_back_keeps_what_was_typed_on_each(client, at):
    enter(client, at.hannah, at.december, at.places[:1], ["3a"])
    rescale(at)
    base = Standing(at.december).rows[0].grade.version
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "EXS", base=base))
    rescale(at, "nc-sublevels")
    first = Standing(at.december).rows[0].answer.words
    rescale(at)

    assert (first, Standing(at.december).rows[0].answer.words) == ("3a", "EXS")


def test_a_page_of_before_does_not_write_its_grade_into_the_new_scale(client, at):
    """Both scales have a 3."""
    rescale(at, "free-5")
    form = page_of(grid(client, at, at.december))
    rescale(at, "free-9")

    base = int(form[f"base-grade-{at.places[1].pk}"])
    answer = autosave(client, at.hannah, at.december, cell("grade", at.places[1], "3", base=base))
    posted = client.post(address("return", at.december), form | {f"grade-{at.places[2].pk}": "3"})

    told = answer.json()["cells"][f"grade-{at.places[1].pk}"]
    assert (told["by"], told["did"]) == (str(at.amira), "changed the scale of the programme")
    assert (answer.status_code, posted.status_code) == (409, 409)
    assert Standing(at.december).number_in == 0


def test_a_code_that_both_scales_have_is_set_aside_as_well(client, at):
    rescale(at, "free-5")
    base = Standing(at.december).rows[0].grade.version
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "3", base=base))
    rescale(at, "free-9")

    row = Standing(at.december).rows[0]
    assert (row.is_in, row.old) == (False, "3 (Scale of 1 to 5)")


# Who uploaded ---------------------------------------------------------------------------------------------------------


def test_there_and_back_what_was_uploaded_is_still_an_upload(client, at):
    send(client, at, filled(client, at, ["3a", "Absent", "", "", "", ""]), save="on")
    enter(client, at.hannah, at.december, at.places[2:], DECEMBER[2:])
    rescale(at)
    rescale(at, "nc-sublevels")

    check = text_of(client.get(address("return_check", at.december)))
    submit(client, at.hannah, at.december)
    read = text_of(client.get(address("return", at.december)))

    words = f"Grades entered: 4 by {at.hannah} and 2 from an upload of {at.amira}."
    assert words in check
    assert words in read
    assert read.count(f"An upload of {at.amira}") == 2


def test_there_and_back_the_coordinator_corrects_the_own_upload_and_what_teachers_typed_stays(client, at):
    send(client, at, filled(client, at, ["3a", "3b", "", "", "", ""]), save="on")
    autosave(client, at.hannah, at.december, cell("grade", at.places[1], "3c", base=1))
    rescale(at)
    rescale(at, "nc-sublevels")
    text = "Partnership\tPupil\tData point\tGrade\nP01\tC001\tDecember\t4c\nP01\tC002\tDecember\t4c"

    looked = text_of(send(client, at, text))
    send(client, at, text, save="on")

    assert "1 grade stays as the teachers typed it" in looked
    assert [row.answer.words for row in Standing(at.december).rows][:2] == ["4c", "3c"]


def test_a_grade_typed_on_the_scale_between_leaves_the_upload_of_before_an_upload(client, at):
    send(client, at, filled(client, at, ["3a", "", "", "", "", ""]), save="on")
    rescale(at)
    base = Standing(at.december).rows[0].grade.version
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "EXS", base=base))
    rescale(at, "nc-sublevels")

    assert f"1 from an upload of {at.amira}" in entered_words(at.december, Standing(at.december))


def test_what_an_opened_return_gets_back_with_its_scale_is_by_whom_it_was(client, at):
    send(client, at, filled(client, at, ["3a", "", "", "", "", ""]), save="on")
    enter(client, at.hannah, at.december, at.places[1:], DECEMBER[1:])
    submit(client, at.hannah, at.december)
    rescale(at)
    correct(client, at, at.december)
    kept = text_of(grid(client, at, at.december))
    rescale(at, "nc-sublevels")

    words = entered_words(at.december, Standing(at.december))
    assert "3a" in kept
    assert words == f"5 by {at.hannah} and 1 from an upload of {at.amira}"


# Corrections ----------------------------------------------------------------------------------------------------------


def test_a_return_submitted_on_the_old_scale_is_given_anew_by_a_correction(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.tom, at.december)
    rescale(at)
    read = text_of(grid(client, at, at.december))
    why = client.get(address("return_correct", at.december))
    correct(client, at, at.december)
    opened = grid(client, at, at.december, at.tom)
    row = opened.context["page"].rows[0]
    check = text_of(client.get(address("return_check", at.december)))

    assert f"3a ({SUBLEVELS})" in read
    assert "5 of these grades are on another scale than the programme has now" in read
    assert "can be given anew" in text_of(why)
    assert counts(at.december)[:3] == ("open", 0, 1)
    assert (row.grade.text, row.old, bool(row.kept)) == ("", f"3a ({SUBLEVELS})", True)
    assert "It stays as it is unless you give a grade here" in text_of(opened)
    assert f"3a ({SUBLEVELS})" in check
    assert "keep the grades that were submitted on another scale" in check


def test_one_that_is_left_stays_as_it_was_submitted(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    autosave(client, at.hannah, at.december, cell("moderated", at.places[2], "yes"))
    submit(client, at.tom, at.december)
    rescale(at)
    correct(client, at, at.december)
    base = Standing(at.december).rows[0].grade.version
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "EXS", base=base))

    submit(client, at.hannah, at.december)

    version = ReturnVersion.objects.get(data_return=at.december, number=2)
    said = [row.grade.code if row.grade else row.reason for row in version.grades.select_related("grade")]
    assert given(at, at.points[1]) == said == ["EXS", "absent", "3b", "2a", "3b", "3c"]
    assert Assessment.objects.get(place=at.places[2], data_point=at.points[1]).moderated
    assert counts(at.december)[:3] == ("submitted", 5, 1)


def test_another_grade_of_the_old_scale_is_refused_with_a_sentence(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.tom, at.december)
    rescale(at)
    correct(client, at, at.december)
    base = Standing(at.december).rows[0].grade.version
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "3b", base=base))

    page = text_of(grid(client, at, at.december))
    refused = text_of(submit(client, at.hannah, at.december))

    assert f"“3b” is a grade of {SUBLEVELS}, on which this programme assesses no more." in page
    assert "Nothing is submitted" in refused
    assert given(at, at.points[1])[0] == "3a"


def test_a_correction_that_was_open_when_the_scale_changed_keeps_what_was_submitted(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.tom, at.december)
    correct(client, at, at.december)
    base = Standing(at.december).rows[0].grade.version
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "4c", base=base))
    rescale(at)

    row = Standing(at.december).rows[0]
    submit(client, at.hannah, at.december)

    assert (row.kept.grade.code, row.grade.text) == ("3a", "")
    assert given(at, at.points[1])[0] == "3a"


def test_back_on_the_old_scale_an_opened_return_says_what_was_submitted(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.tom, at.december)
    rescale(at)
    correct(client, at, at.december)
    rescale(at, "nc-sublevels")

    assert [row.answer.words for row in Standing(at.december).rows] == ["3a", "Absent", "3b", "2a", "3b", "3c"]
    assert counts(at.december)[:3] == ("open", 5, 1)


def test_a_return_of_the_file_can_be_given_anew(client, at):
    rescale(at)
    correct(client, at, at.october)
    texts = ["EXS", "WTS", "WTS", "EXS", "WTS", "WTS"]
    rows = Standing(at.october).rows
    cells = [
        cell("grade", row.place, text, seq, row.grade.version)
        for seq, (row, text) in enumerate(zip(rows, texts, strict=True), 1)
    ]
    autosave(client, at.hannah, at.october, *cells)
    submit(client, at.hannah, at.october)

    assert given(at, at.points[0]) == texts
    assert counts(at.october)[:3] == ("submitted", 6, 0)


# Pasted, uploaded, moderated ------------------------------------------------------------------------------------------


def test_pasted_grades_of_the_old_scale_are_refused_with_a_sentence(client, at):
    rescale(at)
    client.force_login(at.hannah)

    page = client.post(address("return_paste", at.december), {"text": "3a\n3b\n3c\n3a\n3b\n3c"})

    assert page.status_code == 422
    assert f"“3a” is a grade of {SUBLEVELS}, on which this programme assesses no more." in text_of(page)


def test_a_file_with_a_grade_of_the_old_scale_is_refused_with_a_sentence(client, at):
    enter(client, at.hannah, at.december, at.places[:1], ["3a"])
    rescale(at)
    client.force_login(at.amira)
    rows = "Partnership\tPupil\tData point\tGrade\nP01\tC001\tDecember\t3a\nP01\tC002\tDecember\tEXS\n"

    page = client.post(reverse("pupils:collect", args=["county"]), {"pasted": rows}, follow=True)

    assert f"“3a” is a grade of {SUBLEVELS}, on which this programme assesses no more." in text_of(page)


def test_the_template_and_a_file_leave_old_grades_out(client, at):
    AssessmentFactory(place=at.places[0], data_point=at.points[1], grade=at.grades["3a"])
    rescale(at, "free-9")
    client.force_login(at.amira)
    rows = "Partnership\tPupil\tData point\tGrade\nP01\tC001\tDecember\t3\n"

    template = client.get(reverse("pupils:collect_template", args=["county", at.points[1].pk, "csv"]))
    look = text_of(client.post(reverse("pupils:collect", args=["county"]), {"pasted": rows}, follow=True))

    assert "3a" not in template.content.decode()
    assert "1 grade for 1 draft" in look


def test_a_session_counts_no_steps_across_two_scales(client, at):
    session = EventFactory(
        programme=at.programme, kind="moderation", on=dt.date(2026, 12, 3), audience=["specialist", "partner"]
    )
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.tom, at.december)
    kayla, _, sana, *_ = at.places
    for place in (kayla, sana):
        ModeratedGrade.objects.create(
            event=session,
            place=place,
            data_point=at.points[1],
            brought=at.grades["3a"],
            agreed=at.grades["3b"],
            by=at.tom,
        )
    codes = rescale(at)
    where = reverse("pupils:moderation", args=[session.pk]) + f"?point={at.points[1].pk}"
    client.force_login(at.hannah)
    page = client.get(where)
    shown = {f"shown-{line.row.place.pk}": line.shown for line in page.context["groups"][0].lines}
    agreed = {f"brought-{kayla.pk}": "yes", f"agreed-{kayla.pk}": "EXS"}
    kept = client.post(where, shown | agreed | {f"brought-{sana.pk}": "yes", f"agreed-{sana.pk}": "3b"}, follow=True)
    client.force_login(at.amira)
    overview = text_of(client.get(where))

    row = ModeratedGrade.objects.get(place=kayla)
    assert f"3a ({SUBLEVELS})" in text_of(page)
    assert kept.status_code == 200
    assert (row.agreed, row.steps) == (codes["EXS"], None)
    assert "2 brought: 0 agreed as they were, 0 up, 1 down, 1 on another scale than brought" in overview
    assert "On another scale" in overview
