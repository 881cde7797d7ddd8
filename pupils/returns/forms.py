from django import forms

from accounts.forms import with_button


class CorrectForm(forms.Form):
    """Why a return is opened again."""

    reason = forms.CharField(
        label="What has to be corrected, and why?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For example: the December grade of one pupil was typed into the wrong row. Use initials, not names. "
        "Whoever reads the grades later can read this.",
        error_messages={
            "required": "Say what has to be corrected, and why.",
            "max_length": "Use at most 300 characters.",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Open the grades for a correction")
