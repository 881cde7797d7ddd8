from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import DayField, with_button
from programmes.calendar import calendar_of
from visits.events import days
from visits.events.forms.clock import ClockField
from visits.models import EventSeries


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


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why?",
        help_text="One sentence for everyone who was invited. Do not name pupils.",
        max_length=200,
        error_messages={"required": "Say why, in one sentence.", "max_length": "Keep it to 200 characters."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Cancel the event", css_class="govuk-button--warning")


class SeriesForm(forms.Form):
    """How a series goes on from a day on."""

    from_on = DayField(
        label="From which day on?",
        help_text="Meetings before that day stay as they are, with their register and minutes.",
        error_messages={"required": "Enter the day from which on the series changes."},
    )
    rhythm = forms.ChoiceField(
        label="How often do you meet from then on?",
        choices=EventSeries.Rhythm.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how often."},
    )
    first_on = DayField(
        label="First day in the new rhythm",
        help_text="It says the weekday, and which one of the month or half term it is.",
        error_messages={"required": "Enter the first day in the new rhythm."},
    )
    starts_at = ClockField(label="Starts at", error_messages={"required": "Enter when it starts, such as 4pm."})
    ends_at = ClockField(label="Ends at", error_messages={"required": "Enter when it ends, such as 6pm."})
    until = DayField(label="Until", error_messages={"required": "Enter the last possible day."})

    def __init__(self, *args, series, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.series, self.today = series, today
        for name in ("starts_at", "ends_at"):
            self.fields[name].widget.attrs["class"] = "govuk-input--width-5"
        self.helper = with_button(self, "Continue")

    def clean_from_on(self):
        from_on = self.cleaned_data["from_on"]
        if from_on < self.today:
            raise ValidationError("This day is past, and what took place stays. Give a day from today on.")
        return from_on

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if cleaned["ends_at"] <= cleaned["starts_at"]:
            self.add_error("ends_at", "It would end before it starts. Give a later time.")
        if cleaned["first_on"] < cleaned["from_on"]:
            self.add_error("first_on", "This is before the day from which on the series changes. Give a later day.")
        if cleaned["until"] < cleaned["first_on"]:
            self.add_error("until", "The series would end before its first day. Give a later day.")
        elif cleaned["until"] > self.series.programme.ends_on:
            ends_on = self.series.programme.ends_on
            self.add_error("until", f"The programme's year ends on {ends_on:%-d %B %Y}. Give a day up to then.")
        if not self.errors:
            check_rhythm(
                self, "rhythm", cleaned["rhythm"], cleaned["first_on"], cleaned["until"], self.series.programme
            )
        return cleaned
