"""What a school enters into its calendar, entry by entry, and how much it can spare."""

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Submit
from django import forms
from django.utils import timezone

from accounts.forms import DayField, DayInput, RowForm, with_button
from papers.templatetags.plain import year_words
from programmes import closures as rules
from programmes.forms.timetables import number
from programmes.models import SchoolClosure, SchoolLimits, academic_year
from programmes.services import closures

Kind = SchoolClosure.Kind
KINDS = [
    Choice(Kind.INSET, "INSET day", hint="Staff train, pupils stay at home."),
    Choice(Kind.CLOSED, "Closed", hint="Nobody is at school, for example a polling day."),
    Choice(
        Kind.NO_GO,
        "No-go",
        hint="The school is open, but nobody can be out of class or visited: a trip, tests, a performance.",
    ),
]
OLDEST = 13
MANY = 15  # school days in a row: a school that is closed for longer is rare, a mistyped year is not


class ClosureForm(RowForm):
    """Days, or half a day, on which the school takes no part in visits."""

    class Meta:
        model = SchoolClosure
        fields = ["kind", "first_on", "last_on", "half", "words", "year_groups"]

    missing = {"kind": "Choose what it is.", "first_on": "Enter the first day."}

    kind = forms.ChoiceField(label="What is it?", choices=KINDS, widget=forms.RadioSelect)
    first_on = DayField(label="First day")
    last_on = DayField(label="Last day", required=False, help_text="Leave it blank for a single day.")
    half = forms.ChoiceField(
        label="Part of the day", choices=SchoolClosure.Half.choices, widget=forms.RadioSelect, required=False
    )
    words = forms.CharField(
        label="In a few words",
        required=False,
        max_length=60,
        help_text="For example “Year 5 trip” or “KS2 tests”. The teachers read it; do not name anyone.",
        error_messages={"max_length": "Keep it to 60 characters."},
    )
    sure = forms.CharField(widget=forms.HiddenInput, required=False)
    year_groups = forms.TypedMultipleChoiceField(
        label="Only for some year groups",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For a no-go. Tick none if it is for everyone.",
    )

    def __init__(self, *args, user, calendar, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.calendar, self.today = user, calendar, timezone.localdate()
        years = rules.years_open(self.today)
        limits = years[0], academic_year(years[-1])[1]
        for name in ("first_on", "last_on"):
            self.fields[name].widget = DayInput(*limits, school_days=True)
        if self.instance.pk and self.instance.first_on == self.instance.last_on:
            self.initial["last_on"] = None
        groups = sorted({*groups_of(self.instance.school), *self.instance.year_groups})
        self.fields["year_groups"].choices = [(g, year_words(g)) for g in groups]
        self.fields["year_groups"].error_messages["invalid_choice"] = "Choose from the year groups of this school."
        self.helper = with_button(self, "Save")
        if self.instance.pk is None:
            self.helper.add_input(Submit("another", "Save, and enter another", css_class="govuk-button--secondary"))

    def clean_year_groups(self):
        return sorted(self.cleaned_data["year_groups"])

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("last_on") and "last_on" not in self.errors:
            cleaned["last_on"] = cleaned.get("first_on")
        if not self.errors:
            given = SchoolClosure(school=self.instance.school, **{name: cleaned[name] for name in self.Meta.fields})
            for field, sentence in rules.wrong_with(given, self.calendar, self.today):
                self.add_error(field, sentence)
        return cleaned

    @property
    def span(self):
        return f"{self.cleaned_data['first_on']}-{self.cleaned_data['last_on']}"

    @property
    def is_to_be_asked(self) -> bool:
        """Whether these are so many school days that a day may be mistyped, and nobody has said that they are right."""
        first, last = self.cleaned_data["first_on"], self.cleaned_data["last_on"]
        self.school_days = self.calendar.number_of_school_days(first, last)
        return self.school_days > MANY and self.cleaned_data["sure"] != self.span

    def ask(self):
        """The same form once more, with what was typed; its button says that the person knows."""
        self.data = self.data.copy()
        self.data["sure"] = self.span
        self.helper = with_button(self, f"That is {self.school_days} school days. Save it all the same")

    def save(self):
        """The entry; None and a sentence on the form where another one says the same, or this one is gone."""
        try:
            return closures.keep_closure(self.user, self.instance)
        except closures.Overlaps as overlap:
            self.add_error("first_on", str(overlap))
        except closures.Gone:
            self.add_error(None, "Someone took this entry away a moment ago, and yours is not saved. Enter it anew.")
        return None


def groups_of(school) -> range:
    """The year groups that a school of its ages has; every one where the register does not say."""
    if school.low_age is None or school.high_age is None:
        return range(7) if school.phase.casefold() == "primary" else range(OLDEST + 1)
    return range(max(0, school.low_age - 4), min(OLDEST, school.high_age - 5) + 1)


class LimitsForm(RowForm):
    """How much a school can spare."""

    class Meta:
        model = SchoolLimits
        fields = ["class_ceiling", "cover_capacity"]

    class_ceiling = number(
        "Half-days that one class may lose in a school year",
        60,
        1,
        required=False,
        help_text="Counted over all visits that take its teacher out. Leave it blank for no limit.",
    )
    cover_capacity = number(
        "Teachers who can be out of class at once",
        60,
        1,
        required=False,
        help_text="For how many the school finds cover on one half-day. Leave it blank for no limit.",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.helper = with_button(self, "Save the limits")

    def save(self):
        limits = self.cleaned_data
        return closures.keep_limits(self.user, self.instance.school, limits["class_ceiling"], limits["cover_capacity"])
