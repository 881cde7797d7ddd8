import datetime as dt
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from accounts.comparing import Compares
from accounts.forms import DayField, DayInput, RowForm, with_button
from funding.models import FundingPlan, PlanItem, Stage
from funding.models.plans import MOST_BUDGET, MOST_RATE
from papers.templatetags.plain import listed

POUNDS = {"inputmode": "decimal", "class": "govuk-input--width-10", "autocomplete": "off"}


def pounds_field(label, most, least=Decimal("0.01"), **kwargs):
    wrong = f"Enter pounds and pence from {least} to {most:,}, such as 95 or 95.50."
    return forms.DecimalField(
        label=label,
        min_value=least,
        max_value=most,
        decimal_places=2,
        widget=forms.TextInput(attrs=POUNDS),
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value", "max_decimal_places", "max_digits", "max_whole_digits"], wrong
        )
        | {"required": "Enter the amount in pounds."},
        **kwargs,
    )


def reason_field():
    return forms.CharField(
        label="Why do you change it?",
        max_length=300,
        help_text="The plan is in force: the change is kept with your name and the reason. What was paid stays.",
        error_messages={"required": "Say why you change it.", "max_length": "Keep the reason to 300 characters."},
    )


class AsksWhy(Compares, RowForm):
    """A form of a plan. In force it asks for a reason, and shows what it makes of every school before it is saved.

    What a colleague changes meanwhile stands in a box that was left alone; and what was worked out before it is worked
    out anew: `since` is the last change of the plan that this form has seen.
    """

    def __init__(self, *args, plan, since=None, **kwargs):
        self.plan, self.since = plan, since
        super().__init__(*args, **kwargs)
        if plan.is_in_force:
            self.fields["why"] = reason_field()
            self.fields["previewed"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.helper = with_button(self, self.button)

    button = "Save"

    @property
    def compared(self):
        return self._meta.fields

    def kept(self, name):
        return in_short(self.initial.get(name))

    def typed(self, name, value):
        return in_short(value)

    def as_cleaned(self, name):
        return self.fields[name].clean(self.initial.get(name))

    def in_words(self, name):
        value = self.initial.get(name)
        if isinstance(value, list):
            choices = dict(self.fields[name].choices)
            return listed([choices.get(one, one) for one in value])
        return f"{value:%-d %B %Y}" if isinstance(value, dt.date) else super().in_words(name)

    def type_in(self, name, value):
        if isinstance(value, list):
            self.data.setlist(name, value)
        elif value in (None, "", False):
            self.data.pop(name, None)
        else:
            self.data[name] = f"{value:%-d/%-m/%Y}" if isinstance(value, dt.date) else str(value)

    @property
    def asked(self):
        values = sorted((name, str(self.cleaned_data.get(name))) for name in self.fields if name not in OF_CHANGE)
        return f"{self.since}|{values!r}"

    @property
    def wants_preview(self):
        return self.plan.is_in_force and self.cleaned_data["previewed"] != self.asked

    @property
    def previewed_since(self):
        """The last change that the page had seen on which the button was pressed; None where it showed no preview."""
        seen = self.cleaned_data["previewed"].partition("|")[0]
        return int(seen) if seen.isdecimal() else 0 if seen else None

    def show_preview(self):
        """The next press of the button means exactly what is shown now."""
        self.show_what_stands()
        self.data = self.data.dict() | self.lists() | {"previewed": self.asked}
        self.helper = with_button(self, "Yes, change the plan")

    def lists(self):
        """Fields of several values, which a plain dictionary would cut to their last."""
        return {name: self.data.getlist(name) for name in self.data if len(self.data.getlist(name)) > 1}

    @property
    def why(self):
        return self.cleaned_data.get("why", "")


OF_CHANGE = {"why", "previewed", "shown"}


def in_short(value) -> str:
    """A value of a box so that it can be told whether two are the same, however they were typed."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else ""
    if isinstance(value, list):
        return ",".join(sorted(value))
    return str(getattr(value, "pk", value)) if value else ""


class PlanForm(AsksWhy):
    """Who funds it, where it is paid from, and what a half-day is worth."""

    budget = pounds_field("Budget", MOST_BUDGET)
    rate = pounds_field("What is paid for a half-day of release?", MOST_RATE)

    class Meta:
        model = FundingPlan
        fields = ["funder", "grant_ref", "cost_centre", "account_code", "budget", "rate"]
        fields += ["pays_late_cover", "pays_host_cover"]
        labels = {
            "pays_late_cover": "Cover that is cancelled within two school days is paid",
            "pays_host_cover": "Cover of the host is paid too",
        }

    missing = {
        "funder": "Enter who funds it.",
        "cost_centre": "Enter the cost centre from which it is paid.",
        "account_code": "Enter the account code from which it is paid.",
    }


def share_field(stage):
    return forms.DecimalField(
        label=f"{stage}, in per cent",
        min_value=0,
        max_value=100,
        decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "govuk-input--width-4"}),
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value", "max_decimal_places"],
            f"{stage}: enter the share as a number from 0 to 100, such as 25 or 33.333.",
        )
        | {"required": f"{stage}: enter the share, or 0."},
    )


class SharesForm(AsksWhy):
    """What each stage pays of the required items that no stage names: together all of them."""

    class Meta:
        model = FundingPlan
        fields = []

    def __init__(self, *args, plan, **kwargs):
        self.stages = list(plan.stages.all())
        shares = {f"share_{stage.pk}": f"{stage.share.normalize():f}" for stage in self.stages}
        super().__init__(*args, plan=plan, initial=shares, **kwargs)
        own = {f"share_{stage.pk}": share_field(stage) for stage in self.stages}
        self.fields = own | self.fields
        self.helper = with_button(self, self.button)

    @property
    def compared(self):
        return [f"share_{stage.pk}" for stage in self.stages]

    def kept(self, name):
        return in_short(Decimal(self.initial[name]))

    def clean(self):
        cleaned = super().clean()
        shares = [cleaned.get(f"share_{stage.pk}") for stage in self.stages]
        if None not in shares and sum(shares) not in (0, 100):
            self.add_error(None, f"The shares add up to {sum(shares).normalize():f}%. Make them 100%.")
        return cleaned

    def save(self, commit=True):
        for stage in self.stages:
            stage.share = self.cleaned_data[f"share_{stage.pk}"]
            stage.save(update_fields=["share"])
        return self.plan


class StageForm(AsksWhy):
    """A day on which money goes out."""

    due_on = DayField(label="Due on", error_messages={"required": "Enter the day on which it is due."})
    conditions = forms.MultipleChoiceField(
        label="Released once",
        choices=Stage.Condition.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from what is offered here."},
    )

    class Meta:
        model = Stage
        fields = ["name", "due_on", "data_point", "conditions", "evidence"]

    missing = {"name": "Enter a name, such as December."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        programme = self.plan.programme
        self.instance.plan = self.plan
        self.fields["due_on"].widget = DayInput(programme.starts_on, programme.ends_on)
        self.fields["data_point"].queryset = programme.data_points.all()
        self.fields["data_point"].empty_label = "None"

    def clean_due_on(self):
        on, programme = self.cleaned_data["due_on"], self.plan.programme
        if not programme.starts_on <= on <= programme.ends_on:
            raise ValidationError(
                f"Enter a day of the programme\u2019s year, {programme.starts_on:%-d/%-m/%Y} to "
                f"{programme.ends_on:%-d/%-m/%Y}."
            )
        return on

    def clean(self):
        cleaned = super().clean()
        conditions = cleaned.get("conditions") or []
        if "data" in conditions and not cleaned.get("data_point"):
            self.add_error("data_point", "Say which data point the stage waits for.")
        if "evidence" in conditions and not cleaned.get("evidence"):
            self.add_error("evidence", "Say which evidence the stage waits for.")
        self.check_day(cleaned, conditions)
        return cleaned

    def check_day(self, cleaned, conditions):
        """It cannot pay for grades before they are due. Where that was moved meanwhile, the rest can change."""
        point, on = cleaned.get("data_point"), cleaned.get("due_on")
        if "data" not in conditions or not point or not on or on >= point.due_on:
            return
        if not self.instance.pk or {"due_on", "data_point", "conditions"} & set(self.changed_data):
            self.add_error(
                "due_on",
                f"The stage waits for the grades of {point.name}, which are due on {point.due_on:%-d/%-m/%Y}. Enter "
                "that day or a later one, or let the stage wait for no grades.",
            )


class ItemForm(AsksWhy):
    """Something that the plan pays for."""

    specialist_amount = pounds_field(
        "Amount to the specialist teacher\u2019s school", Decimal("99999"), Decimal(0), required=False
    )
    partner_amount = pounds_field("Amount to the partner school", Decimal("99999"), Decimal(0), required=False)

    class Meta:
        model = PlanItem
        fields = ["name", "kind", "specialist_half_days", "partner_half_days", "specialist_amount", "partner_amount"]
        fields += ["stage"]
        labels = {
            "specialist_half_days": "Half-days of the specialist teacher\u2019s school",
            "partner_half_days": "Half-days of the partner school",
            "stage": "Paid in one stage by name",
        }

    missing = {"name": "Enter a name, such as Case study."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.plan = self.plan
        self.fields["stage"].queryset = self.plan.stages.all()
        self.fields["stage"].empty_label = "No, it is in the shares"
        if self.instance.step_id:
            self.fields["name"].disabled = True
            for name in ("specialist_amount", "partner_amount"):
                del self.fields[name]
        self.helper = with_button(self, self.button)
        for name in ("specialist_half_days", "partner_half_days"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-2"})
            self.fields[name].required = False
            self.fields[name].error_messages |= dict.fromkeys(
                ["invalid", "min_value", "max_value"], "Enter the half-days as a whole number from 0 to 20."
            )

    def clean(self):
        cleaned = super().clean()
        for name in ("specialist_half_days", "partner_half_days"):
            cleaned[name] = cleaned.get(name) or 0
        for name in ("specialist_amount", "partner_amount"):
            if name in self.fields:
                cleaned[name] = cleaned.get(name) or Decimal(0)
        worth = ["specialist_half_days", "partner_half_days", "specialist_amount", "partner_amount"]
        if not self.instance.pk and not self.errors and not any(cleaned.get(name) for name in worth):
            self.add_error(None, "It pays nothing: give it half-days or an amount for one of the two schools.")
        if cleaned.get("stage") and cleaned.get("kind") != PlanItem.Kind.REQUIRED:
            self.add_error("stage", "Only a required item is paid in a stage by name.")
        return cleaned
