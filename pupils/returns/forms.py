import re

from django import forms

from accounts.boxes import TextArea
from accounts.forms import with_button
from programmes.naming import AsksAboutNames


class CorrectForm(AsksAboutNames, forms.Form):
    """Why a return is opened again. A pupil's name in it is asked about once: coordinator and consultant read it.

    `names` are those that whoever gives the reason may read: the question then says which it is.
    """

    reason = forms.CharField(
        label="What has to be corrected, and why?",
        max_length=300,
        widget=TextArea(attrs={"rows": 3}),
        help_text="For example: the December grade of one pupil was typed into the wrong row. Use initials, not names. "
        "Whoever reads the grades later can read this.",
        error_messages={
            "required": "Say what has to be corrected, and why.",
            "max_length": "Use at most 300 characters.",
        },
    )
    sure = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, programme, names=None, missing=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.names = names or ()
        if names is None:
            self.ask_about(programme, "reason")
        button = "Open the grades for a correction"
        if missing:
            who = "1 pupil" if missing == 1 else f"{missing} pupils"
            self.initial["reason"] = f"{who} came, or came back, after these grades were submitted."
            button, reason = "Open the grades and add what is missing", self.fields["reason"]
            reason.label = "Why are they opened again?"
            reason.help_text = (
                "It can stay as it is. Use initials, not names. Whoever reads the grades later can read this."
            )
            reason.error_messages["required"] = "Say why the grades are opened again."
        self.helper = with_button(self, button)

    @property
    def is_for_missing(self):
        """Whether nothing else is to be done: the sentence that says so stands as it was."""
        return "reason" in self.initial and "reason" not in self.changed_data

    def clean(self):
        cleaned = super().clean()
        reason = cleaned.get("reason", "")
        named = [name for name in self.names if re.search(rf"\b{re.escape(name)}\b", reason, re.IGNORECASE)]
        if named and cleaned.get("sure") != reason:
            self.data = self.data.dict() | {"sure": reason}
            self.add_error(
                "reason",
                f"“{named[0]}” is the name of a target pupil. Write initials; or press the button once more if nobody "
                "of that name is meant.",
            )
        return cleaned


class BesidesForm(CorrectForm):
    """Why other grades were changed, in a return that was opened for what is missing; and the declaration."""

    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, changed, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label = f"Why did you change {changed}?"
        field.error_messages["required"] = f"Say why {changed} changed, or put back what was submitted."
        self.helper = with_button(self, "I declare this, submit")
