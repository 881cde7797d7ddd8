from django import forms
from django.utils import timezone

from accounts.forms import DayField, DayInput, with_button
from funding.models import ItemRecord, PlanItem, Side
from funding.services import recording
from papers.templatetags.plain import listed, money


def day_of(field, programme):
    """A day of the programme that is not to come."""
    first, last = programme.starts_on, max(programme.starts_on, min(timezone.localdate(), programme.ends_on))
    field.widget, field.initial = DayInput(first, last), last
    return first, last


def within(on, days):
    first, last = days
    if not first <= on <= last:
        raise forms.ValidationError(f"Enter a day from {first:%-d/%-m/%Y} to {last:%-d/%-m/%Y}.")
    return on


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
        self.days = day_of(self.fields["on"], plan.programme)
        self.helper = with_button(self, "Record it")

    def clean_on(self):
        return within(self.cleaned_data["on"], self.days)

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


class EvidenceForm(forms.Form):
    """For which partnerships the evidence of a stage has come, and when."""

    stage = forms.CharField(widget=forms.HiddenInput)
    partnership = forms.MultipleChoiceField(
        label="It is in for",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick the partnerships for which it is in."},
    )
    on = DayField(label="On which day did it come?", error_messages={"required": "Enter the day."})

    def __init__(self, *args, stage, waiting, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.waiting = {str(row.pk): row for row in waiting}
        self.fields["stage"].initial = stage.pk
        self.fields["partnership"].choices = [
            (pk, f"{row.partner_school}, {row.label}, {row.ref}") for pk, row in self.waiting.items()
        ]
        self.fields["partnership"].error_messages["invalid_choice"] = (
            "One that you ticked is in already, or not in this programme any more. Look at what is left."
        )
        self.days = day_of(self.fields["on"], programme)
        self.helper = with_button(self, "It is in")

    @property
    def chosen(self):
        return [self.waiting[pk] for pk in self.cleaned_data["partnership"]]

    def clean_on(self):
        return within(self.cleaned_data["on"], self.days)


class NotHeldForm(forms.Form):
    """Which of the required visits that did not take place are given up, and why."""

    visit = forms.MultipleChoiceField(
        label="Which visits will not take place any more?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick the visits that will not take place."},
    )
    because = forms.CharField(
        label="Why?",
        help_text="It is kept with the money of the programme. Do not name a person.",
        max_length=200,
        error_messages={"required": "Say why.", "max_length": "Keep the reason to 200 characters."},
    )

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.fields["visit"].choices = [(one.key, words_of(one)) for one in offered]
        self.fields["visit"].error_messages["invalid_choice"] = (
            "One that you ticked took place meanwhile, or is given up already. Look at what is left."
        )
        self.helper = with_button(self, "They will not take place")


def words_of(one: recording.Missed) -> str:
    """The visit, whose it is, and what each school gets less."""
    whose = {Side.SPECIALIST: "the specialist teacher\u2019s school", Side.PARTNER: "the partner school"}
    less = [f"{money(amount)} less for {whose[side]}" for side, amount in one.amounts.items() if amount]
    school = f"{one.partnership.partner_school}, {one.partnership.label}, {one.partnership.ref}"
    over = f"its weeks ended on {one.item.step.window_end:%-d %B %Y}"
    return f"{one.item.step.name}, {school}: {over}; {listed(less) if less else 'pays nothing'}"
