"""Each view of what a lesson holds of pupils is recorded, by ids."""

import pytest

from accounts.models import AuditEvent
from tests.studies.writing import address

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["sheet", "interviews", "discussion"])
def test_who_read_what_is_written_of_pupils_is_recorded(client, ours, name):
    client.force_login(ours.pat)

    shown = client.get(address(name, ours.first))

    events = AuditEvent.objects.filter(who=ours.pat, did="lessons.read")
    assert shown.status_code == 200
    assert list(events.values_list("about", "model", "row")) == [(name, "lessons.researchlesson", ours.first.pk)]
