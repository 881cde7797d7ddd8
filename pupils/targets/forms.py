from django import forms
from django.core.exceptions import ValidationError


class TargetsForm(forms.Form):
    """A grade of the scale for each pupil, or none. What is proposed stands there already, else what is agreed.

    The page says what stood there when it was opened (`shown_…`): only what was changed since is proposed, and a
    proposal that the other side made meanwhile is not set aside unseen.
    """

    def __init__(self, *args, places, found, grades, **kwargs):
        super().__init__(*args, **kwargs)
        self.grades, self.standing = {grade.code: grade for grade in grades}, {}
        offered = [("", "No target grade"), *((code, code) for code in self.grades)]
        for place in places:
            entry = found.get(place.pk, {})
            row = entry.get("proposed") or entry.get("agreed")
            standing = self.standing[place.pk] = row.grade.code if row and row.grade else ""
            self.fields[f"target_{place.pk}"] = forms.ChoiceField(
                label=f"Target grade for {place.pupil.full_name}",
                choices=offered,
                required=False,
                widget=forms.Select(attrs={"class": "govuk-select"}),
                initial=standing,
                error_messages={"invalid_choice": "Choose one of the grades that are offered."},
            )

    def shown(self, pk) -> str:
        """What stood on the page for this place when it was opened."""
        return self.data.get(f"shown_{pk}", self.standing[pk])

    def clean(self):
        cleaned = super().clean()
        for pk in self.changed:
            standing = self.standing[pk]
            if standing not in (self.shown(pk), cleaned.get(f"target_{pk}")):
                what = f"{standing} was proposed" if standing else "the target grade was taken away"
                self.add_error(f"target_{pk}", ValidationError(f"Since you opened the page {what}. Choose again."))
        return cleaned

    @property
    def changed(self):
        """The places for which another grade was chosen than stood there: not those that came since."""
        sent = ((pk, self.data.get(f"target_{pk}")) for pk in self.standing)
        return [pk for pk, code in sent if code is not None and code != self.shown(pk)]

    @property
    def wanted(self) -> dict:
        """place -> grade or None, of those that were changed."""
        return {pk: self.grades.get(self.cleaned_data[f"target_{pk}"]) for pk in self.changed}
