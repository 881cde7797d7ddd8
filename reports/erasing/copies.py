"""A copy to keep of what is going to be erased: ordered by a coordinator, made by the worker, gone with the rest."""

import io
import zipfile

from django.core.files.base import ContentFile
from django.db import transaction

from accounts import audit
from jobs.work import CannotBeDone, publish
from pupils.figures import TwoScales
from pupils.loading.copy import files_of
from pupils.results import as_json
from reports.models import ProgrammeCopy


@transaction.atomic
def order_copy(person, programme) -> ProgrammeCopy:
    """The copy is being made; asking twice gives the one in hand."""
    rows = ProgrammeCopy.objects.filter(programme=programme)
    copy, new = rows.in_hand().get_or_create(defaults={"programme": programme, "ordered_by": person})
    if new:
        audit.record(person, "programme.copy ordered", copy)
        publish(copy)
    return copy


def build_copy(copy):
    """Write the files of a claimed copy into one. The file and "done" become true together."""
    programme = copy.programme
    if hasattr(programme, "frozen"):
        raise CannotBeDone("The pupil data of this programme is erased, so there is nothing left to copy.")
    try:
        results = as_json(programme)
    except TwoScales as error:
        results = {"refused": str(error)}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files_of(programme, results).items():
            pack.writestr(f"{programme.slug}/{name}", content)
    name = copy.store(ContentFile(file.getvalue()), "zip")
    copy.finish(file=name, size=len(file.getvalue()), done=1, total=1)
