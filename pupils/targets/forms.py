from django import forms


class TargetsForm(forms.Form):
    """A grade of the scale for each pupil, or none. What is proposed stands there already, else what is agreed."""

    def __init__(self, *args, places, found, grades, **kwargs):
        super().__init__(*args, **kwargs)
        self.grades = {grade.code: grade for grade in grades}
        offered = [("", "No target grade"), *((code, code) for code in self.grades)]
        for place in places:
            entry = found.get(place.pk, {})
            standing = entry.get("proposed") or entry.get("agreed")
            self.fields[f"target_{place.pk}"] = forms.ChoiceField(
                label=f"Target grade for {place.pupil.full_name}",
                choices=offered,
                required=False,
                widget=forms.Select(attrs={"class": "govuk-select"}),
                initial=standing.grade.code if standing and standing.grade else "",
                error_messages={"invalid_choice": "Choose one of the grades that are offered."},
            )

    @property
    def wanted(self) -> dict:
        """place -> grade or None, of those that were sent: a pupil who came since is not in an older page."""
        return {
            int(name.removeprefix("target_")): self.grades.get(code)
            for name, code in self.cleaned_data.items()
            if name in self.data
        }
