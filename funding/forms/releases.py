from django import forms

from accounts.forms import with_button
from funding.models import Stage, Waiver


class HoldForm(forms.Form):
    because = forms.CharField(
        label="Why is it held?",
        max_length=300,
        help_text="The school reads it. Do not name a pupil.",
        error_messages={"required": "Say why it is held.", "max_length": "Keep the reason to 300 characters."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Hold it", css_class="govuk-button--secondary")


class WaiveForm(forms.Form):
    condition = forms.ChoiceField(
        label="Which condition?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a condition.", "invalid_choice": "Choose from what is offered here."},
    )
    reason = forms.ChoiceField(
        label="Why?",
        choices=[("", "Choose a reason"), *Waiver.Reason.choices],
        error_messages={"required": "Choose a reason.", "invalid_choice": "Choose from what is offered here."},
    )
    note = forms.CharField(
        label="What there is to say about it",
        required=False,
        max_length=300,
        help_text="It is printed with the release. Do not name a pupil.",
        error_messages={"max_length": "Keep it to 300 characters."},
    )

    def __init__(self, *args, conditions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["condition"].choices = [(value, Stage.Condition(value).label) for value in conditions]
        self.helper = with_button(self, "Waive this condition", css_class="govuk-button--secondary")
