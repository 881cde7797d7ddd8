"""Whether the days of a rhythm can be worked out."""

from programmes.calendar import calendar_of
from visits.events import days


def check_rhythm(form, field, rhythm, first, until, programme):
    """A sentence when the days of a rhythm cannot be worked out."""
    calendar = calendar_of(programme.organisation_id)
    try:
        days.meetings(rhythm, first, until, calendar)
    except days.NoTermDates:
        form.add_error(
            field,
            "The half terms of this year are not entered yet, so nobody can say when they begin. "
            "Enter the term dates first, or choose another rhythm.",
        )
