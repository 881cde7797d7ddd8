"""How a study and its lessons stand, in words that say who has to act. They tell nothing of what is written."""

from dataclasses import dataclass

from django.utils import timezone

from papers.templatetags.plain import listed, longdate, longday


@dataclass(frozen=True)
class Standing:
    """A sentence, and the name of the page of a member on which something is done about it: (lesson or None, act)."""

    words: str
    act: str = ""
    lesson: object = None
    is_late: bool = False


def standing_of_study(study, lessons, has_question, has_pupils) -> Standing:
    """What the study waits for. `lessons` have their visit with them, and come `with_agreements`."""
    members = listed(study.current_members, "or")
    if study.is_finished:
        return Standing(f"Finished on {longdate(timezone.localtime(study.finished_at).date())}")
    if not has_question:
        return Standing(f"Waiting for {members} to write the question", "question")
    if not has_pupils:
        return Standing(f"Waiting for {members} to choose the case pupils", "pupils")
    standing = [lesson for lesson in lessons if not lesson.why_cancelled]
    for lesson in standing:
        if lesson.is_ended and (missing := not_agreed(study, lesson)):
            return Standing(
                f"Waiting for {listed(missing, 'and')} to agree the discussion of lesson {lesson.number}",
                "discussion",
                lesson,
            )
        if not lesson.is_ended:
            return standing_of_lesson(lesson, members)
    return Standing(f"All lessons are discussed: waiting for {members} to draft the finding, or to finish", "finding")


def standing_of_lesson(lesson, members) -> Standing:
    """How one lesson stands that is not over."""
    today, day, number = timezone.localdate(), lesson.day, lesson.number
    if lesson.is_started:
        return Standing(f"Lesson {number} began at {timezone.localtime(lesson.started_at):%H:%M}", "observe", lesson)
    if day is None:
        return Standing(f"Waiting for {members} to choose a day for lesson {number}", "when", lesson)
    if day == today:
        return Standing(f"Lesson {number} is today", "observe", lesson)
    if day < today:
        return Standing(
            f"Lesson {number} was to be on {longday(day)}: {members} starts it, gives it another day or cancels it",
            "sheet",
            lesson,
            is_late=True,
        )
    return Standing(f"Lesson {number} is on {longday(day)}: {members} plans it", "sheet", lesson)


def why_closed(study):
    """The sentence that says why nothing in a study changes; empty while it does."""
    if study.is_finished:
        return "The study is finished, so it stays as it is. A member can go on with it."
    if study.partnership.programme.status == "closed":
        return "The programme is closed, so its studies stay as they are."
    return ""


def not_agreed(study, lesson):
    """The members who have not agreed how its discussion is written down, or not since it last changed."""
    talked = lesson.talked or 0
    agreed = {agreement.person_id for agreement in lesson.agreements.all() if agreement.version >= talked}
    return [person for person in study.current_members if person.pk not in agreed]


def state_of_lesson(lesson):
    """One lesson in a list, for whoever sees its dates and no more."""
    if why := lesson.why_cancelled:
        return f"Cancelled: {why}"
    if lesson.is_ended:
        return f"Took place on {longday(timezone.localtime(lesson.started_at).date())}"
    if lesson.is_started:
        return f"Began at {timezone.localtime(lesson.started_at):%H:%M}"
    if lesson.day is None:
        return "No day is chosen yet"
    return f"Planned for {longday(lesson.day)}{', not started' if lesson.day < timezone.localdate() else ''}"
