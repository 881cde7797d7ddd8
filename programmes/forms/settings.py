import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import DayField, DayInput, RowForm, with_button
from accounts.models import Organisation
from papers.templatetags.plain import year_words
from programmes import years
from programmes.forms.timetables import number, words
from programmes.models import Area, DataPoint, Programme, SuccessCriterion
from programmes.placing import said
from programmes.services import programmes as services
from programmes.services.in_use import counted_word
from programmes.subjects import stands_in_the_way

YEAR_GROUPS = [(year, year_words(year)) for year in range(14)]
YES_NO = [("yes", "Yes"), ("no", "No")]
PERCENT = re.compile(r"(?<=\d)\s*(?:%|per\s?cent)\s*$", re.IGNORECASE)


class SubjectsField(forms.CharField):
    """Subjects as people list them: maths, writing."""

    def to_python(self, value):
        text = super().to_python(value)
        parts = [" ".join(part.split()) for part in text.replace(";", ",").replace("\n", ",").split(",")]
        found = {}
        for part in filter(None, parts):
            found.setdefault(part.casefold(), part)
        return list(found.values())

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def validate(self, value):
        super().validate(value)
        for subject in value:
            if len(subject) > 60:
                raise ValidationError(f"“{subject[:40]}…” is too long for a subject: keep it to 60 characters.")
            if stands_in_the_way(subject):
                raise ValidationError(f"The results have a line “{subject}” of their own. Choose another name.")

    def run_validators(self, value):
        """Each subject is checked by itself."""


def called_alike(programme) -> str:
    stands = programme.get_status_display().lower()
    return f"{programme.title} is there already, {stands}. Give this programme another name, or go on with that one."


