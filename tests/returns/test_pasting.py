"""A block of a spreadsheet is put to the right pupils, whatever it looks like; nothing that was pasted breaks it."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pupils.models import Place
from pupils.returns.pasting import TooMuch, read_pasted
from pupils.returns.standing import Standing
from tests.reading import text_of
from tests.returns.entering import DECEMBER, PUPILS, address, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NAMES = [(first, last) for first, last, _ in PUPILS]
WAYS = [
    lambda first, last: f"{first} {last}",
    lambda first, last: f"{last}, {first}",
    lambda first, last: f"{last} {first}".upper(),
    lambda first, last: f"  {first}   {last} ",
    lambda first, last: f"{first[0]}{last[0]}",
    lambda first, last: f"{first[0]}. {last[0]}.",
    lambda first, last: first,
    lambda first, last: last,
    lambda first, last: f"{first[0]} {last}",
    lambda first, last: f"{first[0]}. {last.upper()}",
    lambda first, last: f"{last} {first[0]}",
]


def texts(at, found):
    return [found.texts.get(f"grade-{place.pk}", "") for place in at.places]


def test_names_in_two_columns_and_the_column_of_the_data_point(at):
    rows = ["Surname\tForename\tDecember\tMarch"]
    rows += [f"{last}\t{first}\t{grade}\t4c" for (first, last), grade in zip(NAMES, DECEMBER, strict=True)]

    found = read_pasted("\n".join(reversed(rows)), Standing(at.december))

    # upside down, the heading is the last line: it names nobody
    assert texts(at, read_pasted("\n".join(rows), Standing(at.december))) == DECEMBER
    assert found.left == ["Surname, Forename, December, March"]


def test_grades_alone_go_down_from_where_the_cursor_stands(at):
    found = read_pasted("3a\n3b\n\n3c", Standing(at.december), start=2)
    over = read_pasted("\n".join(["3a"] * 8), Standing(at.december))

    assert texts(at, found) == ["", "", "3a", "3b", "", "3c"]  # a blank cell is a pupil without a grade
    assert (texts(at, over), over.over) == (["3a"] * 6, ["3a", "3a"])


def test_two_pupils_of_one_name_are_not_told_apart_by_it(at):
    kayla, marcus = at.places[0].pupil, at.places[1].pupil
    marcus.first_name, marcus.last_name = kayla.first_name, kayla.last_name
    marcus.save()

    found = read_pasted("Kayla Brand\t3a\nC002\t3b\nSana Malik\t3c", Standing(at.december))

    assert texts(at, found) == ["", "3b", "3c", "", "", ""]
    assert found.left == ["Kayla Brand, 3a"]


def test_two_lines_about_one_pupil_are_both_left_out_and_said(at):
    found = read_pasted("Kayla Brand\t3a\nKayla Brand\t3b\nSana Malik\t3c", Standing(at.december))

    assert (texts(at, found), found.left) == (["", "", "3c", "", "", ""], [])
    assert found.told == [
        "2 lines left out, as the same pupil is named again: Kayla Brand, 3a; Kayla Brand, 3b.",
    ]


def test_a_classmate_with_the_same_forename_is_not_taken_for_the_pupil(at):
    rows = "Forename\tSurname\tDecember\nKayla\tBaker\t2c\nIvy\tHart\t2b\nKayla\tBrand\t3a\nIvy\tTran\t3b"

    found = read_pasted(rows, Standing(at.december))

    assert texts(at, found) == ["3a", "", "", "", "3b", ""]
    assert found.left == ["Kayla, Baker, 2c", "Ivy, Hart, 2b"]


@pytest.mark.parametrize(
    "block",
    [
        "Tom Smith\t3b\nAnn Lee\t3c\nBob Day\t4c",
        "Name\tDecember\nTom Smith\t3b\nAnn Lee\t3c\nBob Day\t4c",
        "Tom Smith 3b\nAnn Lee 3c\nBob Day 4c",
        "Tom Smith 3b\nAnn Lee 3c\t\nBob Day 4c",
        "5T\t3b\n5T\t3c\n5R\t4c",
        "Kayla\tBaker\t3b\nIvy\tHart\t3c",
        "Tom\tBrand\t3b\nSue\tHale\t3c",
        "Kayla\tOak\t3b\nIvy\tElm\t3c",
    ],
)
def test_grades_beside_names_of_others_go_to_nobody(at, block):
    found = read_pasted(block, Standing(at.december))

    assert (texts(at, found), found.by_name) == ([""] * 6, True)
    assert len(found.left) in {2, 3}
    assert "Name, December" not in found.left


def test_a_forename_that_two_pupils_share_means_neither(at):
    at.places[1].pupil.first_name = "Kayla"
    at.places[1].pupil.save()

    found = read_pasted("Kayla\t4c\nTran\t4b\nK Hale\t3a", Standing(at.december))

    assert (texts(at, found), found.left) == (["", "3a", "", "", "4b", ""], ["Kayla, 4c"])


def test_the_block_that_a_teacher_has_with_all_data_points_in_it(at):
    rows = ["Pupil\tOctober\tDecember\tMarch"]
    rows += [f"{first} {last}\t\t{grade}\t4c" for (first, last), grade in zip(NAMES, DECEMBER, strict=True)]
    rows[2] = rows[2].replace("\t\t", "\t3c\t")

    december, march = (read_pasted("\n".join(rows), Standing(row)) for row in (at.december, at.march))

    assert (texts(at, december), december.told) == (DECEMBER, [])
    assert (texts(at, march), march.told) == (["4c"] * 6, [])


def test_grades_headed_with_another_data_point_go_nowhere(at):
    found = read_pasted("Name\tOct\tDecember\nKayla Brand\t3b\t3a", Standing(at.march))

    assert texts(at, found) == [""] * 6
    assert found.told == ["The grades are headed “Oct”; “December”, and this page is about March: nothing was taken."]


def test_which_of_several_columns_was_taken_is_said(at):
    found = read_pasted("3b\t3a\n3c\t3b", Standing(at.december))

    assert texts(at, found) == ["3a", "3b", "", "", "", ""]
    assert found.told == ["2 columns have grades and none is headed December, so the last of them was taken."]


@pytest.mark.parametrize("block", ["3a\n3b\n3c\n3a\n3b\n2a", "December\n3a\n3b\n3c\n3a\n3b\n2a\n"])
def test_a_grade_for_each_pupil_begins_at_the_first_wherever_the_cursor_is(at, block):
    found = read_pasted(block, Standing(at.december), start=2)

    assert (texts(at, found), found.told) == (["3a", "3b", "3c", "3a", "3b", "2a"], [])


def test_a_blank_cell_at_the_top_or_the_end_is_a_pupil_without_a_grade(at):
    top, end = (
        read_pasted(block, Standing(at.december), 3) for block in ("\n3b\n3c\n3a\n3b\n2a", "3a\n3b\n3c\n3a\n3b\n\n")
    )

    assert texts(at, top) == ["", "3b", "3c", "3a", "3b", "2a"]
    assert texts(at, end) == ["3a", "3b", "3c", "3a", "3b", ""]


def test_more_grades_than_pupils_from_the_cursor_down_go_nowhere(at):
    found = read_pasted("3a\n3b\n3c\n3a", Standing(at.december), start=3)

    assert texts(at, found) == [""] * 6
    assert found.told[0].startswith("4 grades without names are more than there are pupils from Jonah Okafor down.")


def test_who_is_not_asked_for_a_grade_comes_last_and_needs_none_in_the_block(at):
    kayla = at.places[0]
    kayla.until, kayla.ended_because = at.points[0].due_on, "left"
    kayla.save()

    found = read_pasted("3a\n3b\n3c\n3a\n3b", Standing(at.december), start=1)

    assert [row.name for row in Standing(at.december).rows][-1] == "Kayla Brand"
    assert texts(at, found) == ["", "3a", "3b", "3c", "3a", "3b"]


def test_what_is_no_grade_is_named(at):
    some = read_pasted("3a\n#N/A\nEXS", Standing(at.december))
    none = read_pasted("EXS\nWTS\nGDS", Standing(at.december))

    assert texts(at, some) == ["3a", "#N/A", "EXS", "", "", ""]
    assert some.told == ["Not understood, and kept as pasted: “#N/A” for Marcus Hale; “EXS” for Sana Malik."]
    assert texts(at, none) == [""] * 6
    assert none.told == ["None of this is a grade of this scale: EXS; WTS; GDS."]


def test_a_heading_above_grades_alone_is_none_of_them(at):
    assert texts(at, read_pasted("December\n3a\n\n3c\n\n", Standing(at.december))) == ["3a", "", "3c", "", "", ""]


@given(
    order=st.permutations(range(6)),
    way=st.sampled_from(WAYS),
    separator=st.sampled_from("\t;,"),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    heading=st.booleans(),
    before=st.integers(0, 2),
    bom=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_grade_finds_its_pupil(at, order, way, separator, ending, heading, before, bom):
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=separator, lineterminator=ending)
    if heading:
        writer.writerow(["Pupil", *["Class"] * before, "December"])
    for place in order:
        writer.writerow([way(*NAMES[place]), *["5T"] * before, DECEMBER[place]])
    text = ("\ufeff" if bom else "") + lines.getvalue()

    found = read_pasted(text, Standing(at.december))

    assert (texts(at, found), found.left) == (DECEMBER, [])


@given(text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from('\t\n\r,;"\0 3abKaylaBrand')), max_size=400))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_pasted_only_boxes_of_this_return_are_filled(at, text):
    found = read_pasted(text, Standing(at.december))

    assert set(found.texts) <= {f"grade-{place.pk}" for place in at.places}
    assert all(found.texts.values())


@pytest.mark.parametrize("text", ["x" * 100_001, "\n".join(["3a"] * 501)])
def test_more_than_a_partnership_is_refused_in_words(client, at, text):
    with pytest.raises(TooMuch):
        read_pasted(text, Standing(at.december))

    client.force_login(at.hannah)
    answer = client.post(address("return_paste", at.december), {"text": text})
    asked = client.post(address("return_paste", at.december), {"text": text}, content_type="application/json")

    assert (answer.status_code, asked.json()["cells"]) == (422, {})
    assert "This is more than the grades of a partnership." in text_of(answer)


@pytest.mark.parametrize("body", ["[]", '{"text": 5}', "{", '{"from": "x", "text": "3a"}'])
def test_what_is_not_ours_is_no_error(client, at, body):
    client.force_login(at.hannah)

    answer = client.generic("POST", address("return_paste", at.december), body, content_type="application/json")

    assert answer.status_code == 200


def test_without_scripts_it_is_looked_at_and_then_put_into_the_boxes(client, at):
    client.force_login(at.hannah)
    typed = page_of(client.get(address("return", at.december)))
    client.post(address("return", at.december), typed | {f"grade-{at.places[0].pk}": "4c"})
    looked = client.post(address("return_paste", at.december), {"text": "Kayla Brand\t3a\nTheo Wren\tfoo\nNobody\t3c"})
    page = text_of(looked)
    assert "2 of 6 pupils, found by the names beside the grades" in page
    assert "Nobody, 3c" in page
    assert Place.objects.count() == 6

    data = {"client": str(looked.context["client"]), "seq": "0"}
    for one in looked.context["lines"]:
        name = one["line"].grade.field
        data |= {f"base-{name}": one["line"].grade.version, name: one["answer"].words or one["text"]}
    client.post(address("return", at.december), data)

    kayla, theo = at.places[0], at.places[5]
    assert at.december.sheet.texts == {f"grade-{kayla.pk}": "3a", f"grade-{theo.pk}": "foo"}
