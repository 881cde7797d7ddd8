from django import forms

FOR_WHOM = [("no", "To hand on"), ("yes", "For the group")]


class PdfForm(forms.Form):
    """For whom a PDF is made. One to hand on asks to look at what may be names (`found`), once they are shown."""

    names = forms.ChoiceField(
        choices=FOR_WHOM, error_messages={"required": "Say whom it is for.", "invalid_choice": "Say whom it is for."}
    )
    looked = forms.BooleanField(required=False)
    shown = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, names, find):
        super().__init__(data)
        self.seen_names, self.find, self.found = names, find, []

    @property
    def must_look(self):
        """Words that may be names are in it, and nobody has said that they have seen them."""
        return bool(self.found) and not self.cleaned_data.get("looked")

    def clean_names(self):
        if self.cleaned_data["names"] == "yes" and not self.seen_names:
            raise forms.ValidationError("You may not see the names of these pupils. Choose the one to hand on.")
        return self.cleaned_data["names"]

    def clean(self):
        if self.cleaned_data.get("names") == "no":
            self.found = self.find()
            if self.must_look and self.cleaned_data["shown"]:
                self.add_error("looked", "Look at the words that may be names of pupils, then tick that you have.")
        return self.cleaned_data
