from django import forms
from django.utils import timezone

from accounts.forms import with_button
from programmes import placing, years
from programmes.forms.settings import called_alike
from programmes.forms.timetables import words
from programmes.models import Programme
from programmes.services import copying
from programmes.services.copying import Carry
from programmes.services.programmes import of_the_same_name

STOPPED_STAY = "Those that are paused or have folded stay behind, unless you say otherwise of one of them below."


class CopyForm(forms.Form):
    """Name and year of the copy, and what becomes of each partnership."""

    year = forms.ChoiceField(
        label="Year",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the year.", "invalid_choice": "Choose one of the years offered here."},
    )
    carry = forms.ChoiceField(
        label="What becomes of the partnerships?",
        choices=[
            (Carry.EMBEDDING, "They go on as embedding"),
            (Carry.AGAIN, "They are asked again"),
            (Carry.COMPLETED, "They are completed"),
            (Carry.LEFT, "They stay as they are, and none is carried over"),
        ],
        initial=Carry.EMBEDDING,
        widget=forms.RadioSelect,
        help_text="For all of them, unless you choose otherwise for one below.",
        error_messages={"required": "Choose what becomes of the partnerships."},
    )

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.programme = programme
        offered = copying.years_to(programme, timezone.localdate())
        self.fields["year"].choices = [(years.written(year), years.written(year)) for year in offered]
        likely = next((year for year in offered if year > timezone.localdate()), offered[-1])
        self.initial.setdefault("year", years.written(likely))
        self.fields["name"] = words("Name", 120, initial=copying.name_in(programme, likely))
        self.fields["name"].error_messages["required"] = "Enter the name."
        self.offer_partnerships()
        self.order_fields(["name", "year", "carry"])
        self.helper = with_button(self, "Look at the copy")
        self.dates = None

    def offer_partnerships(self):
        """A choice for each, and `rows` of (partnership, field name)."""
        self.rows, self.allowed = [], {}
        for partnership in copying.carriable(self.programme):
            choices = copying.choices_for(partnership, self.programme)
            self.allowed[partnership.pk] = choices
            name = f"carry_{partnership.pk}"
            stopped = partnership.status in copying.STOPPED
            offered = [(choice, choice.label) for choice in choices]
            self.fields[name] = forms.ChoiceField(
                label=f"What becomes of {partnership.ref}, {partnership.partner_school}",
                choices=offered if stopped else [("", "As chosen above"), *offered],
                required=False,
                widget=forms.Select(attrs={"class": "govuk-select"}),
                error_messages={"invalid_choice": f"{partnership.ref}: choose from what is offered."},
            )
            self.rows.append((partnership, name))
        stopped = [partnership for partnership, _ in self.rows if partnership.status in copying.STOPPED]
        if len(stopped) == len(self.rows):
            del self.fields["carry"]
        elif stopped:
            self.fields["carry"].help_text = f"{self.fields['carry'].help_text} {STOPPED_STAY}"

    def table(self):
        return [
            (
                partnership,
                self[name],
                [text for text in (copying.how_it_stopped(partnership), copying.why_not_on(partnership)) if text],
            )
            for partnership, name in self.rows
        ]

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean(self):
        cleaned = super().clean()
        if "year" in cleaned:
            try:
                self.dates = copying.dates_in(self.programme, self.first_day)
            except placing.NoTermDates:
                self.add_error(
                    "year", f"Enter the term dates of {cleaned['year']} first: every date is placed on them."
                )
        if "year" in cleaned and "name" in cleaned:
            copy = Programme(organisation=self.programme.organisation, starts_on=self.first_day)
            other = of_the_same_name(copy, cleaned["name"])
            if other and other.copied_from_id != self.programme.pk:
                self.add_error("name", called_alike(other))
        return cleaned

    @property
    def first_day(self):
        return years.year_written(self.cleaned_data["year"])

    @property
    def choices(self) -> dict[int, Carry]:
        """What becomes of each partnership: its own choice, else that for all where it may be, else it stays.

        One that is paused or has folded is meant by its own choice alone.
        """
        found, for_all = {}, self.cleaned_data.get("carry", Carry.LEFT)
        for partnership, name in self.rows:
            chosen = self.cleaned_data.get(name) or (Carry.LEFT if partnership.status in copying.STOPPED else for_all)
            found[partnership.pk] = Carry(chosen) if chosen in self.allowed[partnership.pk] else Carry.LEFT
        return found
