from crispy_forms_gds.choices import Choice
from django import forms

from accounts.boxes import TextArea
from accounts.forms import RowForm, with_button
from programmes.models import Objection
from programmes.services import objections

NO_SAFEGUARDING = (
    "The coordinator reads it. Do not name pupils, and do not record safeguarding concerns here: tell your designated "
    "safeguarding lead."
)


class ObjectionForm(RowForm):
    """A head declines or disputes a pairing, with a reason from a list."""

    reason = forms.ChoiceField(
        label="Why?",
        widget=forms.RadioSelect,
        choices=[Choice(reason, reason) for reason in [*objections.REASONS, objections.ANOTHER_REASON]],
    )

    class Meta:
        model = Objection
        fields = ["school", "kind", "reason", "note"]
        labels = {"kind": "What would you say?", "note": "More about it", "school": "For which school?"}
        help_texts = {"note": NO_SAFEGUARDING}
        widgets = {
            "kind": forms.RadioSelect,
            "school": forms.RadioSelect,
            "note": TextArea(attrs={"rows": 4}),
        }

    missing = {
        "school": "Choose the school.",
        "kind": "Say whether you decline the pairing or have a question about it.",
        "reason": "Choose the reason that comes nearest.",
    }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        schools = objections.schools_for(user, self.instance.partnership)
        if len(schools) == 1:
            self.instance.school = schools[0]
            del self.fields["school"]
        else:
            self.fields["school"].queryset = schools
            self.fields["school"].empty_label = None
        self.fields["kind"].choices = [Choice(value, label) for value, label in Objection.Kind.choices]
        self.fields["note"].error_messages["max_length"] = "Keep it to 2,000 characters."
        self.instance.by = user
        self.helper = with_button(self, "Send to the coordinator")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("reason") == objections.ANOTHER_REASON and not cleaned.get("note", "").strip():
            self.add_error("note", "Say in a few words which reason it is.")
        return cleaned


class AnswerForm(forms.Form):
    """The coordinator's answer to an objection."""

    outcome = forms.ChoiceField(
        label="What happens with the pairing?",
        widget=forms.RadioSelect,
        choices=[
            Choice(Objection.Outcome.KEEP, "It stays", hint="The school gets your answer."),
            Choice(
                Objection.Outcome.DISSOLVE,
                "It is dissolved",
                hint="The partnership folds, everyone concerned is told, and both sides are free for another.",
            ),
        ],
        error_messages={"required": "Say whether the pairing stays or is dissolved."},
    )
    answer = forms.CharField(
        label="Your answer to the school",
        help_text="It stands on the page of the partnership. Do not name pupils.",
        max_length=2000,
        widget=TextArea(attrs={"rows": 5}),
        error_messages={"required": "Write the answer.", "max_length": "Keep it to 2,000 characters."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Send the answer")
