"""What observers keep of a lesson: added side by side, each thing once, whenever and in whichever order it arrives."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts import audit
from lessons.models import CasePupil, LessonGuest, Observation, Photo, ResearchLesson, StudyMember
from lessons.services.starting import end_lesson, held, start_lesson
from papers.pictures import Picture


def part_of_it():
    """It is kept beside the sheet for no reason."""
    return ""


STEPS = {"start": start_lesson, "end": end_lesson}


@dataclass(frozen=True)
class Kept:
    """Something that an observer kept: `kind` is one of an observation's, or the start or the end of the lesson."""

    client: uuid.UUID
    kind: str = ""
    text: str = ""
    letter: str = ""
    stage: int | None = None
    grouping: str = ""
    at: dt.datetime | None = None


@transaction.atomic
def keep_observations(person, lesson, kept, *, is_member, apart=part_of_it, from_paper=False) -> int:
    """Add what is not there yet, and start and end the lesson where a member of its group did: how many were added.

    `apart()` says why it is kept beside the sheet, if so: it is asked once nobody else changes the lesson.
    """
    held(lesson)
    apart = apart()[:200]
    places = Places.of(lesson)
    rows = []
    for item in kept:
        if item.kind in STEPS:
            if is_member and not apart:
                STEPS[item.kind](person, lesson, item.at or timezone.now())
        elif item.text or (item.kind == Observation.Kind.STAGE and item.stage in places.stages):
            rows.append(
                Observation(
                    lesson=lesson,
                    person=person,
                    client=item.client,
                    at=item.at,
                    apart=apart,
                    from_paper=from_paper,
                    kind=item.kind if item.kind in Observation.Kind else "",
                    grouping=item.grouping if item.grouping in Observation.Grouping else "",
                    **places.named(item),
                )
            )
    there = set(Observation.objects.filter(client__in=[row.client for row in rows]).values_list("client", flat=True))
    new = [row for row in rows if row.client not in there]
    Observation.objects.bulk_create(new, ignore_conflicts=True)  # the same may arrive in two windows at once
    if new:
        audit.record(person, "lessons.observed", lesson)
    return len(new)


@dataclass(frozen=True)
class Places:
    """The stages and case pupils of a lesson, as they are now: what a device names may be gone."""

    stages: set
    pupils: dict

    @classmethod
    def of(cls, lesson):
        pupils = {pupil.letter: pupil for pupil in CasePupil.objects.filter(study=lesson.study_id)}
        return cls(set(lesson.stages.values_list("pk", flat=True)), pupils)

    def named(self, item):
        pupil = self.pupils.get(item.letter)
        gone = f"{item.letter}: " if item.letter and pupil is None and item.text else ""
        return {
            "case_pupil": pupil,
            "stage_id": item.stage if item.stage in self.stages else None,
            "text": f"{gone}{item.text}",
        }


def keep_photo(person, lesson, item: Kept, picture: Picture, *, apart=part_of_it) -> Photo:
    """The photo is there, once. Its file has a name of our own, which says nothing. `apart` as for observations."""
    if (there := Photo.objects.filter(client=item.client).first()) is not None:
        return there
    name = default_storage.save(f"photos/{uuid.uuid4().hex}.jpg", ContentFile(picture.content))
    with transaction.atomic():
        held(lesson)
        places = Places.of(lesson).named(item)
        photo, is_new = Photo.objects.get_or_create(
            client=item.client,
            defaults={
                "lesson": lesson,
                "person": person,
                "at": item.at,
                "apart": apart()[:200],
                "file": name,
                "width": picture.width,
                "height": picture.height,
                "caption": places.pop("text")[:200],
                **places,
            },
        )
        if is_new:
            audit.record(person, "lessons.photo_kept", photo)
    if not is_new:
        default_storage.delete(name)
    return photo


def lesson_once_observed_by(person, lesson) -> ResearchLesson | None:
    """The lesson, if the person could observe it once and cannot any more: they left, or it was taken out."""
    found = ResearchLesson.ever.with_study().filter(pk=lesson).first()
    if found is None:
        return None
    was_member = StudyMember.objects.filter(study=found.study_id, person=person).exists()
    was_guest = LessonGuest.objects.filter(lesson=found, person=person).exists()
    return found if was_member or was_guest else None
