"""What is added below a record, and the head's answer. Unlike the words of its boxes it is checked."""

from django import forms

from accounts.boxes import TextArea
from accounts.forms import RowForm, with_button
from desks.boxes import SAFEGUARDING
from desks.cells import clean
from lessons.models import HeadReply, RecordCorrection
from lessons.services.naming import digest_of, names_in_texts
from papers.templatetags.plain import listed

LONGEST = 2000  # characters of what is added below a record, and stays for good


def checked_length(text, what):
    """Refused where it is too long; the box is not cut, for that would lose the end of what was pasted."""
    if len(clean(text)) > LONGEST:
        raise forms.ValidationError(
            f"{what} has at most {LONGEST:,} characters, and this one has {len(clean(text)):,}. Make it shorter."
        )
    return text


class CorrectionForm(RowForm):
    class Meta:
        model = RecordCorrection
        fields = ["text"]
        labels = {"text": "What is to be corrected"}
        help_texts = {"text": SAFEGUARDING}
        widgets = {"text": TextArea(attrs={"rows": 3})}

    missing = {"text": "Write what is to be corrected."}

    looked_at = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, action, partnership, **kwargs):
        super().__init__(*args, prefix="correction", **kwargs)
        self.partnership = partnership
        self.helper = with_button(self, "Add the correction", css_class="govuk-button--secondary")
        self.helper.form_action = action

    def clean_text(self):
        return checked_length(self.cleaned_data["text"], "A correction")

    def clean(self):
        """A name is asked about once: sent again as it is, it is to stay."""
        cleaned = super().clean()
        found = names_in_texts(self.partnership, [("the correction", cleaned.get("text", ""))])
        digest = digest_of(found)
        if digest != cleaned.get("looked_at"):
            self.data = self.data.copy()
            self.data[self.add_prefix("looked_at")] = digest
            if found:
                words = listed([f"“{row.word}”" for row in found], "and")
                self.add_error(
                    "text", f"{words} may name a pupil. Write initials instead, or send it once more as it is."
                )
        return cleaned


class ReplyForm(RowForm):
    class Meta:
        model = HeadReply
        fields = ["is_accurate", "comment"]
        labels = {"comment": "Comment"}
        help_texts = {"comment": f"Needed where something is not accurate. The coordinator reads it. {SAFEGUARDING}"}
        widgets = {"comment": TextArea(attrs={"rows": 3})}

    is_accurate = forms.TypedChoiceField(
        label="Is this record accurate?",
        choices=[("yes", "It is accurate"), ("no", "It is not accurate")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    missing = {"is_accurate": "Choose whether the record is accurate."}

    def __init__(self, *args, action, last=None, **kwargs):
        initial = {"is_accurate": "yes" if last.is_accurate else "no", "seen": last.pk} if last else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.last = last
        self.helper = with_button(self, "Change the answer" if last else "Send the answer")
        self.helper.form_action = action

    def clean_comment(self):
        return checked_length(self.cleaned_data["comment"], "A comment")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_accurate") is False and not cleaned.get("comment") and "comment" not in self.errors:
            self.add_error("comment", "Say what is not accurate.")
        return cleaned

    def tell_overtaken(self):
        """The same form once more, with what was typed: sent again, it changes the answer that stands now."""
        stands = "accurate" if self.last.is_accurate else "not accurate"
        self.add_error(
            None,
            f"Meanwhile you have called this record {stands}, perhaps in another window: that answer stands, and "
            "nothing was changed. To change it, send this one once more.",
        )
        self.data = self.data.copy()
        self.data["seen"] = self.last.pk
