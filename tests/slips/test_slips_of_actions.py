"""Actions that slip: overdue, and waiting for their owner."""

import datetime as dt

import pytest

from programmes.models import ActionItem
from reports.roster.slips import Waits
from tests.factories import UserFactory
from tests.rosters import only_row, partnership

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("owner", "waits", "people"),
    [
        ("coordinator", Waits.COORDINATOR, []),
        ("teacher", Waits.TEACHER, ["Nia Holt"]),
        ("other", Waits.OTHER, ["Tom X"]),
    ],
)
def test_an_overdue_action_waits_for_its_owner(at, owner, waits, people):
    p = partnership(at, "Rolphby")
    owners = {
        "coordinator": at.coordinator,
        "teacher": p.current_partner_teachers[0],
        "other": UserFactory(first_name="Tom", last_name="X"),
    }
    ActionItem.objects.create(
        programme=at.programme,
        partnership=p,
        what="Send the books",
        owner=owners[owner],
        due_on=dt.date(2027, 1, 20),
        made_by=at.coordinator,
    )

    (slip,) = only_row(at).slips

    by = {"coordinator": "yours", "teacher": "Nia Holt", "other": "Tom X"}[owner]
    assert slip.words == f"Action 5 school days late: Send the books ({by})"
    assert (slip.waits, [str(person) for person in slip.people]) == ({waits}, people)
    assert "books" not in slip.mail
