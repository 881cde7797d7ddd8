import datetime as dt

from crispy_forms_gds.choices import Choice
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.filters import FilterForm
from accounts.forms import DayField, DayInput, with_button
from programmes.calendar import calendar_of
from programmes.models import Area, Programme
from visits import services
from visits.changes.choosing import free_half_days, programmes_and_areas, swappable
from visits.forms import day_of_the_year, example_day, who_is_booked
from visits.models import Half, NotOpenToVisits, Visit, WrongState
from visits.planning.objections import objections_to

CHANGED = "Someone else changed this visit a moment ago, so nothing was saved. Look at it again."
RESTS_NOW = "This partnership was paused or its programme closed a moment ago, so nothing was saved."
ALREADY = "Another time was proposed for this visit a moment ago. Answer that one first."
SOMEONE = "Somebody was booked on that half-day a moment ago, so nothing was saved. Choose another half-day."
SHIFTS = [
    (weeks, f"{abs(weeks)} week{'' if abs(weeks) == 1 else 's'} {'earlier' if weeks < 0 else 'later'}")
    for weeks in [*range(1, 9), *range(-1, -9, -1)]
]


OTHER = "other"


class Reason(forms.CharField):
    def __init__(self, help_text):
        super().__init__(
            label="Why? (optional)",
            help_text=f"{help_text} Do not name pupils.",
            max_length=200,
            required=False,
            error_messages={"max_length": "Keep it to 200 characters."},
        )


