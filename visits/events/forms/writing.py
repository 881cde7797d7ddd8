from crispy_forms_gds.layout import Fieldset, Layout
from django import forms

from accounts.forms import DayField, DayInput, RowForm, with_button
from accounts.models import School
from programmes.models import Area, TimetableStep
from visits.events import days, hosts
from visits.events.arranging import CHOSEN, value
from visits.events.audience import people_of, schools_of
from visits.events.forms.clock import ClockField
from visits.events.forms.rhythm import check_rhythm
from visits.models import Event, EventSeries, Group

ONCE = ""
AT_HOST, NO_SCHOOL = "", "none"


class EventForm(RowForm):
    """An event of one programme. An ordinary school day is kept; of any other the person says that it is meant."""

    class Meta:
        model = Event
        fields = CHOSEN
        widgets = {"takes": forms.RadioSelect}
        help_texts = {
            "name": "As people know it, such as “Moderation 1”. Left blank, it is called after its kind.",
            "takes": "What the event takes teachers away from.",
            "venue": "Such as “The hall”, or the address of a place that is no school of the programme.",
            "funded_specialist_half_days": "0, 1 or 2. Paid for those who are marked present.",
            "funded_partner_half_days": "0, 1 or 2. Paid for those who are marked present.",
        }
        labels = {
            "name": "Name of the event",
            "takes": "Who is out of class for it?",
            "funded_specialist_half_days": "Funded half-days for each specialist teacher",
            "funded_partner_half_days": "Funded half-days for each partner teacher",
        }

    missing = {
        "kind": "Choose the kind of event.",
        "on": "Enter the day.",
        "starts_at": "Enter when it starts, such as 4pm.",
        "ends_at": "Enter when it ends, such as 6pm.",
        "funded_specialist_half_days": "Enter how many half-days are funded for each specialist teacher; 0 for none.",
        "funded_partner_half_days": "Enter how many half-days are funded for each partner teacher; 0 for none.",
    }

    on = DayField(label="Day")
    starts_at = ClockField(label="Starts at")
    ends_at = ClockField(label="Ends at")
    link = forms.URLField(
        label="Address of the online meeting",
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={
            "invalid": "This is not an address. Copy it from the meeting, such as https://meet.example/abc."
        },
    )
    place = forms.TypedChoiceField(label="Where does it take place?", required=False, empty_value=AT_HOST)
    audience = forms.MultipleChoiceField(
        label="Who is invited?",
        required=False,
        choices=Group.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Whoever joins the programme later is in as well. Single people can be put in or taken out later.",
    )
    chair = forms.TypedChoiceField(label="Chair", required=False, empty_value=None)
    minute_taker = forms.TypedChoiceField(label="Minute taker", required=False, empty_value=None)
    sure = forms.BooleanField(label="Yes, I mean this day", required=False)
    sequence = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, event = user, self.instance
        self.programme = event.programme
        self.doubts = []
        self.offer_parts()
        self.offer_people()
        self.fields["kind"].choices = Event.Kind.choices
        self.fields["takes"].choices = Event.Takes.choices
        self.fields["takes"].required = False
        if "on" in self.fields:
            self.fields["on"].widget, self.fields["sequence"].initial = DayInput(school_days=True), event.sequence
        for name in ("starts_at", "ends_at", "funded_specialist_half_days", "funded_partner_half_days"):
            self.fields[name].widget.attrs["class"] = "govuk-input--width-5"
        if not self.programme.funded:
            del self.fields["funded_specialist_half_days"], self.fields["funded_partner_half_days"]
        self.helper = with_button(self, self.button)
        self.lay_out()

    @property
    def button(self):
        return "Save the changes" if self.instance.pk else "Add the event"

    def offer_parts(self):
        programme, area = self.programme, self.instance.area
        if "area" in self.fields:
            self.offer_area_and_step()
        schools = schools_of(programme)
        self.fields["host"].queryset = schools
        self.fields["host"].label, self.fields["host"].empty_label = "Host school", "No school hosts it"
        there = [*schools, *([self.instance.place] if self.instance.place else [])]
        self.schools = {str(school.pk): school for school in there}
        self.fields["place"].choices = [
            (AT_HOST, "At the host school, if there is one"),
            (NO_SCHOOL, "At no school: online, or the place below"),
            *self.schools.items(),
        ]
        self.fields["place"].coerce = self.schools.get
        self.fields["place"].error_messages["invalid_choice"] = "Choose from what is offered here."
        self.initial["place"] = self.place_now
        if area and (turns := hosts.turns(area, without=[self.instance])):
            following = turns[0]
            self.fields[
                "host"
            ].help_text = f"{area.name} takes turns. Next is {following.school}, which {following.words}."

    @property
    def place_now(self):
        if self.instance.place_id == self.instance.host_id:
            return AT_HOST
        return self.instance.place_id or NO_SCHOOL

    def offer_area_and_step(self):
        programme = self.programme
        self.fields["area"].queryset = Area.objects.allowed(self.user, "events.manage").filter(programme=programme)
        self.fields["area"].empty_label = "The whole programme"
        self.fields["step"].queryset = programme.timetable.filter(type=TimetableStep.Type.EVENT)
        self.fields["step"].label = "Event of the timetable"
        self.fields["step"].empty_label = "None: it comes on top"
        self.fields["step"].label_from_instance = lambda step: (
            f"{step.name} ({step.window_start:%-d %b} to {step.window_end:%-d %b})"
        )
        for name in ("area", "step"):
            if not self.fields[name].queryset:
                del self.fields[name]

    def offer_people(self):
        host = self.instance.host or School(pk=self.initial.get("host"))
        known = people_of(self.programme)
        known.sort(key=lambda one: one.school is None or one.school.pk != host.pk)
        self.known = {str(one.person.pk): one for one in known}
        for name in ("chair", "minute_taker"):
            someone = getattr(self.instance, name)
            offered = [(one.person.pk, one.label) for one in known]
            if someone and str(someone.pk) not in self.known:
                offered.append((someone.pk, str(someone)))
            self.fields[name].choices = [("", "Nobody yet"), *offered]
            self.fields[name].coerce = self.person_of
            self.fields[name].error_messages["invalid_choice"] = "Choose from what is offered here."
        self.fields["chair"].help_text = "They see who is expected, keep the register and write the minutes."

    def person_of(self, pk):
        known = self.known.get(str(pk))
        if known:
            return known.person
        return next(p for p in (self.instance.chair, self.instance.minute_taker) if p and str(p.pk) == str(pk))

    def lay_out(self):
        shown = self.fields.keys() - (set() if self.doubts else {"sure"})
        sets = []
        for legend, names in self.parts.items():
            if there := [name for name in names if name in shown]:
                sets.append(Fieldset(*there, legend=legend, legend_size="m"))
        self.helper.layout = Layout(*sets, *(shown & {"sequence"}))

    parts = {
        "What": ["kind", "name", "area", "step"],
        "When": ["on", "sure", "starts_at", "ends_at", "takes"],
        "Where": ["host", "place", "venue", "link"],
        "Who": ["audience", "chair", "minute_taker"],
        "Money": ["funded_specialist_half_days", "funded_partner_half_days"],
    }

    def clean_takes(self):
        return self.cleaned_data.get("takes") or ""

    def clean_sequence(self):
        return self.cleaned_data["sequence"] if self.cleaned_data["sequence"] is not None else self.instance.sequence

    def clean(self):
        cleaned = super().clean()
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", f"It would end before it starts at {starts_at:%H:%M}. Give a later time.")
        if cleaned.get("kind") == Event.Kind.TWILIGHT and cleaned.get("takes"):
            self.add_error(
                "takes", "A twilight is after school and takes no half-day. Choose another kind, or “No half-day”."
            )
        if cleaned.get("place") == AT_HOST:
            cleaned["place"] = cleaned.get("host")
        if cleaned.get("on"):
            self.ask_about(cleaned)
        return cleaned

    def ask_about(self, cleaned):
        """A day on which events do not take place as a rule is kept when the person says that it is meant."""
        unchanged = self.instance.pk and value(self.instance, "on") == cleaned["on"]
        where = cleaned.get("place") or cleaned.get("host")
        self.doubts = [] if unchanged else days.doubts(self.programme, cleaned["on"], where)
        if self.doubts:
            self.lay_out()
            if not cleaned.get("sure"):
                for doubt in self.doubts:
                    self.add_error("on", doubt)
                self.add_error("sure", "Choose another day, or tick that you mean this one.")


