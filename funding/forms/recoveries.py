from django import forms
from django.utils import timezone

from accounts.forms import DayField, DayInput, with_button
from funding.models import ItemRecord, PlanItem, Side
from funding.services import recording


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


class RecordForm(forms.Form):
    """That one side of a partnership did something that is paid beside the shares."""

    item = forms.ChoiceField(label="What was done?", error_messages={"required": "Choose what was done."})
    partnership = forms.ChoiceField(label="Partnership", error_messages={"required": "Choose a partnership."})
    side = forms.ChoiceField(
        label="Whose school is paid?",
        choices=Side.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whose school is paid."},
    )
    on = DayField(label="On which day?", error_messages={"required": "Enter the day."})

    def __init__(self, *args, plan, partnerships, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan = plan
        kinds = [PlanItem.Kind.OPTIONAL, PlanItem.Kind.GRANT]
        self.items = {str(item.pk): item for item in plan.items.filter(kind__in=kinds, step=None)}
        self.partnerships = {str(row.pk): row for row in partnerships}
        self.fields["item"].choices = [("", "Choose"), *((pk, str(item)) for pk, item in self.items.items())]
        named = [(pk, f"{row.ref}, {row.partner_school}, {row.label}") for pk, row in self.partnerships.items()]
        self.fields["partnership"].choices = [("", "Choose a partnership"), *named]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = "Choose from what is offered here."
        first, last = plan.programme.starts_on, min(timezone.localdate(), plan.programme.ends_on)
        self.first, self.last = first, max(first, last)
        self.fields["on"].widget = DayInput(self.first, self.last)
        self.fields["on"].initial = self.last
        self.helper = with_button(self, "Record it")

    def clean_on(self):
        on = self.cleaned_data["on"]
        if not self.first <= on <= self.last:
            raise forms.ValidationError(f"Enter a day from {self.first:%-d/%-m/%Y} to {self.last:%-d/%-m/%Y}.")
        return on

    def clean(self):
        cleaned = super().clean()
        item = self.items.get(cleaned.get("item"))
        if item and cleaned.get("side") and not item.worth(cleaned["side"], self.plan.rate):
            self.add_error("side", f"{item} pays nothing to this side.")
        return cleaned

    def save(self, person) -> ItemRecord:
        given = self.cleaned_data
        row, item = self.partnerships[given["partnership"]], self.items[given["item"]]
        return recording.record(person, item, row, given["side"], given["on"])
