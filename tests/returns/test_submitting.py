"""A return is submitted whole, locked, and corrected with a reason: both versions stay."""

import uuid

import pytest

from accounts.models import OutgoingMail
from desks.models import WHOLE
from desks.services import Cell, State
from programmes.models import DataReturn, Partnership, Programme
from pupils.models import Assessment, ReturnVersion
from pupils.results import blocks, place_facts
from pupils.returns import submitting
from pupils.returns.answers import answer_from
from pupils.returns.writing import write_grades
from tests.reading import text_of
from tests.returns.entering import DECEMBER, address, autosave, box, cell, counts, enter, submit
from tests.together import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def given(at, point):
    rows = Assessment.objects.filter(data_point=point).select_related("grade").order_by("place__pupil__ref")
    return [answer_from(row).words for row in rows]


def versions(row):
    return [
        (
            version.number,
            version.submitted_by and version.submitted_by.first_name,
            [
                answer_from(grade).words
                for grade in version.grades.order_by("place__pupil__ref").select_related("grade")
            ],
            version.opened_by and version.opened_by.first_name,
            version.opened_because,
        )
        for version in row.versions.all()
    ]


ALL = ["3a", "Absent", "3b", "2a", "3b", "3c"]


def test_what_is_submitted_counts_and_is_locked(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    autosave(client, at.tom, at.december, cell("moderated", at.places[0], "yes"))

    page = text_of(submit(client, at.tom, at.december))

    assert "The December grades are submitted. Thank you." in page
    assert given(at, at.points[1]) == ALL
    moderated = Assessment.objects.filter(data_point=at.points[1], moderated=True).values_list("place", flat=True)
    assert list(moderated) == [at.places[0].pk]
    assert set(Assessment.objects.filter(data_point=at.points[1]).values_list("entered_by", flat=True)) == {
        at.hannah.pk
    }
    row = DataReturn.objects.get(pk=at.december.pk)
    assert (row.submitted_by, row.is_in, row.is_owed, row.sheet.locked) == (at.tom, True, False, WHOLE)
    assert counts(row) == ("submitted", 5, 1, 6, 1)
    assert versions(row) == [(1, "Tom", ALL, None, "")]


def test_what_comes_after_is_kept_beside(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.tom, at.december)

    answer = autosave(client, at.hannah, at.december, cell("grade", at.places[0], "5a", base=1))

    assert (answer.status_code, "submitted by Tom" in answer.json()["words"]) == (410, True)
    assert given(at, at.points[1]) == ALL
    assert at.december.sheet.revisions.order_by("pk").last().text == "5a"


def test_nothing_is_submitted_while_a_pupil_lacks_an_answer(client, at):
    enter(client, at.hannah, at.december, at.places[:5], DECEMBER[:5])

    page = text_of(submit(client, at.hannah, at.december))

    assert "Nothing is submitted: a pupil has neither a grade nor a reason yet." in page
    assert "5 of 6 pupils are in. Still to enter: Theo Wren." in page
    assert counts(at.december) == ("open", 4, 1, 6, 1)
    assert not ReturnVersion.objects.exists()


def test_nothing_is_submitted_that_the_person_has_not_seen(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    client.force_login(at.tom)
    seen = client.get(address("return_check", at.december)).context["sheet_version"]
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "3b", base=1))

    client.force_login(at.tom)
    page = text_of(client.post(address("return_check", at.december), {"version": seen}, follow=True))

    assert "A grade was changed a moment ago, so nothing is submitted." in page
    assert counts(at.december)[0] == "open"


