"""Times of day as people write them."""

import datetime as dt
import re

from django import forms
from django.core.exceptions import ValidationError

from papers.templatetags.plain import clock

TIME = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
WORDS = {"midday": dt.time(12), "noon": dt.time(12)}
SCHOOL_DAY_STARTS = 7


class ClockInput(forms.TextInput):
    def format_value(self, value):
        return clock(value) if hasattr(value, "minute") else value


class ClockField(forms.TimeField):
    """4pm, 4.30pm, 16:00, midday. Without am or pm an hour before 7 is in the afternoon: nobody meets at 4 at night."""

    widget = ClockInput

    def to_python(self, value):
        if value in self.empty_values or hasattr(value, "minute"):
            return super().to_python(value)
        text = value.strip().lower()
        if text in WORDS:
            return WORDS[text]
        if not (found := TIME.fullmatch(text)):
            raise ValidationError("This is not a time. Write it like 4pm, 4:30pm or 16:30.")
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
        if half and not 1 <= hour <= 12:
            raise ValidationError("This is not a time. Write it like 4pm, 4:30pm or 16:30.")
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        elif 1 <= hour < SCHOOL_DAY_STARTS and len(found[1]) == 1:
            hour += 12
        try:
            return dt.time(hour, minute)
        except ValueError:
            raise ValidationError("There is no such time. Write it like 4pm, 4:30pm or 16:30.") from None
