from django.core.exceptions import ValidationError

from accounts.boxes import TextArea
from accounts.forms import DayField, DayInput, RowForm, with_button
from programmes.models import ActionItem, ActionNote, Partnership
from programmes.naming import AsksAboutNames
from programmes.services import actions


class ActionForm(AsksAboutNames, RowForm):
    """An action of a programme; its owner is someone who has a role there."""

    class Meta:
        model = ActionItem
        fields = ["what", "owner", "due_on", "success_measure", "partnership"]
        labels = {
            "what": "What is to be done",
            "owner": "Who does it",
            "success_measure": "How we see that it worked",
            "partnership": "Partnership, if it is about one",
        }
        help_texts = {"success_measure": "For example: every partner school has had a call by half-term."}

    missing = {
        "what": "Say what is to be done.",
        "owner": "Choose who does it.",
        "due_on": "Give the day by which it is done.",
    }

    due_on = DayField(label="By when")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        programme = self.instance.programme
        field = self.fields["owner"]
        field.queryset = actions.possible_owners(programme, self.instance.owner_id)
        field.choices = [("", "Choose a person"), *actions.in_groups(field.queryset)]
        field = self.fields["partnership"]
        field.queryset = (
            Partnership.objects.allowed(user, "partnerships.view").filter(programme=programme).with_people()
        )
        field.empty_label = "The programme as a whole"
        field.label_from_instance = lambda p: f"{p.partner_school}: {p.label} ({p.ref})"
        self.fields["due_on"].widget = DayInput(programme.starts_on, programme.ends_on)
        self.fields["due_on"].help_text = f"A day in the programme's year, for example 31/3/{programme.ends_on.year}."
        stood = f"{self.instance.what}\n{self.instance.success_measure}"
        self.ask_about(programme, "what", "success_measure", stood=stood)
        self.helper = with_button(self, "Save the action")

    def clean_due_on(self):
        due_on, programme = self.cleaned_data["due_on"], self.instance.programme
        if not programme.starts_on <= due_on <= programme.ends_on:
            raise ValidationError(
                f"This day is outside the programme's year: give one from {programme.starts_on:%-d %B %Y} "
                f"to {programme.ends_on:%-d %B %Y}."
            )
        return due_on


class NoteForm(AsksAboutNames, RowForm):
    class Meta:
        model = ActionNote
        fields = ["text"]
        labels = {"text": "Add a note"}
        help_texts = {
            "text": "Notes are added and never changed. No pupil names; a safeguarding concern goes to your "
            "designated safeguarding lead, not here."
        }
        widgets = {"text": TextArea(attrs={"rows": 3})}

    missing = {"text": "Write the note first."}

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.ask_about(programme, "text")
        self.helper = with_button(self, "Add the note")
