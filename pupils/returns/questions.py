"""What stands out in a grade: said softly beside it, asked about where it is unlikely, and never in the way."""

from django.db.models import Count, Max

from papers.templatetags.plain import year_words
from programmes.models import DataPoint, Programme
from pupils import scales
from pupils.models import Assessment, Grade

ENOUGH = 20  # grades of a year group, before its range is called usual
BEYOND_EXCEEDED = 3  # positions


class Usual:
    """What is usual in a programme: how far a grade moves from one data point to the next, and how high it goes."""

    def __init__(self, programme: Programme, grades: dict[str, Grade]):
        file = scales.description(programme.scale)
        self.unit, self.down, self.up = file["unit"], file["unusual"]["down"], file["unusual"]["up"]
        rows = Assessment.objects.filter(
            place__partnership__programme=programme, grade__scale__name=programme.scale
        ).order_by()
        rows = rows.values("place__pupil__year_group").annotate(n=Count("pk"), top=Max("grade__position"))
        self.tops = {row["place__pupil__year_group"]: row["top"] for row in rows if row["n"] >= ENOUGH}
        for level in programme.expectations.all():
            if grade := grades.get(level.exceeded_from):
                self.tops.setdefault(level.year_group, grade.position + BEYOND_EXCEEDED)

    def change(self, before: Grade, now: Grade) -> str:
        """Up 1 sub-level, Down 2 sub-levels, The same; nothing across two scales."""
        if before.scale_id != now.scale_id:
            return "On another scale"
        steps = now.position - before.position
        if steps == 0:
            return "The same"
        return f"{'Up' if steps > 0 else 'Down'} {abs(steps)} {self.unit}{'' if abs(steps) == 1 else 's'}"

    def question(self, year_group: int, now: Grade, before: Grade | None, at: DataPoint | None, after=None) -> str:
        """The sentence that asks whether the grade is right; empty where nothing is unlikely.

        `after` has a grade that was submitted for a later data point already.
        """
        if before is not None and before.scale_id == now.scale_id:
            steps = now.position - before.position
            if steps <= -self.down or steps >= self.up:
                return f"{self.change(before, now)} since {at}, from {before} to {now}."
        later = after and after.assessment.grade
        if later is not None and later.scale_id == now.scale_id:
            steps = later.position - now.position
            if steps <= -self.down or steps >= self.up:
                return f"{later} in {after.point}: {self.change(now, later).lower()} from {now} at this data point."
        top = self.tops.get(year_group)
        if top is not None and now.position > top:
            return f"{now} is above the usual range of {year_words(year_group)} in this programme."
        return ""


def outside_words(row, point: DataPoint) -> str:
    """That the day of the data point is outside the days of the place; empty where it is not."""
    place, due = row.place, f"the {point} day, {day_words(point.due_on)}"
    if place.since and point.due_on < place.since:
        return f"{row.name} is here since {day_words(place.since)}, after {due}. Is there a grade all the same?"
    if place.until and point.due_on >= place.until:
        ended = f"This place ended on {day_words(place.last_on)}, before {due}. Is there a grade all the same?"
        return f"{ended} It counts in results." if place.ended_because != place.Ended.MOVED else ended + MOVED
    return ""


MOVED = " The school to which the pupil moved may owe one too."


def contradicted_words(row) -> str:
    """That a grade before or after speaks against the reason that was given; empty where none does."""
    reason, earlier = row.answer.reason, [past.point for past in row.past if past.has_grade]
    if reason == Assessment.Reason.NOT_ENROLLED and earlier:
        return f"There is a grade for {earlier[-1]}: was the pupil not enrolled yet after that?"
    if reason == Assessment.Reason.LEFT and row.after:
        return f"There is a grade for {row.after.point}: had the pupil left before that?"
    return ""


def day_words(day):
    return f"{day:%-d %B %Y}"
