"""Grades that teachers bring to a moderation session and agree there."""

import datetime as dt

import pytest
from django.urls import reverse

from pupils.models import Assessment, ModeratedGrade
from tests.factories import EventFactory
from tests.reading import text_of
from tests.returns.entering import DECEMBER, address, autosave, box, cell, counts, enter, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def session(at):
    return EventFactory(
        programme=at.programme, kind="moderation", on=dt.date(2026, 12, 3), audience=["specialist", "partner"]
    )


def page(session):
    return reverse("pupils:moderation", args=[session.pk])


def test_what_the_other_teacher_has_kept_meanwhile_stays(client, at, session):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    kayla, sana = at.places[0], at.places[2]
    moderate(client, at.tom, session, {kayla: "3b"})

    older_page = moderate(client, at.hannah, session, {sana: "3b"}, shown={})

    assert kept() == [("C001", "3a", "3b", -1), ("C003", "3b", "3b", 0)]
    assert older_page.status_code == 200
    clash = text_of(moderate(client, at.hannah, session, {kayla: "3a"}, shown={}))
    assert "Somebody else kept something else for Kayla Brand a moment ago. Look again." in clash
    assert kept()[0] == ("C001", "3a", "3b", -1)


def moderate(client, user, session, agreed, point=None, shown=None):
    """`agreed`: place -> the grade that was agreed, or "" for one that was only brought. `shown`: what an older page
    showed; else the page is opened just before."""
    client.force_login(user)
    data = {f"brought-{place.pk}": "yes" for place in agreed} | {f"agreed-{p.pk}": t for p, t in agreed.items()}
    where = page(session) + (f"?point={point.pk}" if point else "")
    if shown is None:
        groups = client.get(where).context["groups"]
        data |= {f"shown-{line.row.place.pk}": line.shown for group in groups for line in group.lines}
    return client.post(where, data, follow=True)


def kept():
    rows = ModeratedGrade.objects.select_related("brought", "agreed").order_by("place__pupil__ref")
    return [(row.place.pupil.ref, row.brought.code, row.agreed and row.agreed.code, row.steps) for row in rows]


def test_an_agreed_grade_goes_into_the_return_and_the_first_stays_beside_it(client, at, session):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    kayla, _, sana, jonah, *_ = at.places

    moderate(client, at.tom, session, {kayla: "3b", sana: "3b", jonah: ""})

    assert kept() == [("C001", "3a", "3b", -1), ("C003", "3b", "3b", 0), ("C004", "2a", None, None)]
    texts = at.december.sheet.texts
    assert (texts[box("grade", kayla)], texts[box("moderated", kayla)], texts[box("moderated", sana)]) == (
        "3b",
        "yes",
        "yes",
    )
    submit(client, at.hannah, at.december)
    rows = Assessment.objects.filter(data_point=at.points[1], moderated=True)
    assert sorted(rows.values_list("place__pupil__ref", flat=True)) == ["C001", "C003"]
    assert counts(at.december)[0] == "submitted"


def test_a_grade_that_is_submitted_is_marked_or_waits_for_a_correction(client, at, session):
    kayla, marcus = at.places[:2]

    answer = text_of(moderate(client, at.hannah, session, {kayla: "3b", marcus: "3a"}, at.points[0]))

    assert "Kept on this page." in answer
    assert "Agreed grades stand in the grades" not in answer
    assert "Maths, Year 5: 3a is agreed for Marcus Hale, and 3c is submitted." in answer
    assert "Not in the grades yet: 3c is submitted. Correct the grades" in answer
    rows = Assessment.objects.filter(data_point=at.points[0], moderated=True).values_list("place", "grade__code")
    assert list(rows) == [(kayla.pk, "3b")]
    assert kept() == [("C001", "3b", "3b", 0), ("C002", "3c", "3a", 2)]


def test_a_grade_that_is_none_is_told_and_nothing_typed_is_lost(client, at, session):
    enter(client, at.hannah, at.december, at.places, DECEMBER)

    answer = moderate(client, at.tom, session, {at.places[0]: "3z", at.places[2]: "3b"})

    assert answer.status_code == 422
    assert "“3z” is no grade of this scale." in text_of(answer)
    assert 'value="3z"' in answer.content.decode()
    assert kept() == []


def test_who_looks_after_the_programme_sees_what_was_brought_by_reference(client, at, session):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    moderate(client, at.tom, session, {at.places[0]: "3b", at.places[2]: "3b"})
    client.force_login(at.amira)

    read = text_of(client.get(page(session)))
    collected = text_of(client.get(reverse("pupils:collect", args=[at.programme.slug])))

    assert "2 brought: 1 agreed as it was, 0 up, 1 down" in read
    assert "C001 KB, Year 5 3a 3b Down 1 sub-level" in read
    assert "Kayla" not in read
    assert "0 of 6" in collected  # of October's submitted grades


def test_only_a_moderation_session_has_this_page(client, at):
    twilight = EventFactory(programme=at.programme, kind="twilight", audience=["specialist", "partner"])
    client.force_login(at.hannah)

    assert client.get(page(twilight)).status_code == 404


def test_what_is_not_brought_after_all_is_taken_off(client, at, session):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    moderate(client, at.tom, session, {at.places[0]: "3b"})

    moderate(client, at.tom, session, {})

    assert kept() == []
    autosave(client, at.hannah, at.december, cell("moderated", at.places[0], "", base=1))
    assert at.december.sheet.texts[box("moderated", at.places[0])] == ""
    assert client.get(address("return", at.december)).status_code == 200


