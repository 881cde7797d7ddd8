from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import RowForm
from programmes.models import SpecialistTeacher
from programmes.models.week import DAYS, HALF_DAYS, HALVES
from programmes.services import specialists


class ReleaseForm(RowForm):
    """The half-days of a week on which a teacher can usually be out of class, and the one that is PPA."""

    class Meta:
        model = SpecialistTeacher
        fields = ["release_half_days", "ppa"]

    release_half_days = forms.MultipleChoiceField(
        choices=list(HALF_DAYS.items()),
        required=False,
        label="Half-days on which I can usually be out of class",
    )
    ppa = forms.ChoiceField(
        choices=[("", "Not known"), *HALF_DAYS.items()],
        required=False,
        label="PPA",
        widget=forms.Select(attrs={"class": "govuk-select"}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    @property
    def week(self):
        """The grid: for each half its row of days, ticked or not."""
        value = self["release_half_days"].value() or []
        return [
            (
                part,
                [
                    (f"{day}-{half}", name, f"{day}-{half}" in value, self.id_of(f"{day}-{half}"))
                    for day, name in DAYS.items()
                ],
            )
            for half, part in HALVES.items()
        ]

    def id_of(self, code):
        """The first box has the id of the field, so that a link from the summary of errors leads to it."""
        own = self["release_half_days"].auto_id
        return own if code == next(iter(HALF_DAYS)) else f"{own}_{code}"

    def clean_release_half_days(self):
        chosen = self.cleaned_data["release_half_days"]
        if not chosen:
            raise ValidationError("Tick at least one half-day: without one no visit can be planned.")
        return [code for code in HALF_DAYS if code in chosen]

    def clean(self):
        cleaned = super().clean()
        ppa = cleaned.get("ppa")
        if ppa and ppa in cleaned.get("release_half_days", []):
            self.add_error(
                "ppa",
                f"{HALF_DAYS[ppa]} is PPA, which is never used for a visit. Choose another half-day for PPA, or take "
                "it out of the week above.",
            )
        return cleaned

    def save(self):
        return specialists.keep_release(self.user, self.instance)
