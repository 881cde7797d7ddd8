"""Pupils who came after the grades were submitted are owed on the page, in the template, and in what is uploaded."""

import pytest

from accounts.models import OutgoingMail
from programmes.models import DataReturnEntry
from pupils.collecting.reading import read
from pupils.collecting.standing import points_of
from pupils.collecting.template import COLUMNS
from pupils.collecting.writing import Overtaken, keep_drafts
from pupils.models import Assessment, ReturnVersion
from pupils.returns.counting import count_returns
from reports.progress.completeness import completeness_page
from tests.factories import AssessmentFactory, PlaceFactory, TargetPupilFactory
from tests.reading import text_of
from tests.returns.entering import DECEMBER, counts, enter, submit
from tests.returns.test_collecting import rows_of, send, template

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def late(client, at):
    """December is submitted; then Nia comes, who was there from the beginning."""
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.hannah, at.december)
    pupil = TargetPupilFactory(programme=at.programme, ref="C007", first_name="Nia", last_name="Xu")
    place = PlaceFactory(partnership=at.partnership, pupil=pupil)
    count_returns(at.programme)
    return place


def december(at):
    return dict(points_of(at.programme, at.amira))[at.points[1]]


def test_a_return_that_lacks_a_late_pupil_is_missing_on_every_page(at, late):
    row = december(at)
    page = completeness_page(at.amira, at.programme)

    assert (row["owed"], row["again"], row["typed"], row["submitted"]) == (1, 1, 0, 0)
    assert page["total"][1]["complete"] == 0
    at.december.refresh_from_db()
    assert (at.december.is_in, at.december.is_owed) == (False, True)


def test_the_template_has_the_late_pupil_alone(client, at, late):
    rows = rows_of(template(client, at))

    assert rows == [COLUMNS, ["P01", "Jaywell Junior School", "C007", "NX", "5", "December", "", ""]]


def test_its_upload_opens_the_return_for_the_missing_grade(client, at, late):
    text = "Partnership\tPupil\tData point\tGrade\nP01\tC007\tDecember\t3b"

    looked = text_of(send(client, at, text))
    standing = counts(at.december)
    done = text_of(send(client, at, text, save="on"))

    assert "1 grade for 1 draft" in looked
    assert "Submitted already, before these pupils came: P01, December. 1 return is opened again" in looked
    assert standing == ("submitted", 5, 1, 7, 2)
    assert "1 grade is in 1 draft." in done
    assert counts(at.december) == ("open", 6, 1, 7, 2)
    version = ReturnVersion.objects.get()
    assert (version.opened_by, version.opened_because) == (
        at.amira,
        "1 pupil came, or came back, after these grades were submitted. The grade came with a file.",
    )
    assert OutgoingMail.objects.count() == 2  # both teachers are told
    mail = OutgoingMail.objects.first()
    assert "open for 1 pupil who came since" in mail.subject
    assert "because 1 pupil came, or came back, after they were submitted. The grade came with a file;" in mail.text
    assert "has to be corrected" not in mail.text
    assert not DataReturnEntry.objects.filter(user=at.amira).exists()
    submit(client, at.tom, at.december)
    assert counts(at.december)[:4] == ("submitted", 6, 1, 7)
    assert december(at)["submitted"] == 1


def test_a_grade_that_was_submitted_is_no_matter_of_the_upload(client, at, late):
    text = "Partnership\tPupil\tData point\tGrade\nP01\tC007\tDecember\t3b\nP01\tC001\tDecember\t4c"

    answer = send(client, at, text, save="on")

    assert answer.context["reading"].problems
    assert "These grades have been submitted by" in text_of(answer)
    assert counts(at.december)[0] == "submitted"


def test_a_grade_that_came_in_meanwhile_stays(client, at, late):
    text = "Partnership\tPupil\tData point\tGrade\nP01\tC007\tDecember\t3b"
    reading = read(text, at.programme, type(at.partnership).objects.all())
    AssessmentFactory(place=late, data_point=at.points[1], grade=at.grades["2a"])

    with pytest.raises(Overtaken):
        keep_drafts(at.amira, at.programme, reading)

    assert Assessment.objects.get(place=late).grade.code == "2a"
    assert counts(at.december)[0] == "submitted"