def test_an_agreed_grade_that_is_not_in_the_grades_is_not_told_as_done(client, at, session):
    marcus = at.places[1]
    moderate(client, at.hannah, session, {marcus: "3a"}, at.points[0])
    client.force_login(at.amira)
    read = text_of(client.get(f"{page(session)}?point={at.points[0].pk}"))
    client.force_login(at.hannah)
    client.post(address("return_correct", at.october), {"reason": "What was agreed in moderation"})

    opened = client.get(f"{page(session)}?point={at.points[0].pk}")

    assert "Up 2 sub-levels, but 3c is submitted" in read
    assert "Not in the grades yet: 3c stands there. Open the grades and enter 3a" in text_of(opened)
    assert address("return", at.october) in opened.content.decode()


def test_the_difference_and_the_share_that_is_moderated_are_shown(client, at, session):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    moderate(client, at.tom, session, {at.places[0]: "3b", at.places[2]: "3b"})

    teachers = text_of(client.get(page(session)))
    client.force_login(at.amira)

    assert "Down 1 sub-level" in teachers
    assert "2 of 6 December grades of these partnerships were agreed in this session" in text_of(
        client.get(page(session))
    )


def boxes_of(row, place):
    texts = row.sheet.texts
    return texts.get(box("grade", place)), texts.get(box("moderated", place))


def test_the_mark_goes_with_its_grade(client, at, session):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    kayla, _, sana, *_ = at.places
    moderate(client, at.tom, session, {kayla: "3b", sana: "3b"})

    answer = autosave(client, at.hannah, at.december, cell("grade", kayla, "3c", base=2), since=0)

    assert boxes_of(at.december, kayla) == ("3c", "")
    assert boxes_of(at.december, sana) == ("3b", "yes")
    told = {one["field"]: one["text"] for one in answer.json()["news"]}
    assert told[box("moderated", kayla)] == ""  # the page takes its tick off


def test_the_mark_stays_with_the_same_grade_in_other_words_and_when_it_is_given_anew(client, at, session):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    kayla, _, sana, *_ = at.places
    moderate(client, at.tom, session, {kayla: "3b", sana: "3b"})

    autosave(client, at.hannah, at.december, cell("grade", kayla, " 3B ", base=2))
    anew = [cell("grade", sana, "3a", seq=2, base=1), cell("moderated", sana, "yes", seq=3, base=1)]
    autosave(client, at.hannah, at.december, *anew)

    assert boxes_of(at.december, kayla) == (" 3B ", "yes")
    assert boxes_of(at.december, sana) == ("3a", "yes")


def test_a_correction_of_a_moderated_grade_is_not_moderated(client, at, session):
    kayla = at.places[0]
    moderate(client, at.hannah, session, {kayla: "3b"}, at.points[0])
    client.post(address("return_correct", at.october), {"reason": "Typed into the wrong row"})

    autosave(client, at.hannah, at.october, cell("grade", kayla, "3c"))
    submit(client, at.hannah, at.october)

    row = Assessment.objects.get(place=kayla, data_point=at.points[0])
    assert (row.grade.code, row.moderated) == ("3c", False)


@pytest.mark.parametrize("kept_as_brought", [True, False])
def test_an_agreement_that_is_withdrawn_gives_the_brought_grade_back(client, at, session, kept_as_brought):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    kayla = at.places[0]
    moderate(client, at.tom, session, {kayla: "3b"})

    answer = text_of(moderate(client, at.tom, session, {kayla: ""} if kept_as_brought else {}))

    assert boxes_of(at.december, kayla) == ("3a", "")
    assert "The grade that was brought stands again, not moderated: Kayla Brand." in answer
    assert kept() == ([("C001", "3a", None, None)] if kept_as_brought else [])


def test_a_withdrawn_agreement_leaves_what_a_teacher_has_typed_since(client, at, session):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    kayla = at.places[0]
    moderate(client, at.tom, session, {kayla: "3b"})
    autosave(client, at.hannah, at.december, cell("grade", kayla, "3c", base=2))

    moderate(client, at.tom, session, {})

    assert boxes_of(at.december, kayla) == ("3c", "")


def test_a_withdrawn_agreement_takes_the_mark_off_a_submitted_grade_and_names_the_one_that_was_brought(
    client, at, session
):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    kayla, _, sana, *_ = at.places
    moderate(client, at.tom, session, {kayla: "3b", sana: "3b"})
    submit(client, at.hannah, at.december)

    answer = text_of(moderate(client, at.tom, session, {}))

    assert "3a was brought for Kayla Brand, and 3b is submitted." in answer
    assert not Assessment.objects.filter(data_point=at.points[1], moderated=True).exists()


def test_an_upload_that_changes_a_grade_takes_its_mark_off(client, at):
    row = ["P01", "C001", "December"]
    columns = ["Partnership", "Pupil", "Data point", "Grade", "Moderated"]
    client.force_login(at.amira)
    for grade, mark in [("3a", "yes"), ("3b", "")]:
        pasted = "\n".join(["\t".join(columns), "\t".join([*row, grade, mark])])
        client.post(reverse("pupils:collect", args=[at.programme.slug]), {"pasted": pasted})
        client.post(reverse("pupils:collect_look", args=[at.programme.slug]), {"save": "1"})

    assert boxes_of(at.december, at.places[0]) == ("3b", "")