class SettingsForm(RowForm):
    """Name, year and who takes part. What others hang on stays: the sentence says what that is."""

    class Meta:
        model = Programme
        fields = ["organisation", "name", "year", "subjects", "year_groups", "funded", "other_authorities"]
        fields += ["initials_only"]

    missing = {
        "organisation": "Choose the organiser.",
        "name": "Enter the name.",
        "year": "Choose the year.",
        "subjects": "Enter at least one subject.",
        "year_groups": "Choose at least one year group.",
        "funded": "Say whether release time is funded.",
    }

    name = words("Name", 120, help_text="Without the year, for example “Essex lesson study”.")
    year = forms.ChoiceField(label="Year", widget=forms.RadioSelect)
    subjects = SubjectsField(
        help_text="Parted by commas, for example “maths, writing”.",
    )
    year_groups = forms.TypedMultipleChoiceField(
        coerce=int,
        choices=YEAR_GROUPS,
        widget=forms.CheckboxSelectMultiple,
    )
    funded = forms.TypedChoiceField(
        label="Is release time funded?",
        choices=YES_NO,
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        help_text="For a local authority usually yes, for a network of schools often not.",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.standing = self.instance.pk is not None
        self.offer_organisation(user)
        self.offer_years()
        self.fields["other_authorities"].label = "Schools of other local authorities may take part"
        self.fields["initials_only"].label = "Pupils are entered by initials only"
        if self.standing:
            self.initial["funded"] = "yes" if self.instance.funded else "no"
            self.was = {name: getattr(self.instance, name) for name in ("funded", "initials_only", "subjects")}
        self.helper = with_button(self, "Save and continue")

    def offer_organisation(self, user):
        field = self.fields["organisation"]
        field.queryset = Organisation.objects.allowed(user, "programmes.set_up")
        field.label, field.empty_label = "Organiser", "Choose an organiser"
        if self.standing or len(field.queryset) == 1:
            if not self.standing:
                self.instance.organisation = field.queryset[0]
            del self.fields["organisation"]

    def offer_years(self):
        if self.standing and not services.year_is_open(self.instance):
            del self.fields["year"]
            return
        offered = services.years_offered(timezone.localdate())
        if self.standing and self.instance.starts_on not in offered:
            offered.append(self.instance.starts_on)
        self.fields["year"].choices = [(years.written(year), years.written(year)) for year in sorted(offered)]
        if self.standing:
            self.initial["year"] = self.instance.academic_year

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_year(self):
        first = years.year_written(self.cleaned_data["year"])
        self.instance.starts_on, self.instance.ends_on = first, first.replace(year=first.year + 1, month=8, day=31)
        return self.cleaned_data["year"]

    def clean(self):
        cleaned = super().clean()
        if organisation := cleaned.get("organisation"):
            self.instance.organisation = organisation
        known = self.instance.organisation_id and self.instance.starts_on and "name" in cleaned
        if known and (other := services.of_the_same_name(self.instance, cleaned["name"])):
            self.add_error("name", called_alike(other))
        return cleaned

    def clean_subjects(self):
        given = self.cleaned_data["subjects"]
        if self.standing:
            self.keep_used("subject", [(s, s.casefold()) for s in self.was["subjects"]], {s.casefold() for s in given})
        return given

    def clean_year_groups(self):
        given = sorted(self.cleaned_data["year_groups"])
        if self.standing:
            standing = [(year_words(year), year) for year in self.instance.year_groups]
            self.keep_used("year_group", standing, set(given))
        return given

    def keep_used(self, name, standing, given):
        """What a partnership is about cannot be taken out of its programme."""
        used = [getattr(p, name) for p in self.instance.partnerships.only(name)]
        used = [value.casefold() if isinstance(value, str) else value for value in used]
        for called, value in standing:
            if value not in given and value in used:
                number_of = counted_word(used.count(value), "partnership")
                verb = "is" if used.count(value) == 1 else "are"
                called = f"{called[:1].upper()}{called[1:]}"
                raise ValidationError(f"{called} cannot be taken out: {number_of} {verb} about it.")

    def clean_other_authorities(self):
        allowed, organisation = self.cleaned_data["other_authorities"], self.instance.organisation
        if self.standing and not allowed and organisation.la_code:
            guests = self.instance.partnerships.exclude(partner_school__la_code=organisation.la_code)
            if names := sorted({p.partner_school.name for p in guests.select_related("partner_school")}):
                raise ValidationError(f"Schools of other authorities take part already: {', '.join(names[:3])}.")
        return allowed

    def warnings(self) -> list[str]:
        """What a change means for a programme that runs: asked before it is saved."""
        if not self.standing or self.instance.status != Programme.Status.ACTIVE:
            return []
        now, was, found = self.cleaned_data, self.was, []
        if now["funded"] != was["funded"]:
            found.append(
                "From now on release time is funded: look at the funded half-days of each step of the timetable."
                if now["funded"]
                else "Release time will not be funded any more. Schools have planned with it: tell them."
            )
        if now["initials_only"] != was["initials_only"]:
            found.append(
                "Pupils are entered by initials from now on, and lists that wait to be checked are cut to initials at "
                "once. Names that stand already stay until their page is changed."
                if now["initials_only"]
                else "Pupils may be entered by their names from now on."
            )
        return found


class AreaForm(RowForm):
    class Meta:
        model = Area
        fields = ["name"]

    missing = {"name": "Enter the name of the area."}

    name = words("Name of the area", 80)

    def __init__(self, *args, button="Add the area", **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, button, css_class="govuk-button--secondary" if not self.instance.pk else "")

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class DataPointForm(RowForm):
    """A day in the programme's year by which every target pupil's grade is in."""

    class Meta:
        model = DataPoint
        fields = ["name", "due_on"]

    missing = {"name": "Enter the name.", "due_on": "Enter the day."}

    name = words("Name", 40, help_text="For example “October”.")
    due_on = DayField(label="Grades are in by")

    def __init__(self, *args, calendar, **kwargs):
        super().__init__(*args, **kwargs)
        self.calendar, programme = calendar, self.instance.programme
        self.fields["due_on"].widget = DayInput(programme.starts_on, programme.ends_on, school_days=True)
        new = self.instance.pk is None
        style = {"css_class": "govuk-button--secondary"} if new else {}
        self.helper = with_button(self, "Add the data point" if new else "Save the data point", **style)

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_due_on(self):
        on, programme = self.cleaned_data["due_on"], self.instance.programme
        if not programme.starts_on <= on <= programme.ends_on:
            year = f"{programme.starts_on:%-d %B %Y} to {programme.ends_on:%-d %B %Y}"
            raise ValidationError(f"{said(on)} is outside the programme's year: give a day from {year}.")
        if not self.calendar.is_school_day(on):
            near = self.calendar.nearest_school_day(on)
            raise ValidationError(f"{said(on)} is no school day. The nearest is {said(near)}.")
        return on


class PercentField(forms.IntegerField):
    """A whole percentage, with or without its sign: 50, 50%, 50 %."""

    def to_python(self, value):
        return super().to_python(PERCENT.sub("", value) if isinstance(value, str) else value)


class CriteriaForm(forms.Form):
    """When the programme is a success: a percentage for each measure that counts, and nothing for the others."""

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.programme = programme
        standing = {row.measure: row.target_pct for row in programme.success_criteria.all()}
        for measure in SuccessCriterion.Measure:
            self.fields[measure.value] = number(
                f"{measure.label}, per cent", 100, 1, field=PercentField, required=False
            )
            self.fields[measure.value].initial = standing.get(measure.value)
        self.helper = with_button(self, "Save and continue")

    def clean_above_expected_rate(self):
        """While a programme is set up its answers may come in any order; in one that runs each must hold at once."""
        given, programme = self.cleaned_data["above_expected_rate"], self.programme
        running = programme.status == Programme.Status.ACTIVE
        if running and given is not None and programme.expected_points is None:
            raise ValidationError(
                "No expected progress is set, so this cannot be counted. Leave it blank, or first set the expected "
                "progress under “Assessment”, on a scale with points."
            )
        return given

    @property
    def targets(self):
        return {measure: pct for measure, pct in self.cleaned_data.items() if pct is not None}


class StaffForm(RowForm):
    """How many staff of a school are funded for training, and when the agreement is looked at again."""

    class Meta:
        model = Programme
        fields = ["staff_funded", "agreement_revisited_on"]

    staff_funded = number(
        "Staff of each school funded for training",
        99,
        required=False,
        help_text="Schools see it before they agree. Leave it blank if there is no such limit.",
    )
    agreement_revisited_on = DayField(
        label="Day on which the agreement is looked at again",
        required=False,
        help_text="Both sides then say whether it still holds. Leave it blank if it is signed once for the year.",
    )

    def __init__(self, *args, calendar, **kwargs):
        super().__init__(*args, **kwargs)
        self.calendar, programme = calendar, self.instance
        self.fields["agreement_revisited_on"].widget = DayInput(
            programme.starts_on, programme.ends_on, school_days=True
        )
        if not programme.funded:
            del self.fields["staff_funded"]
        self.helper = with_button(self, "Save and continue")

    def clean_agreement_revisited_on(self):
        on, programme = self.cleaned_data["agreement_revisited_on"], self.instance
        if on and not programme.starts_on <= on <= programme.ends_on:
            year = f"{programme.starts_on:%-d %B %Y} to {programme.ends_on:%-d %B %Y}"
            raise ValidationError(f"{said(on)} is outside the programme's year: give a day from {year}.")
        if on and not self.calendar.is_school_day(on):
            raise ValidationError(f"{said(on)} is no school day. Choose a day on which schools are open.")
        return on
