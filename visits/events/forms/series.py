"""How a series goes on from a day on: everything that one of its events can be, for all of them."""

import copy

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import DayField
from visits.events.arranging import value
from visits.events.course import CALLED, OF_THE_HOST, TOGETHER, Wish, pattern
from visits.events.forms.rhythm import check_rhythm
from visits.events.forms.writing import AT_HOST, NO_SCHOOL, EventForm
from visits.events.hosts import who_runs_it
from visits.events.running_order import first_with_order
from visits.events.series import RUN_BY
from visits.models import EventSeries


class SeriesForm(EventForm):
    """It starts as the meetings to come are. What is left as it is stays as it is in each of them."""

    class Meta(EventForm.Meta):
        fields = [name for name in EventForm.Meta.fields if name not in {"area", "step", "on"}]

    missing = EventForm.missing | {
        "from_on": "Enter the day from which on the series changes.",
        "rhythm": "Choose how often.",
        "until": "Enter the last possible day.",
    }

    on = None
    sure = None
    sequence = None
    from_on = DayField(
        label="From which day on?",
        help_text="Meetings before that day stay as they are, with their register and minutes.",
    )
    rhythm = forms.ChoiceField(
        label="How often do you meet from then on?",
        choices=EventSeries.Rhythm.choices,
        widget=forms.RadioSelect,
    )
    first_on = DayField(
        label="First day in a new rhythm",
        required=False,
        help_text="It says the weekday, and which one of the month or half term it is. Leave it blank, and the "
        "meetings stay on their days.",
    )
    until = DayField(label="Until")
    rotates = forms.BooleanField(
        label="The schools of the area take turns as hosts; the host's head chairs", required=False
    )
    with_order = forms.BooleanField(required=False)

    def __init__(self, *args, series, today, **kwargs):
        self.series, self.today, self.base = series, today, pattern(series, today)
        super().__init__(*args, instance=copy.copy(self.base), **kwargs)
        self.fields["rhythm"].initial, self.fields["until"].initial = series.rhythm, series.until
        self.order_of = first_with_order(series, today)
        if self.order_of:
            self.fields[
                "with_order"
            ].label = f"Give the running order of {self.order_of.on:%A %-d %B} to every later meeting that has none"
        else:
            del self.fields["with_order"]
        if self.base.area_id:
            self.fields["rotates"].initial = series.rotates
            self.fields["host"].empty_label = "No school, or the schools in turn"
            self.fields["host"].help_text = ""
        else:
            del self.fields["rotates"]
        if series.rotates:
            for name, nobody in zip(RUN_BY, ("The host's head", "One of the host's teachers"), strict=True):
                self.fields[name].choices = [("", nobody), *self.fields[name].choices[1:]]
        self.lay_out()

    button = "Continue"

    @property
    def place_now(self):
        return AT_HOST if self.base.at_host else self.base.place_id or NO_SCHOOL

    parts = {
        "From when": ["from_on"],
        "What": ["kind", "name"],
        "When": ["rhythm", "first_on", "until", "starts_at", "ends_at", "takes"],
        "Where": ["rotates", "host", "place", "venue", "link"],
        "Who": ["audience", "chair", "minute_taker"],
        "Money": ["funded_specialist_half_days", "funded_partner_half_days"],
        "Running order": ["with_order"],
    }

    def clean_from_on(self):
        from_on = self.cleaned_data["from_on"]
        if from_on < self.today:
            raise ValidationError("This day is past, and what took place stays. Give a day from today on.")
        return from_on

    def clean(self):
        self.take_turns()
        cleaned = super().clean()
        from_on, first_on, until = (cleaned.get(name) for name in ("from_on", "first_on", "until"))
        rhythm, ends_on = cleaned.get("rhythm"), self.programme.ends_on
        if rhythm and rhythm != self.series.rhythm and not first_on and "first_on" not in self.errors:
            self.add_error("first_on", "Enter the first day in the new rhythm.")
        if from_on and first_on and first_on < from_on:
            self.add_error("first_on", "This is before the day from which on the series changes. Give a later day.")
        if until and until < max(filter(None, [first_on, from_on, until.min])):
            self.add_error("until", "The series would end before its first day. Give a later day.")
        elif until and until > ends_on:
            self.add_error("until", f"The programme's year ends on {ends_on:%-d %B %Y}. Give a day up to then.")
        if not self.errors and (first_on or until > self.series.until):
            check_rhythm(self, "rhythm", rhythm, first_on or self.series.first_on, until, self.programme)
        return cleaned

    def take_turns(self):
        """Before the rest: where hosts take turns no school is the host, and what nobody chose is left to the host."""
        cleaned, begins, ends = self.cleaned_data, not self.series.rotates, self.series.rotates
        self.at_host = cleaned.get("place") == AT_HOST
        if cleaned.get("rotates"):
            if cleaned.get("host") and not (begins and cleaned["host"] == self.base.host):
                self.add_error("host", "Either the schools take turns, or one school hosts. Choose one of the two.")
            cleaned["host"] = None
            for name in RUN_BY:
                if begins and cleaned.get(name) == getattr(self.base, name):
                    cleaned[name] = None
        elif ends and cleaned.get("host"):
            for name, someone in zip(RUN_BY, who_runs_it(self.programme, cleaned["host"]), strict=True):
                cleaned[name] = cleaned.get(name) or someone

    def wish(self) -> Wish:
        cleaned, rotates = self.cleaned_data, self.cleaned_data.get("rotates", False)
        changed = {name for name in CALLED if value(self.base, name) != value(self.instance, name)}
        if rotates != self.series.rotates:
            changed |= OF_THE_HOST
        elif rotates and self.at_host != self.base.at_host:
            changed.add("place")
        for together in TOGETHER:
            if changed & together:
                changed |= together
        return Wish(
            from_on=cleaned["from_on"],
            like=self.instance,
            changed=frozenset(changed),
            rhythm=cleaned["rhythm"],
            until=cleaned["until"],
            first_on=cleaned["first_on"],
            rotates=rotates,
            at_host=self.at_host,
            order_of=self.order_of if cleaned.get("with_order") else None,
        )
