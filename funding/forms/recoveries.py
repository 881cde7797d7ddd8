from django import forms
from django.utils import timezone

from accounts.forms import DayField, DayInput, with_button


class DropForm(forms.Form):
    because = forms.CharField(
        label="Why is it not asked for?",
        max_length=200,
        error_messages={"required": "Say why.", "max_length": "Keep the reason to 200 characters."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Do not ask for it", css_class="govuk-button--secondary")


class ReceiveForm(forms.Form):
    on = DayField(label="On which day was it paid back?", error_messages={"required": "Enter the day."})

    def __init__(self, *args, recovery, **kwargs):
        super().__init__(*args, **kwargs)
        self.first, self.last = timezone.localdate(recovery.approved_at), timezone.localdate()
        self.fields["on"].widget = DayInput(self.first, self.last)
        self.fields["on"].initial = self.last
        self.helper = with_button(self, "It was paid back")

    def clean_on(self):
        on = self.cleaned_data["on"]
        if not self.first <= on <= self.last:
            raise forms.ValidationError(f"Enter a day from {self.first:%-d/%-m/%Y} to today.")
        return on


class AgainstForm(forms.Form):
    """A release of the same school that is not approved yet, and pays at least as much."""

    release = forms.ChoiceField(
        label="Which release pays so much less?",
        error_messages={"required": "Choose a release.", "invalid_choice": "Choose from what is offered here."},
    )

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = {str(row.release.pk): row.release for row in rows}
        named = [
            (str(row.release.pk), f"{row.stage}, {row.partnership.ref}, {row.partnership.label}: \u00a3{row.amount:,}")
            for row in rows
        ]
        self.fields["release"].choices = [("", "Choose a release"), *named]
        self.helper = with_button(self, "Set it against this release", css_class="govuk-button--secondary")