def test_a_question_is_asked_and_never_in_the_way(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    client.force_login(at.hannah)

    asked = text_of(client.get(address("return_check", at.december)))
    autosave(client, at.hannah, at.december, cell("sure", at.places[3], "2a"))
    said = text_of(client.get(address("return_check", at.december)))
    autosave(client, at.hannah, at.december, cell("grade", at.places[3], "2b", base=1))
    anew = client.get(address("return", at.december)).context["page"].odd_names

    assert "Down 2 sub-levels since October, from 3b to 2a." in asked
    assert "You have said that it is right." in said
    assert "You have said that it is right." not in asked
    assert anew == ["Jonah Okafor"]
    submit(client, at.hannah, at.december)
    assert counts(at.december)[0] == "submitted"


def test_a_correction_needs_a_reason_and_both_versions_stay(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.tom, at.december)
    client.force_login(at.hannah)

    without = client.post(address("return_correct", at.december), {"reason": " "})
    page = text_of(client.post(address("return_correct", at.december), {"reason": "S and M were swapped"}, follow=True))
    while_open = (given(at, at.points[1]), counts(at.december))
    autosave(client, at.hannah, at.december, cell("grade", at.places[2], "3c", base=1))
    submit(client, at.hannah, at.december)

    assert "Say what has to be corrected, and why." in text_of(without)
    assert "Hannah HannahSpecialist opened these grades for a correction" in page
    assert while_open == (ALL, ("open", 5, 1, 6, 1))  # what was submitted counts until it is submitted anew
    corrected = [*ALL[:2], "3c", *ALL[3:]]
    assert given(at, at.points[1]) == corrected
    assert counts(at.december) == ("submitted", 5, 1, 6, 2)
    assert versions(at.december) == [
        (1, "Tom", ALL, "Hannah", "S and M were swapped"),
        (2, "Hannah", corrected, None, ""),
    ]
    client.force_login(at.tom)
    page = text_of(client.get(address("return", at.december)))
    assert "Version 2, which counts" in page
    assert "It changed 1 grade." in page
    assert "Sana Malik 3c was 3b" in page


def test_a_past_grade_shows_what_it_was(client, at):
    client.force_login(at.amira)
    client.post(address("return_correct", at.october), {"reason": "Typed into the wrong row"})
    enter(client, at.hannah, at.october, at.places[:1], ["2a"])
    submit(client, at.hannah, at.october)

    client.force_login(at.tom)
    page = text_of(client.get(address("return", at.december)))

    assert "October 2a 17 points was 3b" in page
    assert versions(at.october)[0][:3] == (1, None, ["3b", "3c", "3c", "3b", "3c", "3c"])


def test_a_corrected_return_changes_the_results(client, at):
    for row in (at.march, at.summer):
        enter(client, at.hannah, row, at.places, ["4c"] * 6)
        submit(client, at.hannah, row)
    before = blocks(place_facts(at.programme))["all"].mean_points
    client.post(address("return_correct", at.summer), {"reason": "One level too high"})
    autosave(client, at.hannah, at.summer, *[cell("grade", p, "3a", n, 1) for n, p in enumerate(at.places, 1)])
    while_open = blocks(place_facts(at.programme))["all"].mean_points
    submit(client, at.hannah, at.summer)

    after = blocks(place_facts(at.programme))["all"].mean_points
    assert [str(mean) for mean in (before, while_open, after)] == ["5.3", "5.3", "3.3"]


def test_the_coordinator_opens_a_return_and_cannot_type_into_it(client, at):
    client.force_login(at.amira)

    page = client.post(address("return_correct", at.october), {"reason": "Two rows were swapped"}, follow=True)
    typed = autosave(client, at.amira, at.october, cell("grade", at.places[0], "5a"))

    assert ("Kayla" in text_of(page), "C001 KB, Year 5" in text_of(page)) == (False, True)
    assert typed.status_code == 403
    assert counts(at.october)[0] == "open"
    mails = OutgoingMail.objects.filter(kind="grades_opened")
    assert {(mail.to, "October grades" in mail.subject) for mail in mails} == {(at.hannah, True), (at.tom, True)}
    assert not any("swapped" in mail.text for mail in mails)


def test_who_reads_what(client, at):
    """Teachers and the pupils' head by name, coordinator and consultant by reference, the other head not at all."""
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    draft = {}
    for reader in (at.head, at.amira, at.leo):
        client.force_login(reader)
        draft[reader] = text_of(client.get(address("return", at.december)))
    submit(client, at.hannah, at.december)

    read = {}
    for reader in (at.tom, at.head, at.amira, at.leo, at.home_head):
        client.force_login(reader)
        answer = client.get(address("return", at.december))
        read[reader] = (answer.status_code, "Kayla" in text_of(answer), "C001" in text_of(answer))
    assert read == {
        at.tom: (200, True, False),
        at.head: (200, True, False),
        at.amira: (200, False, True),
        at.leo: (200, False, True),
        at.home_head: (404, False, False),
    }
    for page in draft.values():
        assert "5 of 6 are typed so far, 1 without a grade" in page
        assert "3a" not in page
    words = f"You can remind {at.hannah} or {at.tom}: the grades"
    assert [reader for reader, page in draft.items() if words in page] == [at.head]


def test_whoever_submits_second_is_told(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    seen = DataReturn.objects.get(pk=at.december.pk).sheet.version

    submitting.submit(at.hannah, at.december, seen)
    with pytest.raises(submitting.NotOpen, match="These grades have been submitted by Hannah"):
        submitting.submit(at.tom, DataReturn.objects.get(pk=at.december.pk), seen)

    assert [version[:2] for version in versions(at.december)] == [(1, "Hannah")]


@pytest.mark.django_db(transaction=True)
def test_submitting_and_typing_at_once_lose_nothing(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    seen = DataReturn.objects.get(pk=at.december.pk).sheet.version
    kayla = box("grade", at.places[0])
    told = (submitting.NotAsSeen, submitting.NotOpen)

    answers = at_once(
        lambda: submitting.submit(at.tom, DataReturn.objects.get(pk=at.december.pk), seen).number,
        lambda: write_grades(at.hannah, at.december, [Cell(kayla, "3b", 1, 50)], uuid.uuid4())[0].state,
        expecting=told,
    )

    first = given(at, at.points[1])[:1]
    if isinstance(answers[0], submitting.NotAsSeen):
        assert (answers[1], first) == (State.SAVED, [])
    else:
        assert (answers, first) == ([1, State.APART], ["3a"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda at: Programme.objects.update(status="closed"), "The programme is closed"),
        (lambda at: Partnership.objects.update(status="paused"), "The partnership is paused"),
        (lambda at: Partnership.objects.update(status="folded"), "The partnership has folded"),
        (lambda at: DataReturn.objects.filter(pk=at.december.pk).update(state="closed"), "The partnership has folded"),
    ],
)
def test_nothing_is_typed_or_submitted_where_no_grade_is_asked_for(client, at, change, words):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    change(at)

    answer = autosave(client, at.hannah, at.december, cell("grade", at.places[0], "5a", base=1))
    page = text_of(client.get(address("return", at.december)))
    client.post(address("return_check", at.december), {"version": 1})

    assert (answer.status_code, answer.json()["words"].startswith(words)) == (410, True)
    assert words in page
    assert not ReturnVersion.objects.exists()


def test_words_of_a_teacher_who_has_left_are_kept_beside(client, at):
    at.partnership.partner_teachers.update(until="2026-12-01")

    answer = autosave(client, at.tom, at.december, cell("grade", at.places[0], "5a"))

    assert answer.status_code == 410
    assert "You are not a teacher of this partnership any more" in answer.json()["words"]
    assert at.december.sheet.revisions.get().text == "5a"
    assert counts(at.december)[1] == 0


def test_a_grade_from_a_file_can_be_taken_out_in_a_correction(client, at):
    """What the page had filled in is a box as any other."""
    kayla = at.places[0]
    Assessment.objects.filter(place=kayla, data_point=at.points[0]).update(moderated=True)
    client.force_login(at.hannah)
    client.post(address("return_correct", at.october), {"reason": "Typed into the wrong row"})

    answer = autosave(client, at.hannah, at.october, cell("grade", kayla, ""), cell("moderated", kayla, "", 2))

    row = client.get(address("return", at.october)).context["page"].rows[0]
    assert answer.status_code == 200
    assert (row.grade.text, row.moderated.text, row.is_in) == ("", "", False)
    assert counts(at.october)[:4] == ("open", 5, 0, 6)
    assert not at.october.entries.exists()  # taking a grade out is not entering one


def test_a_grade_from_a_file_can_be_taken_out_of_a_return_that_was_never_submitted(client, at):
    DataReturn.objects.filter(pk=at.october.pk).update(state="open")

    autosave(client, at.hannah, at.october, cell("grade", at.places[0], ""))

    assert counts(at.october)[:4] == ("open", 5, 0, 6)
    assert client.get(address("return", at.october)).context["page"].rows[0].grade.text == ""


def test_a_name_in_the_reason_is_asked_about_once(client, at):
    client.force_login(at.hannah)
    where, typed = address("return_correct", at.october), {"reason": "kayla's grade was Marcus's"}

    asked = client.post(where, typed)
    again = client.post(where, typed | {"sure": asked.context["form"]["sure"].value()}, follow=True)

    assert "“Kayla” is the name of a target pupil. Write initials" in text_of(asked)
    assert "The grades are open." in text_of(again)


def test_once_the_pupils_are_erased_nothing_is_read_or_kept(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    Programme.objects.update(status="closed", erased_at="2026-12-02T12:00:00Z")

    answer = autosave(client, at.hannah, at.december, cell("comment", at.places[0], "Kayla was away", 99))
    read = [client.get(address("return", at.december)).status_code]
    client.force_login(at.amira)
    read.append(client.get(address("return", at.december)).status_code)

    assert (answer.status_code, read) == (410, [404, 404])
    assert not at.december.sheet.revisions.filter(text="Kayla was away").exists()


def test_who_has_left_reads_no_name_in_what_is_sent_back(client, at):
    at.partnership.partner_teachers.update(until="2026-12-01")
    client.force_login(at.tom)

    sent = {"client": str(uuid.uuid4()), "seq": "0", f"base-{box('grade', at.places[0])}": "0"}
    answer = client.post(address("return", at.december), sent | {box("grade", at.places[0]): "5a"})

    assert answer.status_code == 409
    assert "Kayla" not in answer.content.decode()
