"""What is asked for when half-days are planned: for whom, what may move, who is away, what counts how much."""

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import HTML, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import DayField, DayInput, RowForm, with_button
from accounts.models import User
from programmes.closures import at_a_weekend
from programmes.models import Partnership, TimetableStep
from visits.models import Away, Plan, PlannerSettings

ALL, SOME, REQUIRED = "all", "some", "required"
OFFERED = "Choose from what is offered here."


class OrderForm(forms.Form):
    """Which partnerships are planned, and what may move for it."""

    scope = forms.ChoiceField(
        label="For whom?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose for whom half-days are planned.", "invalid_choice": OFFERED},
    )
    partnerships = forms.ModelMultipleChoiceField(
        Partnership.objects.none(),
        label="Partnerships",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": OFFERED, "invalid_pk_value": OFFERED},
    )
    visits = forms.ChoiceField(
        label="Which visits?",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            Choice(ALL, "All of the timetable"),
            Choice(REQUIRED, "Required visits only", hint="Optional ones that have no half-day are left for later."),
        ],
        error_messages={"invalid_choice": OFFERED},
    )
    moves = forms.ChoiceField(
        label="What may move?",
        widget=forms.RadioSelect,
        choices=[
            Choice(
                Plan.Moves.NOTHING,
                "Nothing that has a half-day",
                hint="Only visits without a half-day get one. What is planned stays where it is.",
            ),
            Choice(
                Plan.Moves.WHAT_MUST,
                "Only what must",
                hint="Visits that can no longer be where they are move, and as few others as make room for them.",
            ),
            Choice(
                Plan.Moves.EVERYTHING,
                "Everything still to come",
                hint="The best plan for the rest of the year. Locked visits, and those of the next days, stay.",
            ),
        ],
        error_messages={"required": "Choose what may move.", "invalid_choice": OFFERED},
    )

    def __init__(self, *args, user, programme, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Partnership.objects.allowed(user, "plans.manage").filter(programme=programme).open_to_visits()
        self.rows = list(rows.with_people().order_by("partner_school__name", "ref"))
        self.areas = {}
        for partnership in self.rows:
            if partnership.area_id:
                self.areas.setdefault(str(partnership.area_id), (partnership.area, []))[1].append(partnership)
        choices = [(ALL, f"All {len(self.rows)} partnerships" if len(self.rows) != 1 else "The one partnership")]
        choices += [
            (key, f"{area} ({len(rows)})")
            for key, (area, rows) in sorted(self.areas.items(), key=lambda item: item[1][0].name)
        ]
        self.fields["scope"].choices = [*choices, (SOME, "Only those that are ticked below")]
        self.initial.setdefault("scope", ALL)
        self.initial.setdefault("moves", Plan.Moves.NOTHING)
        self.initial.setdefault("visits", ALL)
        visits = programme.timetable.filter(type=TimetableStep.Type.VISIT)
        if not visits.filter(required=False).exists():
            del self.fields["visits"]
        self.fields["partnerships"].queryset = rows
        self.helper = with_button(self, "Work out a plan")
        self.helper.layout = Layout(
            "scope",
            HTML('{% include "visits/plans/_ticks.html" with boxes=form.boxes is_open=form.is_some only %}'),
            *(["visits"] if "visits" in self.fields else []),
            "moves",
            HTML('<p class="govuk-body">Nothing is booked yet: you look at the plan first, and accept it or not.</p>'),
        )

    @property
    def boxes(self):
        """Each partnership that can be ticked, and whether it is."""
        ticked = set(self.data.getlist("partnerships")) if self.is_bound else set()
        return [(row, str(row.pk) in ticked) for row in self.rows]

    @property
    def is_some(self):
        return self["scope"].value() == SOME

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("scope") == SOME and not cleaned.get("partnerships"):
            self.add_error("scope", "Tick at least one partnership below, or choose all of them.")
        return cleaned

    @property
    def asking(self) -> dict:
        return {"only_required": True} if self.cleaned_data.get("visits") == REQUIRED else {}

    @property
    def chosen(self) -> list[int]:
        """The ids of those to plan; none of them stands for all."""
        scope = self.cleaned_data["scope"]
        if scope == ALL:
            return []
        rows = self.cleaned_data["partnerships"] if scope == SOME else self.areas[scope][1]
        return [row.pk for row in rows]


class AbsenceForm(forms.Form):
    """Who is away, and when: a day from now on, in the programme's year."""

    person = forms.ModelChoiceField(
        User.objects.none(),
        label="Who is away?",
        empty_label="Choose a teacher",
        error_messages={"required": "Choose who is away.", "invalid_choice": OFFERED},
    )
    first_on = DayField(label="First day", error_messages={"required": "Enter the first day."})
    last_on = DayField(
        label="Last day",
        required=False,
        help_text="Leave it blank for a single day. Weekends in between do not matter.",
    )
    half = forms.ChoiceField(
        label="Part of the day",
        required=False,
        widget=forms.RadioSelect,
        choices=Away.Half.choices,
        error_messages={"invalid_choice": OFFERED},
    )

    def __init__(self, *args, programme, teachers, **kwargs):
        super().__init__(*args, **kwargs)
        self.programme = programme
        self.fields["person"].queryset = teachers
        for name in ("first_on", "last_on"):
            self.fields[name].widget = DayInput(programme.starts_on, programme.ends_on)
        self.initial.setdefault("half", "")
        self.helper = with_button(self, "See what moves")

    def clean_first_on(self):
        return self.in_the_year("first_on")

    def clean_last_on(self):
        return self.in_the_year("last_on") if self.cleaned_data["last_on"] else self.cleaned_data.get("first_on")

    def in_the_year(self, name):
        day, programme = self.cleaned_data[name], self.programme
        if not programme.starts_on <= day <= programme.ends_on:
            raise ValidationError(
                f"This day is outside the programme's year: give one from {programme.starts_on:%-d %B %Y} "
                f"to {programme.ends_on:%-d %B %Y}."
            )
        return day

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if not first or not last:
            return cleaned
        if last < first:
            self.add_error("last_on", "The last day must not be before the first day.")
        elif last < timezone.localdate():
            self.add_error("last_on", "These days have passed: visits of the past do not move.")
        elif cleaned.get("half") and first != last:
            self.add_error("half", "A morning or an afternoon is one of a single day: give the same day twice.")
        elif sentence := at_a_weekend(first, last):
            self.add_error("first_on", sentence)
        return cleaned

    @property
    def away(self) -> Away:
        return Away(**{name: self.cleaned_data[name] for name in ("person", "first_on", "last_on", "half")})


WISHES = {
    "preferred": (
        "Half-days that teachers prefer",
        "A visit is planned on a half-day that its teachers have marked as preferred.",
    ),
    "spread": (
        "Even spread over the year",
        "A visit lies near the middle of its window, so that visits do not crowd together.",
    ),
    "edges": (
        "Quiet first and last weeks",
        "The first and last week of a term and the week after each break are left alone.",
    ),
    "together": (
        "Two schools on one day",
        "A teacher who travels visits two schools near each other, morning and afternoon.",
    ),
    "weekday": (
        "The same day of the week",
        "The visits of a partnership fall on the same weekday, so that classes get used to it.",
    ),
    "changes": (
        "Few changes",
        "Where visits may move, those that have a half-day keep it. It counts nothing while none may.",
    ),
}


class WishesForm(RowForm):
    """How much each wish counts, and how often someone may be out of class."""

    class Meta:
        model = PlannerSettings
        fields = [*WISHES, "a_week", "a_term", "host_is_out", "near_km"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, (label, hint) in WISHES.items():
            field = forms.TypedChoiceField(
                label=label,
                help_text=hint,
                choices=PlannerSettings.Weight.choices,
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": f"{label}: choose how much it counts.", "invalid_choice": OFFERED},
            )
            self.fields[name] = field
        self.number("a_week", "Half-days a week, at most", "For each teacher. Leave it blank for no limit.", 1, 10)
        self.number("a_term", "Half-days a term, at most", "For each teacher. Leave it blank for no limit.", 1, 60)
        hint = "As the crow flies. Two schools no farther apart count as near each other."
        self.number("near_km", "Kilometres between schools near each other", hint, 0, 100, required=True)
        field = self.fields["host_is_out"]
        field.label = "The teacher of the school that is visited is out of class as well"
        field.help_text = "Untick it where the lesson of the day is the visit, and nobody covers for the host."

    def number(self, name, label, hint, least, most, *, required=False):
        sentence = f"{label}: enter a whole number from {least} to {most}."
        errors = dict.fromkeys(["invalid", "min_value", "max_value", "required"], sentence)
        self.fields[name] = forms.IntegerField(
            label=label,
            help_text=hint,
            required=required,
            min_value=least,
            max_value=most,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-2"}),
            error_messages=errors,
        )

    @property
    def wishes(self):
        return [self[name] for name in WISHES]
