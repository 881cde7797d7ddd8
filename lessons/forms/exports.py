from django import forms

from lessons.models import StudyExport

FOR_WHOM = [("no", "To hand on"), ("yes", "For the group")]


class LookForm(forms.Form):
    """Before something leaves the group, the words that may be names (`found`) are shown and looked at. `shown` is the
    digest of those that were: where others are there by now, they are shown as well."""

    looked = forms.BooleanField(required=False)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, find, digest):
        super().__init__(data)
        self.find, self.digest, self.found = find, digest, []

    @property
    def must_look(self):
        """Words that may be names are in it, and nobody has said that they have seen them."""
        said = self.cleaned_data
        return bool(self.found) and not (said.get("looked") and said.get("shown") == self.digest(self.found))

    @property
    def looked_at(self):
        return self.digest(self.found)

    def look(self, kind):
        self.found = self.find(kind)
        if not self.must_look or not self.cleaned_data["shown"]:
            return
        if self.cleaned_data["shown"] == self.looked_at:
            self.add_error("looked", "Look at the words that may be names of pupils, then tick that you have.")
        else:
            self.add_error("looked", "The words that may be names have changed. Look at them again, then tick.")


class PdfForm(LookForm):
    """For whom a PDF is made. One to hand on has the photos of work only where somebody says so."""

    names = forms.ChoiceField(
        choices=FOR_WHOM, error_messages={"required": "Say whom it is for.", "invalid_choice": "Say whom it is for."}
    )
    photos = forms.BooleanField(required=False)

    def __init__(self, data, *, names, **kwargs):
        super().__init__(data, **kwargs)
        self.seen_names = names

    @property
    def kind(self):
        if self.cleaned_data["names"] == "yes":
            return StudyExport.Kind.NAMED
        return StudyExport.Kind.PHOTOS if self.cleaned_data["photos"] else StudyExport.Kind.LETTERS

    def clean_names(self):
        if self.cleaned_data["names"] == "yes" and not self.seen_names:
            raise forms.ValidationError("You may not see the names of these pupils. Choose the one to hand on.")
        return self.cleaned_data["names"]

    def clean(self):
        if self.cleaned_data.get("names") == "no":
            self.look(self.kind)
        return self.cleaned_data


class BundleForm(LookForm):
    kind = StudyExport.Kind.BUNDLE

    def clean(self):
        self.look(self.kind)
        return self.cleaned_data
