"""How a timeline is looked at: of one pupil, of one observer, and what stands side by side."""

from django import forms

from accounts.filters import FilterForm

CLASS = "class"


class TimelineFilter(FilterForm):
    pupil = forms.ChoiceField(label="Pupil", required=False)
    observer = forms.ChoiceField(label="Observer", required=False)
    by = forms.ChoiceField(label="Side by side", required=False, choices=[("", "Pupils"), ("observer", "Observers")])

    def __init__(self, *args, letters, observers, **kwargs):
        super().__init__(*args, **kwargs)
        pupils = [(letter, f"Pupil {letter}") for letter in letters]
        self.fields["pupil"].choices = [("", "All"), *pupils, (CLASS, "Class and teacher")]
        self.fields["observer"].choices = [("", "All"), *((str(one.pk), str(one)) for one in observers)]

    def fitting(self, rows, asked):
        """Of what was seen that which is asked for; in Python, since all of it is read for the observers anyway."""
        letter, observer = asked["pupil"], asked["observer"]
        return [
            row
            for row in rows
            if (not letter or (row.case_pupil.letter if row.case_pupil else CLASS) == letter)
            and (not observer or str(row.person_id) == observer)
        ]

    @property
    def by_observer(self):
        return self.is_valid() and self.cleaned_data["by"] == "observer"