class NewEventForm(EventForm):
    """A new event may be the first of a series."""

    rhythm = forms.ChoiceField(
        label="Does it come again?",
        required=False,
        initial=ONCE,
        choices=[(ONCE, "No, once only"), *EventSeries.Rhythm.choices],
        widget=forms.RadioSelect,
    )
    until = DayField(label="Until", required=False, help_text="The last possible day of the series.")
    rotates = forms.BooleanField(
        label="The schools of the area take turns as hosts; the host's head chairs", required=False
    )

    parts = EventForm.parts | {"When": [*EventForm.parts["When"], "rhythm", "until", "rotates"]}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "area" not in self.fields:
            del self.fields["rotates"]
            self.lay_out()

    def clean(self):
        cleaned = super().clean()
        rhythm, on, until = cleaned.get("rhythm"), cleaned.get("on"), cleaned.get("until")
        if not rhythm or "until" in self.errors:
            return cleaned
        if not until:
            self.add_error("until", "Enter until when it comes again.")
        elif on and until <= on:
            self.add_error("until", f"The series would end before its first day, {on:%-d %B %Y}. Give a later day.")
        elif on and until > self.programme.ends_on:
            self.add_error("until", f"The programme's year ends on {self.programme.ends_on:%-d %B %Y}.")
        if not self.errors:
            check_rhythm(self, "rhythm", rhythm, on, until, self.programme)
        return cleaned


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why?",
        help_text="One sentence for everyone who was invited. Do not name pupils.",
        max_length=200,
        error_messages={"required": "Say why, in one sentence.", "max_length": "Keep it to 200 characters."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Cancel the event", css_class="govuk-button--warning")
