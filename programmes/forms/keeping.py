from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import DayField, DayInput, with_button
from programmes.naming import AsksAboutNames
from programmes.placing import said
from programmes.services.keeping import LONGEST_YEARS, bounds


class KeepingForm(AsksAboutNames, forms.Form):
    """Until when, and why not until the day that stands."""

    until = DayField(label="Keep the pupil data until", error_messages={"required": "Enter the day."})
    because = forms.CharField(
        label="Why",
        max_length=200,
        help_text="For example “the evaluation ends in January”. Do not name a pupil.",
        error_messages={"required": "Say why.", "max_length": "Keep it to 200 characters."},
    )

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.programme = programme
        self.first, self.last = bounds(programme, timezone.localdate())
        self.fields["until"].widget = DayInput(self.first, self.last)
        self.fields["until"].initial = programme.pupils_kept_until
        self.fields["until"].help_text = f"From {self.first:%-d %B %Y} to {self.last:%-d %B %Y}."
        self.ask_about(programme, "because")
        self.helper = with_button(self, "Save the day")

    def clean_until(self):
        day = self.cleaned_data["until"]
        if day == self.programme.pupils_kept_until:
            raise ValidationError("It is kept until this day already. Enter another one.")
        if day < self.first:
            today = self.first > self.programme.ends_on
            why = "That is past" if today else "The programme still runs on that day"
            raise ValidationError(f"{why}: give {said(self.first)} or later.")
        if day > self.last:
            raise ValidationError(
                f"Pupil data is kept for {LONGEST_YEARS} years after the programme\u2019s year at most: "
                f"give {said(self.last)} or earlier."
            )
        return day
