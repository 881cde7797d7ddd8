"""Today tells an author that a finding waits for them, without its words."""

import pytest
from django.urls import reverse

from lessons.services.findings import consent
from tests.findings.found import found_by, write
from tests.reading import text_of

pytestmark = pytest.mark.django_db
WAITS = "Say who may read a finding of your study"


def test_a_finding_waits_for_whoever_has_not_agreed_to_the_text_as_it_stands(group, as_person):
    finding = found_by(group)
    today = reverse("today")

    def waits_for():
        return [person for person in (group.sara, group.pat) if WAITS in text_of(as_person(person).get(today))]

    told = [waits_for()]
    consent(group.sara, finding, "programme", finding.sheet.version)
    told.append(waits_for())
    page = text_of(as_person(group.pat).get(today))
    write(group.sara, finding, know="Other words")
    told.append(waits_for())
    consent(group.sara, finding, "programme", finding.sheet.version)
    consent(group.pat, finding, "programme", finding.sheet.version)
    told.append(waits_for())

    assert told == [[], [group.pat], [], []]
    assert "Ada Moss agrees to show it; it is shown once all of you do." in page
    assert "aloud" not in page
