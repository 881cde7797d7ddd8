"""A study with everything in it that a group writes, and what its members take out of it."""

import io
import json
import uuid
import zipfile

from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from jobs.work import work_on
from lessons.exports.orders import build_export
from lessons.models import (
    DiscussionAgreement,
    NoteRevision,
    Observation,
    Photo,
    PrivateNote,
    Sheet,
    StudyExport,
)
from tests.study_papers.lessons import held, minute, write

AFTER = {
    "interview-A-enjoyed": "Saying it to my partner",
    "interview-A-can": "I hear when it goes on",
    "interview-A-can-verbatim": "yes",
    "interview-A-by": "Sara",
    "interview-A-at": "11:10",
    "talk-A-happened": "A led",
    "talk-adjust": "Say it back",
}
NOT_IN_IT = ["my own thought", "came second", "seen of a cancelled one"]


def photo_of(lesson, person, caption="Two stops", size=(60, 40)):
    written = io.BytesIO()
    Image.new("RGB", size, "tan").save(written, "JPEG")
    where = {"case_pupil": lesson.study.case_pupils.first(), "stage": lesson.stages.first(), "at": minute(20)}
    photo = Photo(lesson=lesson, person=person, caption=caption, width=size[0], height=size[1], **where)
    photo.file.save(f"{uuid.uuid4().hex}.jpg", ContentFile(written.getvalue()), save=True)
    return photo


def talked_about(ours):
    """Its lesson was held and talked about; beside it stand what is nobody else's, and what was kept apart."""
    lesson = held(ours)
    write(lesson.sheet, ours.pat, AFTER | {f"talk-learned-{ours.sara.pk}": "To wait"})
    write(ours.notebook.sheet, ours.pat, {"typifies-A": "Many ideas", "grade-A": "Runs on", "class-size": "28"})
    DiscussionAgreement.objects.create(lesson=lesson, person=ours.sara, version=2, at=minute(120))
    note = Sheet.objects.create(programme=ours.programme)
    write(note, ours.pat, {"private": "my own thought"})
    PrivateNote.objects.create(lesson=lesson, author=ours.pat, sheet=note)
    NoteRevision.objects.create(
        sheet=lesson.sheet, field="intention", client=uuid.uuid4(), seq=1, base=0, text="came second", by=ours.sara
    )
    Observation.objects.create(
        lesson=lesson, person=ours.sara, at=minute(9), kind="action", text="seen of a cancelled one", apart="Cancelled"
    )
    photo_of(lesson, ours.sara)
    return lesson


def made(client, person, study, kind):
    """The file, as this person orders and downloads it."""
    client.force_login(person)
    name, data = ("study_bundle", {}) if kind == "bundle" else ("study_pdf", {"names": kind, "photos": "yes"})
    answer = client.post(reverse(f"lessons:{name}", args=[study.pk]), data)
    assert answer.status_code == 302
    export = StudyExport.objects.filter(study=study, ordered_by=person).first()
    work_on(StudyExport, export.pk, build_export)
    return client.get(reverse("lessons:study_export_download", args=[export.pk]))


def content_of(response):
    """Read to its end, which closes the file."""
    return b"".join(response.streaming_content)


def files_in(content):
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def words_in(content):
    return json.loads(files_in(content)["study.json"])
