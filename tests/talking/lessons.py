"""A research lesson that is over: Pat taught it, Sara observed, and there is another one to come."""

import datetime as dt
import uuid

from django.urls import reverse
from django.utils import timezone

from lessons import services
from lessons.services import Cell
from tests.notebook import a_lesson
from tests.observing.lessons import planned_lesson


def after_lesson(hours=2):
    """Our corner with `ours.held`, which ended so many hours ago, and `ours.following`, whose plan is blank."""
    ours = planned_lesson()
    ended = timezone.now() - dt.timedelta(hours=hours)
    ours.held = ours.today
    ours.held.started_at, ours.held.started_by = ended - dt.timedelta(hours=1), ours.pat
    ours.held.ended_at = ended
    ours.held.save()
    ours.following = a_lesson(ours.held.study, stages=(), number=2, on=timezone.localdate() + dt.timedelta(days=14))
    return ours


def address(name, lesson, *args):
    return reverse(f"lessons:{name}", args=[lesson.pk, *args])


def write(person, lesson, **texts):
    """Boxes as their writer saves them: "talk_A_happened" is talk-A-happened."""
    notes = {note.field: note.version for note in lesson.sheet.notes.all()}
    cells = [
        Cell(name.replace("_", "-"), text, notes.get(name.replace("_", "-"), 0), seq)
        for seq, (name, text) in enumerate(texts.items(), start=1)
    ]
    services.write_cells(person, lesson.sheet, cells, uuid.uuid4())


def post(client, person, name, of, *args, **data):
    client.force_login(person)
    return client.post(address(name, of, *args), data, follow=True)


def words_of(response):
    """The messages that the page shows."""
    return [str(message) for message in response.context["messages"]]
