from django import forms
from django.core.exceptions import ValidationError

from accounts.boxes import TextArea
from accounts.forms import DayField, DayInput, with_button
from programmes.services import life
from programmes.services.held import earliest, why_too_early

NOTE = (
    "Everyone who can open this partnership can read it. Do not name pupils, and do not record safeguarding concerns "
    "here: tell your designated safeguarding lead."
)


class MoveForm(forms.Form):
    """One step of a partnership: from which day, why, and a note. `seen` is the last step that the person saw."""

    on = DayField(error_messages={"required": "Enter the day."})
    reason = forms.ChoiceField(
        label="Why?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why.", "invalid_choice": "Choose from what is offered here."},
    )
    note = forms.CharField(
        required=False,
        max_length=2000,
        widget=TextArea(attrs={"rows": 4}),
        help_text=NOTE,
        error_messages={"max_length": "Keep the note to 2,000 characters."},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, partnership, status, **kwargs):
        super().__init__(*args, **kwargs)
        self.partnership, self.status = partnership, status
        first, last = life.days_for(partnership, status)
        day = self.fields["on"]
        day.label = "Its last day" if status in life.ENDED else "From which day"
        self.held, why = life.held_before(partnership, status), "the day of the last step"
        if (begins := earliest(first, self.held, status in life.ENDED)) > first:
            first = begins
            why = f"the day {'of' if status in life.ENDED else 'after'} the last visit that took place"
        day.help_text = f"From {first:%-d/%-m/%Y}, {why}, to {last:%-d/%-m/%Y}."
        if first > last:
            day.help_text = why_too_early(last, self.held, same_day=False)
        day.widget, day.initial = DayInput(first, last), life.day_of_step(partnership, status)
        reasons = life.reasons_for(partnership, status)
        if reasons:
            self.fields["reason"].choices = [(reason, reason) for reason in reasons]
            self.fields["note"].label = f"Note (needed for “{life.ANOTHER_REASON.lower()}”)"
        else:
            del self.fields["reason"]
            self.fields["note"].label = "Note, if there is something to say"
        self.last_step = partnership.steps.last()
        self.fields["seen"].initial = self.last_step and self.last_step.pk
        act = life.act_of(partnership, status)
        self.helper = with_button(self, "Continue" if status == life.Status.FOLDED else act)

    def clean_on(self):
        on = self.cleaned_data["on"]
        first, last = life.days_for(self.partnership, self.status)
        if not first <= on <= last:
            raise ValidationError(life.wrong_day(first, last))
        if sentence := why_too_early(on, self.held, self.status in life.ENDED):
            raise ValidationError(sentence)
        return on

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("reason") == life.ANOTHER_REASON and not cleaned.get("note", "").strip():
            self.add_error("note", "Say in a note which other reason it is.")
        if self.status not in life.steps_from(self.partnership):
            self.add_error(None, life.not_from_here(self.partnership, self.status))
        elif cleaned.get("seen") != (self.last_step and self.last_step.pk):
            self.say_who_was_first()
        return cleaned

    def save(self, person):
        """The partnership moved; None and a sentence on the form when someone else was first."""
        given = self.cleaned_data
        try:
            return life.move(
                person,
                self.partnership,
                self.status,
                on=given["on"],
                reason=given.get("reason", ""),
                note=given["note"].strip(),
            )
        except life.WrongStep as wrong:
            self.add_error(None, str(wrong))
            return None

    def say_who_was_first(self):
        """What was typed stays; pressing again is then about the partnership as it stands now."""
        step = self.last_step
        by = f"{step.by} made it" if step and step.by else "It was made"
        now = self.partnership.get_status_display().lower()
        self.add_error(
            None,
            f"Someone else moved this partnership in the meantime: {by} {now}. Nothing of yours was saved. "
            "If it still holds, press again.",
        )
        self.data = self.data.copy()
        self.data["seen"] = step.pk if step else ""
