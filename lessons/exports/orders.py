"""What a member takes out of a study is ordered by them for themselves, made by a worker, and opened while they may."""

import tempfile

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import audit
from jobs.work import CannotBeDone, publish
from lessons.exports.bundle import bundle_words, write_bundle
from lessons.exports.pdf import study_pdf
from lessons.exports.studies import lessons_of, study_words, with_words
from lessons.exports.typed import typed_in
from lessons.library.names import names_around, names_in
from lessons.models import Study, StudyExport
from lessons.pages.studies import names_of
from papers.pdf import page_count

STEPS = 3  # the study is read, the file is made, it is kept
SUSPECTS = {"pupil", "number", "initials"}
MEANWHILE = (
    "Meanwhile other words stand in the study that may be names of pupils, and nobody has looked at them. Ask for it "
    "again: they are shown to you first."
)
LEFT = "You are not a member of this study any more, so nothing is made of it for you."


@transaction.atomic
def order_export(person, study, kind, looked_at="") -> StudyExport:
    """It is being made for this person; asking twice gives the one in hand. `looked_at` is the digest of the words that
    may be names and that they have seen."""
    about = StudyExport.objects.filter(study=study, ordered_by=person, kind=kind)
    export, new = about.in_hand().get_or_create(
        defaults={"study": study, "ordered_by": person, "kind": kind, "looked_at": looked_at}
    )
    if new:
        audit.record(person, "studies.export ordered", export, about=kind)
        publish(export)
    return export


def names_for(person, study) -> dict[str, str]:
    """letter -> the name of the case pupil, of those whom this person may see by name."""
    names = names_of(person, study.partnership)
    pupils = study.case_pupils.values_list("letter", "place_id")
    return {letter: names[place] for letter, place in pupils if place in names}


def words_for(person, study, lessons, kind, made_at) -> dict:
    """What an export of that kind says."""
    if kind == StudyExport.Kind.BUNDLE:
        return bundle_words(person, study, lessons, made_at)
    export = StudyExport(kind=kind)
    return study_words(person, study, lessons, made_at, to_hand_on=export.is_to_hand_on, photos=export.has_photos)


def names_typed_in(study, words) -> list:
    """Words that may be names of target pupils of the study's two schools, with the boxes in which they stand."""
    found = names_in(list(typed_in(words)), names_around(study))
    return [row for row in found if row.kind in SUSPECTS]


def suspects_for(person, study, kind) -> list:
    """The same, as the words stand now, for an export of that kind."""
    return names_typed_in(study, words_for(person, study, lessons_of(study), kind, timezone.now()))


def digest_of(found) -> str:
    """Which words may be names, and where they stand, without holding any of them; empty where there are none."""
    places = sorted([row.kind, row.key, *sorted(row.boxes)] for row in found)
    return salted_hmac("names that were looked at", repr(places), algorithm="sha256").hexdigest() if found else ""


def build_export(export):
    """Write the file of a claimed export, as whoever asked for it may read the study at this moment."""
    reader = export.ordered_by
    if not reader.is_active or not StudyExport.objects.allowed(reader, "studies.write").filter(pk=export.pk).exists():
        raise CannotBeDone(LEFT)
    study = with_words(Study.objects.filter(pk=export.study_id).with_people()).get()
    lessons, made_at = lessons_of(study), timezone.localtime(export.queued_at)
    export.progress(1, STEPS)
    names = names_for(reader, study) if export.kind == StudyExport.Kind.NAMED else {}
    words = words_for(reader, study, lessons, export.kind, made_at)
    if export.kind != StudyExport.Kind.NAMED and digest_of(names_typed_in(study, words)) not in {"", export.looked_at}:
        raise CannotBeDone(MEANWHILE)
    with tempfile.TemporaryFile() as file:
        if export.kind == StudyExport.Kind.BUNDLE:
            write_bundle(file, words, lessons, made_at)
            pages = 0
        else:
            pdf = study_pdf(reader, study, lessons, names, words, made_at)
            file.write(pdf)
            pages = page_count(pdf)
        export.progress(2, STEPS)
        size = file.tell()
        name = export.store(File(file), export.ending)
    export.finish(file=name, pages=pages, size=size, names_pupils=bool(names), done=STEPS, total=STEPS)
