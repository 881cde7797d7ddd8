from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import DayField, DayInput, RowForm, with_button
from programmes import placing
from programmes.forms.term_dates import USUAL
from programmes.models import Programme, TemplateStep, TimetableStep, TimetableTemplate

HOSTS = {
    "partner school": "The partner school",
    "specialist school": "The specialist teacher's school",
    "authority": "The organiser",
    "cluster venue": "A venue of the area",
    "": "Not fixed",
}
AUDIENCES = {
    "heads": "Headteachers",
    "specialist teachers": "Specialist teachers",
    "partner teachers": "Partner teachers",
}
MOST_HALF_DAYS = 20
MOST_DAYS = 200


def number(label, most=MOST_HALF_DAYS, least=0, field=forms.IntegerField, **kwargs):
    sentence = f"{label}: enter a whole number from {least} to {most}."
    return field(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-2"}),
        error_messages=dict.fromkeys(["invalid", "min_value", "max_value"], sentence),
        **kwargs,
    )


def words(label, longest, **kwargs):
    return forms.CharField(
        label=label,
        max_length=longest,
        error_messages={"max_length": f"Keep it to {longest} characters."},
        **kwargs,
    )


class StepFields(RowForm):
    """What a step of a template and one of a programme's timetable have in common."""

    missing = {
        "type": "Choose whether it is a visit or an event.",
        "name": "Enter the name.",
        "window_start": "Enter the first day of the window.",
        "window_end": "Enter the last day of the window.",
        "half_term": "Choose the half term.",
        "half_days": "Enter how many half-days the step takes, 0 for a meeting after school.",
        "first_week": "Enter the first week.",
        "last_week": "Enter the last week.",
        "funded_specialist_half_days": "Enter how many half-days are funded, 0 for none.",
        "funded_partner_half_days": "Enter how many half-days are funded, 0 for none.",
    }

    name = words("Name", 120, help_text="For example “Lesson study 1”.")
    half_days = number("Half-days out of class", help_text="For each teacher. 0 for a meeting after school.")
    host = forms.ChoiceField(label="Where", required=False, widget=forms.RadioSelect)
    audience = forms.MultipleChoiceField(
        label="For whom, if it is an event", required=False, widget=forms.CheckboxSelectMultiple
    )
    funded_specialist_half_days = number("Funded half-days of the specialist teacher's school")
    funded_partner_half_days = number("Funded half-days of the partner school")
    least_gap = number(
        "For a visit: at least so many days after the visit before it",
        MOST_DAYS,
        required=False,
        help_text="Of the same partnership. Leave it blank for the next day at the earliest.",
    )
    greatest_gap = number(
        "At most so many days after it", MOST_DAYS, 1, required=False, help_text="Leave it blank if it may be later."
    )
    records = words(
        "What is recorded",
        200,
        required=False,
        help_text="For example “attendance; agreement”. Leave it blank if nothing is.",
    )

    def __init__(self, *args, funded=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = TimetableStep.Type.choices
        self.offer("host", HOSTS, [self.instance.host])
        self.offer("audience", AUDIENCES, self.audience_given)
        self.initial["audience"] = self.audience_given
        self.fields["required"].label = "Every partnership takes this step"
        if not funded:
            for side in ("specialist", "partner"):
                del self.fields[f"funded_{side}_half_days"]

    @property
    def audience_given(self):
        return [part.strip() for part in self.instance.audience.split(";") if part.strip()]

    def offer(self, name, known, given):
        """What is known, and besides what a loaded timetable has given."""
        self.fields[name].choices = [
            *known.items(),
            *((word, word.capitalize()) for word in given if word not in known),
        ]

    def clean_audience(self):
        return "; ".join(self.cleaned_data["audience"])

    def clean_least_gap(self):
        given = self.cleaned_data["least_gap"]
        return 1 if given is None else given

    def clean(self):
        cleaned = super().clean()
        least, greatest = cleaned.get("least_gap"), cleaned.get("greatest_gap")
        if least is not None and greatest is not None and greatest < least:
            self.add_error("greatest_gap", f"The visit is at least {least} days after the one before: give no fewer.")
        for side in ("specialist", "partner"):
            field, half_days = f"funded_{side}_half_days", cleaned.get("half_days")
            if half_days is not None and cleaned.get(field, 0) > half_days:
                self.add_error(field, f"The step takes {half_days} half-days, and cannot fund more of them.")
            elif field not in self.fields and self.instance.pk is None:
                setattr(self.instance, field, 0)
        return cleaned


GAPS = ["least_gap", "greatest_gap"]
ORDER = [*GAPS, "funded_specialist_half_days", "funded_partner_half_days", "required", "records"]


class StepForm(StepFields):
    """A step of a programme's timetable. Its window has a school day, in term time, in the programme's year."""

    class Meta:
        model = TimetableStep
        fields = ["type", "name", "window_start", "window_end", "half_days", "host", "audience", *ORDER]
        widgets = {"type": forms.RadioSelect}

    window_start = DayField(label="First day")
    window_end = DayField(
        label="Last day",
        help_text="The same day for an event on one day.",
    )

    def __init__(self, *args, calendar, **kwargs):
        super().__init__(*args, **kwargs)
        self.calendar, programme = calendar, self.instance.programme
        for name in ("window_start", "window_end"):
            self.fields[name].widget = DayInput(programme.starts_on, programme.ends_on, school_days=True)
        self.order_fields(self.Meta.fields)
        self.helper = with_button(self, "Save the step")

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("window_start"), cleaned.get("window_end")
        if start and end:
            wrong = placing.wrong_with_window(start, end, self.calendar, self.instance.programme.starts_on)
            if wrong:
                self.add_error("window_end" if wrong.startswith("The last day") else "window_start", wrong)
        return cleaned


class TemplateStepForm(StepFields):
    """A step of a template. Its window is whole weeks of a half term."""

    class Meta:
        model = TemplateStep
        fields = [
            "type",
            "name",
            "half_term",
            "first_week",
            "last_week",
            "half_days",
            "host",
            "audience",
            *ORDER,
        ]
        widgets = {"type": forms.RadioSelect}

    half_term = forms.TypedChoiceField(
        label="Half term",
        coerce=int,
        choices=list(enumerate(USUAL, 1)),
    )
    first_week = number("First week", 9, 1, help_text="Of the half term. A half term has five to eight weeks.")
    last_week = number("Last week", 9, 1, help_text="The same week for a step in one week.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(self.Meta.fields)
        self.helper = with_button(self, "Save the step")

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_week"), cleaned.get("last_week")
        if first and last and last < first:
            self.add_error("last_week", "The last week of a window must not be before its first week.")
        return cleaned


class TemplateForm(RowForm):
    """What a timetable template is called."""

    class Meta:
        model = TimetableTemplate
        fields = ["name", "description"]

    missing = {"name": "Enter the name."}

    name = words("Name", 80)
    description = words("What it is for", 300, required=False)

    def __init__(self, *args, button="Save the name", **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, button)


class SavedTemplateForm(TemplateForm):
    """The name under which a programme's timetable is kept as a template."""

    def __init__(self, *args, programme: Programme, **kwargs):
        super().__init__(*args, button="Save as a template", **kwargs)
        self.instance.organisation_id = programme.organisation_id

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if not name:
            raise ValidationError("Enter the name.")
        return name
