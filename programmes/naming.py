"""Words that may name a target pupil, in a text whose readers may not read the name: asked about once, never refused.

Which word it is is not said: that would tell somebody who tries names which of them are pupils'.
"""

from django import forms
from django.utils.crypto import salted_hmac

# (programme, text) -> the words of the text in which a pupil's name is suspected. Apps to the right append theirs in
# AppConfig.ready.
MAY_NAME = []
ASKED = "These words may name a pupil. Write initials; or press the button once more if nobody is meant."


def suspected(programme, text) -> set[str]:
    return {word for function in MAY_NAME for word in function(programme, text)} if text else set()


class AsksAboutNames:
    """A form that asks once about words that may name a pupil. What stood in its text before is not asked about."""

    asked_fields = ()

    def ask_about(self, programme, *fields, stood=""):
        self.asked_programme, self.asked_fields, self.asked_before = programme, fields, stood
        self.fields["sure"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        if not self.asked_fields:
            return cleaned
        known = suspected(self.asked_programme, self.asked_before)
        found = {name: suspected(self.asked_programme, cleaned.get(name) or "") - known for name in self.asked_fields}
        words = sorted(set().union(*found.values()))
        if not words:
            return cleaned
        digest = salted_hmac("words that may name", repr(words), algorithm="sha256").hexdigest()
        if cleaned.get("sure") != digest:
            self.data = self.data.dict() | {self.add_prefix("sure"): digest}
            self.add_error(next(name for name in self.asked_fields if found[name]), ASKED)
        return cleaned
