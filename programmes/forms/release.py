"""The usual week of a teacher: of a specialist teacher, or of a partner teacher with a class."""

from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import RowForm
from papers.templatetags.plain import year_words
from programmes.models import PartnerTeacher, SpecialistTeacher
from programmes.models.week import DAYS, HALF_DAYS, HALVES, in_week_order
from programmes.services import weeks


class Grid(NamedTuple):
    """Half-days to tick: the field, what it asks, and for each half its row of days."""

    field: forms.BoundField
    hint: str
    rows: list


def half_days(label):
    return forms.MultipleChoiceField(choices=list(HALF_DAYS.items()), required=False, label=label)


class WeekForm(RowForm):
    """The half-days of a week on which a teacher can usually be out of class, those that suit best, and PPA."""

    hints = {
        "release_half_days": "Visits are planned on these. Tick at least one.",
        "preferred_half_days": "Of the half-days above. Visits go there first; tick none if all are alike.",
        "teaches": "A research lesson fits only these. Tick none if it is not fixed yet.",
    }

    release_half_days = half_days("Half-days on which I can usually be out of class")
    preferred_half_days = half_days("Half-days that suit me best")
    ppa = forms.ChoiceField(
        choices=[("", "Not known"), *HALF_DAYS.items()],
        required=False,
        label="PPA",
        widget=forms.Select(attrs={"class": "govuk-select"}),
    )

    def __init__(self, *args, user, own, name="", **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        if not own:
            self.fields["release_half_days"].label = f"Half-days on which {name} can usually be out of class"
            self.fields["preferred_half_days"].label = f"Half-days that suit {name} best"

    @property
    def grids(self):
        return [Grid(self[name], self.hints[name], self.rows_of(name)) for name in self.fields if name in self.hints]

    def rows_of(self, name):
        """For each half its row of days, ticked or not."""
        value = self[name].value() or []
        return [
            (
                part,
                [
                    (f"{day}-{half}", called, f"{day}-{half}" in value, self.id_of(name, f"{day}-{half}"))
                    for day, called in DAYS.items()
                ],
            )
            for half, part in HALVES.items()
        ]

    def id_of(self, name, code):
        """The first box has the id of the field, so that a link from the summary of errors leads to it."""
        own = self[name].auto_id
        return own if code == next(iter(HALF_DAYS)) else f"{own}_{code}"

    def clean_release_half_days(self):
        chosen = self.cleaned_data["release_half_days"]
        if not chosen:
            raise ValidationError("Tick at least one half-day: without one no visit can be planned.")
        return in_week_order(chosen)

    def clean_preferred_half_days(self):
        return in_week_order(self.cleaned_data["preferred_half_days"])

    def clean(self):
        cleaned = super().clean()
        ppa, release = cleaned.get("ppa"), cleaned.get("release_half_days")
        if ppa and ppa in (release or []):
            self.add_error(
                "ppa",
                f"{HALF_DAYS[ppa]} is PPA, which is never used for a visit. Choose another half-day for PPA, or take "
                "it out of the week above.",
            )
        beside = [code for code in cleaned.get("preferred_half_days", []) if code not in (release or [])]
        if beside and release:
            self.add_error(
                "preferred_half_days",
                f"{HALF_DAYS[beside[0]]} is not among the half-days out of class. Tick it there too, or not here.",
            )
        return cleaned

    def save(self):
        return weeks.keep_week(self.user, self.instance, list(self.fields))


class ReleaseForm(WeekForm):
    class Meta:
        model = SpecialistTeacher
        fields = ["release_half_days", "preferred_half_days", "ppa"]


class PartnerWeekForm(WeekForm):
    """With the half-days in which the partner teacher teaches the class of the partnership its subject."""

    class Meta:
        model = PartnerTeacher
        fields = ["release_half_days", "preferred_half_days", "teaches", "ppa"]

    teaches = half_days("")

    def __init__(self, *args, own, name="", **kwargs):
        super().__init__(*args, own=own, name=name, **kwargs)
        partnership = self.instance.partnership
        who = "I teach" if own else f"{name} teaches"
        taught = f"the {year_words(partnership.year_group)} class {partnership.subject}"
        self.fields["teaches"].label = f"Half-days in which {who} {taught}"
        self.order_fields(self.Meta.fields)

    def clean_teaches(self):
        return in_week_order(self.cleaned_data["teaches"])

    def clean(self):
        cleaned = super().clean()
        ppa = cleaned.get("ppa")
        if ppa and ppa in cleaned.get("teaches", []):
            self.add_error("teaches", f"{HALF_DAYS[ppa]} is PPA, without the class. Take it out here, or change PPA.")
        return cleaned
