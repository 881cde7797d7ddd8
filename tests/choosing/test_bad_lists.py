"""Whatever is sent: never an error of ours, never half of it; a message says where, whose, what and how to mend."""

import re

import pytest
from django.db import transaction

from pupils.models import Place, PupilList, TargetPupil
from tests.choosing.bad_lists import everything
from tests.choosing.lists import problems, text

pytestmark = pytest.mark.django_db

SHARE = 7
WHERE = re.compile(
    r"Row [\d,]+, (?:(?:\w\.)+|no name), (Forename|Surname|Year group|Class|Sex|Pupil premium|SEN|EAL|UPN|Joined on)"
)
BUTTON = re.compile(r"Add (\d+) target pupils?")


def what_became(choosing, name, data):
    """Refused, to mend or fine; or why this answer is not good enough."""
    before = TargetPupil.objects.count(), Place.objects.count()
    answer = choosing.send(data, name)
    if answer.status_code != 200:
        return f"status {answer.status_code}"
    if (TargetPupil.objects.count(), Place.objects.count()) != before:
        return "pupils before anything was confirmed"
    if not PupilList.objects.exists():
        return "refused" if "There is a problem" in text(answer) and ".</a>" in answer.content.decode() else "no words"
    waiting = PupilList.objects.get()
    if not any(row["take"] for row in waiting.content["rows"]):
        first = [str(row["n"]) for row in waiting.content["rows"][:9]]
        answer = choosing.client.post(f"{waiting.get_absolute_url()}rows/", {"take": first}, follow=True)
    found = problems(answer)
    unclear = [(where, what) for where, what in found if not WHERE.fullmatch(where) or what.count(".") < 2]
    if unclear:
        return f"unclear: {unclear[0]}"
    promised = BUTTON.search(text(answer))
    after = choosing.take()
    added = Place.objects.count() - before[1]
    if after.status_code != 200 or added != (int(promised[1]) if promised else 0):
        return f"{added} of {promised and promised[0]}"
    return "mend" if found else "fine"


def answers(choosing, cases):
    wrong = []
    for what, name, data, expected in cases:
        with transaction.atomic():
            became = what_became(choosing, name, data)
            transaction.set_rollback(True)
        if became not in ({"refused", "mend", "fine"} if expected == "any" else {expected}):
            wrong.append((what, expected, became))
    return wrong


def test_a_share_of_the_bad_lists_is_answered_in_words(choosing, world):
    cases = list(everything(world[1].upn))

    assert len(cases) >= 200
    assert answers(choosing, cases[::SHARE]) == []


@pytest.mark.soak
def test_every_bad_list_is_answered_in_words(choosing, world):
    assert answers(choosing, everything(world[1].upn)) == []
