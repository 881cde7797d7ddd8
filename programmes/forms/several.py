"""One step for many: who is ticked, the step, and what is said about it."""

from crispy_forms_gds.layout import Layout
from django import forms
from django.utils import timezone

from accounts.forms import DayField, DayInput, with_button
from programmes.forms.specialists import SpecialistMoveForm, not_yet
from programmes.models import PartnerSchool, SpecialistTeacher
from programmes.services import several

Status, Stage = SpecialistTeacher.Status, PartnerSchool.Stage


class SeveralForm(forms.Form):
    """Some rows of a list and one step for all of them: `rows` are on offer, and `shown` is what the page lists."""

    def __init__(self, *args, rows, shown, ticked=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = rows
        self.shown, self.ticked_before = shown, {str(row.pk) for row in ticked}
        self.helper = with_button(self, "Check")
        self.helper.layout = Layout(*[name for name in self.fields if name != "who"])  # the page lists the rows itself
        self.helper.form_tag, self.helper.disable_csrf = False, True

    @property
    def boxes(self):
        """Each row that is listed, and whether it is ticked."""
        ticked = set(self.data.getlist("who")) if self.is_bound else self.ticked_before
        return [(row, str(row.pk) in ticked) for row in self.shown]

    @property
    def given(self):
        """(name, value) of everything typed, to be carried through the check."""
        return [("who", row.pk) for row in self.cleaned_data["who"]] + [
            (name, self[name].value()) for name in self.fields if name != "who"
        ]


class SpecialistsMoveForm(SeveralForm):
    who = forms.ModelMultipleChoiceField(
        SpecialistTeacher.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick at least one specialist teacher.",
            "invalid_choice": "Tick some of those that are listed here.",
            "invalid_pk_value": "Tick some of those that are listed here.",
        },
    )
    status = forms.ChoiceField(
        label="What happens",
        widget=forms.RadioSelect,
        choices=list(SpecialistMoveForm.WORDS.items()),
        error_messages={"required": "Choose what happens.", "invalid_choice": "Choose from what is offered here."},
    )
    on = DayField(label="On", error_messages={"required": "Enter the day."})
    reason = forms.CharField(
        label="Why, if they withdraw",
        required=False,
        max_length=200,
        help_text="One sentence, for all of them. Coordinators read it.",
        error_messages={"max_length": "Keep it to 200 characters."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].widget, self.fields["on"].initial = DayInput(last=timezone.localdate()), timezone.localdate()

    def clean_on(self):
        return not_yet(self.cleaned_data["on"])

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("status") == Status.WITHDRAWN and not cleaned.get("reason", "").strip():
            self.add_error("reason", "Say why they withdraw.")
        return cleaned

    def look(self):
        return several.look_at_specialists(
            self.cleaned_data["who"], self.cleaned_data["status"], self.cleaned_data["on"]
        )

    def move(self, person, programme, pks):
        asked = self.cleaned_data
        return several.move_specialists(
            person, programme, pks, asked["status"], on=asked["on"], reason=asked["reason"].strip()
        )

    @property
    def step_words(self):
        return f"{SpecialistMoveForm.WORDS[self.cleaned_data['status']]} on {self.cleaned_data['on']:%-d %B %Y}"

    @property
    def why(self):
        return self.cleaned_data["reason"].strip()


class SchoolsMoveForm(SeveralForm):
    who = forms.ModelMultipleChoiceField(
        PartnerSchool.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick at least one school.",
            "invalid_choice": "Tick some of those that are listed here.",
            "invalid_pk_value": "Tick some of those that are listed here.",
        },
    )
    stage = forms.ChoiceField(
        label="Where they stand now",
        widget=forms.RadioSelect,
        choices=Stage.choices,
        error_messages={"required": "Choose where they stand.", "invalid_choice": "Choose from what is offered here."},
    )
    because = forms.CharField(
        label="Why, in a few words",
        required=False,
        max_length=200,
        help_text="The same for all of them.",
        error_messages={"max_length": "Keep it to 200 characters."},
    )

    def look(self):
        return several.look_at_schools(self.cleaned_data["who"], self.cleaned_data["stage"])

    def move(self, person, programme, pks):
        asked = self.cleaned_data
        return several.move_schools(person, programme, pks, asked["stage"], because=asked["because"].strip())

    @property
    def step_words(self):
        return f"{Stage(self.cleaned_data['stage']).label}, from today"

    @property
    def why(self):
        return self.cleaned_data["because"].strip()