class HalfDayForm(forms.Form):
    """Another half-day for a visit: a school day of its host, in the year of its programme, and not the present one.

    `seen` is how often the visit had been changed when the page was made: a later change is not overwritten.
    """

    on = DayField(label="Day", error_messages={"required": "Enter the day."})
    half = forms.ChoiceField(
        label="Half-day",
        choices=[(Half.MORNING, "Morning"), (Half.AFTERNOON, "Afternoon")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the morning or the afternoon."},
    )
    reason = Reason("One sentence for everybody who is told.")
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    sure = forms.CharField(widget=forms.HiddenInput, required=False)

    button = all_the_same = ""
    warned = ()

    def __init__(self, *args, user, visit, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.visit = user, visit
        programme = visit.partnership.programme
        self.fields["on"].widget = DayInput(programme.starts_on, programme.ends_on, school_days=True)
        self.fields["on"].help_text = f"A school day, for example {example_day(programme)}."
        self.initial.setdefault("seen", visit.sequence)
        self.today = timezone.localdate()
        self.helper = with_button(self, self.button)

    def clean_on(self):
        on = day_of_the_year(self.visit.partnership.programme, self.cleaned_data["on"])
        if on < self.today and not self.may_be_past:
            raise ValidationError("This day is past. Give one from today on.")
        if not calendar_of(self.visit.partnership.programme.organisation_id, self.visit.host_id).is_school_day(on):
            raise ValidationError(f"{on:%A %-d %B} is no school day at {self.visit.host}. Choose another day.")
        return on

    def clean(self):
        cleaned = super().clean()
        if (cleaned.get("on"), cleaned.get("half")) == (self.visit.on, self.visit.half):
            self.add_error("on", "The visit is on this half-day already. Choose another one.")
        if cleaned.get("seen") not in {None, self.visit.sequence}:
            self.add_error(None, CHANGED)
        if not self.errors:
            self.look_at(cleaned["on"], cleaned["half"])
        return cleaned

    @property
    def may_be_past(self):
        return False

    def look_at(self, on, half):
        """What cannot be is refused; what else speaks against the half-day is asked about once."""
        found = objections_to(self.user, [self.visit], {self.visit.pk: (on, half)}, self.today)[self.visit.pk]
        for sentence in found.refused:
            self.add_error("on", f"{sentence} Choose another half-day.")
        for booking in services.in_the_way(services.at(self.visit, on, half), services.who_comes(self.visit)):
            self.add_error("on", who_is_booked(self.user, booking))
        self.warned = found.warned

    @property
    def is_to_be_asked(self) -> bool:
        """Whether something speaks against this very half-day that the person has not been asked about yet."""
        return bool(self.warned) and self.cleaned_data["sure"] != self.target

    @property
    def target(self):
        return f"{self.cleaned_data['on']}-{self.cleaned_data['half']}"

    def ask(self):
        """The same form once more, with what was typed; its button says that the person knows."""
        self.data = self.data.copy()
        self.data["sure"] = self.target
        self.helper = with_button(self, self.all_the_same)

    def save(self):
        """What was made of it; None and a sentence on the form, which keeps what was chosen."""
        given = self.cleaned_data
        seen = given["seen"] if given["seen"] is not None else self.visit.sequence
        try:
            return self.keep(given["on"], given["half"], given["reason"], seen)
        except services.Taken as taken:
            for booking in taken.bookings:
                self.add_error("on", who_is_booked(self.user, booking))
            if not taken.bookings:
                self.add_error("on", "This partnership has a visit on this half-day already. Choose another one.")
        except services.AlreadyProposed:
            self.add_error(None, ALREADY)
        except NotOpenToVisits:
            self.add_error(None, RESTS_NOW)
        except WrongState:
            self.add_error(None, CHANGED)
        return None


class MoveForm(HalfDayForm):
    button, all_the_same = "Move the visit", "Move it all the same"

    @property
    def may_be_past(self):
        """Of one whose day is over: where it took place is put right."""
        return self.visit.on < self.today

    def keep(self, on, half, reason, seen):
        return services.move_visit(self.user, self.visit, on, half, reason, seen=seen)


class ProposeForm(HalfDayForm):
    """One of the free half-days, best first, or any other one that is typed."""

    button, all_the_same = "Propose this half-day", "Propose it all the same"

    free = forms.ChoiceField(
        label="Which half-day?",
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "This half-day is not free any more. Choose another one."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offered = free_half_days(self.user, self.visit)
        if offered:
            other = Choice(OTHER, "Another half-day", hint="Enter it below.")
            self.fields["free"].choices = [*(Choice(o.value, o.words, hint=o.reasons) for o in offered), other]
            self.fields["on"].required = self.fields["half"].required = False
            self.fields["on"].label = "Another day"
            if self.initial.get("on"):
                self.initial["free"] = OTHER
            self.order_fields(["free", "on", "half", "reason"])
        else:
            del self.fields["free"]
        self.helper = with_button(self, self.button)

    @property
    def picked(self):
        """Day and half-day of what is chosen of the free ones; empty where another one is typed."""
        value = self.cleaned_data.get("free", "")
        day, _, half = ("" if value == OTHER else value).rpartition("-")
        return (dt.date.fromisoformat(day), half) if day else (None, "")

    def clean_on(self):
        on = self.picked[0] or self.cleaned_data["on"]
        if on:
            self.cleaned_data["on"] = on
            return super().clean_on()
        if not self.errors:
            message = "Enter the day." if self.cleaned_data["free"] == OTHER else "Choose a half-day."
            self.add_error("on" if self.cleaned_data["free"] == OTHER else "free", message)
        return None

    def clean_half(self):
        half = self.picked[1] or self.cleaned_data["half"]
        if not half:
            raise ValidationError("Choose the morning or the afternoon.")
        return half

    def keep(self, on, half, reason, seen):
        return services.propose_time(self.user, self.visit, on, half, reason, seen=seen)


class SwapForm(forms.Form):
    """With which visit: one of the same people, or one of the programme that is near. Asked by GET, checked after."""

    other = forms.ModelChoiceField(
        Visit.objects.none(),
        label="Swap with",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": "Choose the visit to swap with.",
            "invalid_choice": "This visit cannot be swapped any more. Choose another one.",
        },
    )

    def __init__(self, *args, user, visit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = swappable(user, visit)
        self.fields["other"].label_from_instance = self.words
        self.helper = with_button(self, "Continue", name="")
        self.helper.form_method = "get"

    def words(self, visit):
        who = ", ".join(str(person) for person in visit.people.all())
        when = f"{visit.on:%A %-d %B}, {visit.get_half_display()}"
        return f"{when}: {visit.get_kind_display().lower()} at {visit.host} ({who})"


class WhichVisits(FilterForm):
    """Which visits the list for moving many shows."""

    PATHS = {
        "programme": "partnership__programme",
        "area": "partnership__area",
        "first": "on__gte",
        "last": "on__lte",
    }

    programme = forms.ModelChoiceField(Programme.objects.none(), required=False, empty_label="All programmes")
    area = forms.ModelChoiceField(Area.objects.none(), required=False, empty_label="All areas")
    first = DayField(label="From", required=False)
    last = DayField(label="To", required=False)

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        programmes, areas = programmes_and_areas(rows)
        self.fields["programme"].queryset, self.fields["area"].queryset = programmes, areas
        for name in ("first", "last"):
            self.fields[name].widget.attrs["class"] = "govuk-input govuk-input--width-10"

    def fitting(self, rows, asked):
        return rows.filter(**{self.PATHS[name]: value for name, value in asked.items() if value})


class ShiftForm(forms.Form):
    """Which of the visits on offer move, by how many weeks."""

    visit = forms.ModelMultipleChoiceField(
        Visit.objects.none(),
        error_messages={
            "required": "Tick at least one visit.",
            "invalid_choice": "One of these visits cannot be moved any more. Choose again.",
            "invalid_pk_value": "Choose from the visits that are offered here.",
        },
    )
    weeks = forms.TypedChoiceField(
        label="Move by",
        coerce=int,
        choices=SHIFTS,
        error_messages={"required": "Choose by how many weeks.", "invalid_choice": "Choose by how many weeks."},
    )
    reason = Reason("One sentence for everybody who is told.")

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["visit"].queryset = rows
        self.fields["weeks"].widget.attrs["class"] = "govuk-select"
        self.fields["reason"].widget.attrs["class"] = "govuk-input"
