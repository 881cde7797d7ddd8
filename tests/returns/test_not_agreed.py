"""A partnership that is only proposed owes no grade and counts nowhere; once it is agreed all is asked for."""

import pytest
from django.urls import reverse

from programmes.models import Partnership
from programmes.services import life
from pupils.collecting.standing import asked_of
from pupils.collecting.template import owed_rows
from pupils.results import place_facts
from pupils.returns.counting import count_returns
from reports.figures.programme import returns_words
from reports.progress.completeness import completeness_page
from tests.factories import PartnershipFactory, PlaceFactory, TargetPupilFactory
from tests.reading import text_of
from tests.returns.entering import address, autosave, cell, counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def proposed(at):
    """Hannah and Tom have another partnership, which is proposed, with a pupil."""
    row = PartnershipFactory(
        programme=at.programme,
        ref="P02",
        subject="reading",
        status="proposed",
        specialist=at.partnership.specialist,
        partner_school=at.school,
        partner_teacher=at.tom,
    )
    PlaceFactory(partnership=row, pupil=TargetPupilFactory(programme=at.programme, ref="C901"))
    count_returns(at.programme)
    return row


def december_of(partnership):
    return partnership.returns.get(data_point__name="December")


def test_nothing_is_owed_before_it_is_agreed(at, proposed):
    december = december_of(proposed)

    assert (december.expected, december.is_owed) == (0, False)
    assert [row.partnership.ref for row in type(december).objects.owing()] == ["P01"] * 3
    assert list(at.programme.partnerships.owing(at.points[1])) == [at.partnership]
    assert {row[0] for row in owed_rows(at.programme, at.points[1], asked_of(at.programme, at.amira))} == {"P01"}


def test_it_counts_in_no_completeness(at, proposed):
    page = completeness_page(at.amira, at.programme)

    assert [row["partnership"].ref for row in page["rows"]] == ["P01"]
    assert page["total"][1]["partnerships"] == 1
    assert {row["partnerships"] for row in returns_words(at.programme)} == {1}


def test_its_pages_say_that_nothing_is_asked_for_and_why(client, at, proposed):
    client.force_login(at.hannah)
    december = december_of(proposed)

    grades = text_of(client.get(reverse("pupils:returns")))
    typed = autosave(client, at.hannah, december, cell("grade", proposed.places.get(), "3a"))
    page = text_of(client.get(address("return", december)))
    today = text_of(client.get("/"))
    progress = text_of(client.get(reverse("reports:partnership_followed", args=[proposed.pk])))

    assert "Not asked for before it is agreed" in grades
    assert grades.count("Nobody, it is not agreed yet") == 4
    assert typed.status_code == 410  # kept beside the grades
    assert "The partnership is not agreed yet, so no grades are asked for." in page
    assert "Reading, Year 5" not in [line for line in today.splitlines() if "grade" in line.lower()]
    assert "the partnership is not agreed yet, and its pupils count from then on" in progress


def test_once_it_is_agreed_its_grades_are_asked_for(at, proposed):
    life.move(at.amira, proposed, Partnership.Status.AGREED, on=at.points[0].due_on)

    assert counts(december_of(proposed)) == ("open", 0, 0, 1, 1)
    assert len(place_facts(at.programme)) == 7


def test_a_proposal_that_was_dissolved_counts_nowhere_either(at, proposed):
    life.move(at.amira, proposed, Partnership.Status.FOLDED, on=at.points[0].due_on, reason="Declined by the school")

    assert counts(december_of(proposed)) == ("closed", 0, 0, 0, 1)
