from django import forms
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.forms import DayField, DayInput, RowForm, with_button
from papers.templatetags.plain import longdate
from programmes.closures import at_a_weekend, years_open
from programmes.models import academic_year
from programmes.years import written
from visits.away.keeping import keep_away
from visits.models import Away

THERE = "These days are entered already."


class AwayForm(RowForm):
    """From a day to a day, or half of one; why is not asked."""

    class Meta:
        model = Away
        fields = ["first_on", "last_on", "half"]

    missing = {"first_on": "Enter the first day."}

    first_on = DayField(label="First day")
    last_on = DayField(label="Last day", required=False, help_text="Leave it blank for a single day.")
    half = forms.ChoiceField(
        label="Part of the day", choices=Away.Half.choices, widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.today = user, timezone.localdate()
        last = academic_year(years_open(self.today)[-1])[1]
        for name in ("first_on", "last_on"):
            self.fields[name].widget = DayInput(self.today, last, school_days=True)
        self.helper = with_button(self, "Add these days")

    def clean(self):
        cleaned = super().clean()
        first = cleaned.get("first_on")
        if not cleaned.get("last_on") and "last_on" not in self.errors:
            cleaned["last_on"] = first
        if not self.errors:
            self.check_days(first, cleaned["last_on"], cleaned["half"])
        return cleaned

    def check_days(self, first, last, half):
        end = academic_year(years_open(self.today)[-1])[1]
        if last < first:
            sentence = f"The last day, {longdate(last)}, is before the first day, {longdate(first)}."
            self.add_error("last_on", f"{sentence} Swap or correct them.")
        elif half and last != first:
            part = "A morning" if half == "am" else "An afternoon"
            self.add_error("half", f"{part} is one of a single day: leave the last day blank, or choose the whole day.")
        elif last < self.today:
            self.add_error("last_on" if last != first else "first_on", "These days are over. Enter days from today on.")
        elif last > end:
            self.add_error("last_on", f"{longdate(last)} is too far ahead: enter days up to the end of {written(end)}.")
        elif sentence := at_a_weekend(first, last):
            self.add_error("first_on", sentence)
        elif is_covered(first, last, half, self.instance.person.away.all()):
            self.add_error("first_on", THERE)

    def save(self):
        """The days away; None and a sentence on the form where somebody entered the same a moment ago."""
        try:
            with transaction.atomic():
                return keep_away(self.user, self.instance)
        except IntegrityError:
            self.add_error("first_on", THERE)
            return None


def is_covered(first, last, half, rows) -> bool:
    """Whether one of the rows says all of it already."""
    return any(row.first_on <= first and last <= row.last_on and row.half in {"", half} for row in rows)
