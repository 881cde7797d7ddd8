"""Whom a study watches: a letter is one child's for good."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from lessons.boxes import OF_PUPIL
from lessons.models import CasePupil, LessonWatch, Note, Observation, Photo
from lessons.models.studies import LETTERS
from lessons.services.studies import Refused, kept_still, while_open
from papers.templatetags.plain import listed

NO_LETTER_LEFT = (
    "All letters from A to F have been given in this study, and a letter stays with one pupil for good. Choose from "
    "the pupils who have one, or begin another study for the others."
)


@transaction.atomic
def choose_case_pupils(person, study, places):
    """These and no others are the case pupils. A letter is one child's for good: who was one before has it again, and
    who is new gets one that nobody has had. About whom something is written or was seen stays."""
    study = while_open(kept_still(study))
    ever = {one.place_id: one for one in CasePupil.ever.filter(study=study)}
    wanted = {place.pk for place in places}
    gone = [one for one in ever.values() if one.removed_at is None and one.place_id not in wanted]
    if standing := where_said(study, gone):
        raise Refused(" ".join(why_stays(letter, *where) for letter, where in sorted(standing.items())))
    new = [place for place in places if place.pk not in ever]
    free = [letter for letter in LETTERS if letter not in {one.letter for one in ever.values()}]
    if len(new) > len(free):
        raise Refused(NO_LETTER_LEFT)
    CasePupil.ever.filter(pk__in=[one.pk for one in gone]).update(removed_at=timezone.now())
    LessonWatch.objects.filter(case_pupil__in=gone).delete()
    CasePupil.ever.filter(study=study, place__in=wanted).update(removed_at=None)
    CasePupil.objects.bulk_create(
        CasePupil(study=study, letter=letter, place=place) for letter, place in zip(free, new, strict=False)
    )
    audit.record(person, "studies.case pupils chosen", study)


def without_pupil(study, fields) -> set[str]:
    """Of these boxes those about a letter that is no case pupil's."""
    lettered = {field: found[1] for field in fields if (found := OF_PUPIL.search(field))}
    letters = set(study.case_pupils.values_list("letter", flat=True)) if lettered else set()
    return {field for field, letter in lettered.items() if letter not in letters}


def letters_given(study) -> dict[int, tuple]:
    """place -> (its letter, whether it is a case pupil now), of everybody who ever was one."""
    return {one.place_id: (one.letter, one.removed_at is None) for one in CasePupil.ever.filter(study=study)}


def where_said(study, case_pupils) -> dict[str, tuple]:
    """letter -> (where something is written about that pupil, where something was seen of it), for those of whom there
    is anything."""
    letters = {one.letter for one in case_pupils}
    written, seen = defaultdict(dict), defaultdict(dict)
    rows = Note.objects.filter(Q(sheet__study=study) | Q(sheet__research_lesson__study=study)).exclude(text="")
    for field, number in rows.order_by("sheet").values_list("field", "sheet__research_lesson__number"):
        if (found := OF_PUPIL.search(field)) and found[1] in letters:
            written[found[1]][f"in lesson {number}" if number else "on the page of the study"] = True
    for model in (Observation, Photo):
        rows = model.objects.filter(case_pupil__in=case_pupils).order_by("lesson__number")
        for letter, number in rows.values_list("case_pupil__letter", "lesson__number").distinct():
            seen[letter][f"in lesson {number}"] = True
    return {letter: (list(written[letter]), list(seen[letter])) for letter in written.keys() | seen.keys()}


def why_stays(letter, written, seen):
    said = [f"is written {listed(written)}"] if written else []
    said += [f"was seen {listed(seen)}"] if seen else []
    return f"{letter} stays a case pupil: something about {letter} {listed(said)}. Tick {letter} again."
