"""Who is invited to observe a lesson, and until when."""

from django import forms
from django.utils import timezone

from accounts.forms import DayField, with_button
from lessons import services


class GuestForm(forms.Form):
    first_name = forms.CharField(
        label="First name", max_length=100, error_messages={"required": "Enter the first name."}
    )
    last_name = forms.CharField(label="Last name", max_length=100, error_messages={"required": "Enter the last name."})
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        error_messages={"required": "Enter the email address.", "invalid": "Enter a whole email address."},
    )
    until = DayField(label="Last day", error_messages={"required": "Enter the last day."})

    def __init__(self, *args, lesson, action, **kwargs):
        usual, self.latest = services.last_days(lesson)
        super().__init__(*args, initial={"until": usual}, **kwargs)
        self.fields["until"].help_text = f"Access ends by itself after this day, at the latest on {self.latest:%-d %B}."
        self.helper = with_button(self, "Invite to this lesson")
        self.helper.form_action = action

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until < timezone.localdate():
            raise forms.ValidationError("This day is over. Choose today or a later one.")
        if until > self.latest:
            raise forms.ValidationError(f"Choose a day up to {self.latest:%-d %B %Y}: 30 days after the lesson.")
        return until
