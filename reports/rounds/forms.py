from crispy_forms_gds.choices import Choice
from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import RowForm, with_button
from reports.models import ReportSchedule

HINTS = {
    ReportSchedule.When.RETURNS: "On the day of the data point, or as soon as the last grades are submitted after it.",
    ReportSchedule.When.DAYS: "On that day, with the grades that are in by then.",
}
MOST_DAYS = 60


class ScheduleForm(RowForm):
    """When the heads are sent the link to their report, or that they are not."""

    is_on = forms.TypedChoiceField(
        label="After every data point",
        choices=[("on", "Make the reports and mail the heads a link"), ("off", "Do nothing by itself")],
        coerce=lambda value: value == "on",
        widget=forms.RadioSelect,
    )
    when = forms.ChoiceField(
        label="When?",
        choices=[Choice(when.value, when.label, hint=HINTS[when]) for when in ReportSchedule.When],
        widget=forms.RadioSelect,
    )
    days = forms.IntegerField(
        label="How many days after the data point?",
        help_text="Only where you chose some days after it.",
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        error_messages={
            "invalid": "Type a number of days, such as 14.",
            "min_value": "Type a number of days from 1 to 60.",
            "max_value": "Type a number of days from 1 to 60.",
        },
    )

    class Meta:
        model = ReportSchedule
        fields = ["is_on", "when", "days"]

    missing = {
        "is_on": "Choose whether the reports are made after every data point.",
        "when": "Choose when the reports are made.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["is_on"] = "on" if self.instance.pk and self.instance.is_on else "off"
        self.helper = with_button(self, "Save")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("when") == ReportSchedule.When.RETURNS:
            cleaned["days"] = None
        elif cleaned.get("when") and cleaned.get("days") is None and "days" not in self.errors:
            self.add_error("days", ValidationError("Type after how many days the reports are made."))
        return cleaned
