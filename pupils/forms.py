from crispy_forms_gds.choices import Choice
from django import forms
from django.core.exceptions import ValidationError

from accounts.comparing import Compares
from accounts.forms import RowForm, with_button
from papers.templatetags.plain import year_words
from programmes.models import Programme, SuccessCriterion
from programmes.naming import AsksAboutNames
from pupils import expectations, scales, services
from pupils.choosing.lines import is_no_name
from pupils.models import TargetPupil
from pupils.upn import INSTEAD, NOT_HERE, WrongUpn, clean_upn, upn_index

NEEDS_A_RATE = (
    f"“{SuccessCriterion.Measure.ABOVE_EXPECTED_RATE.label}” is a success criterion of this programme, which runs: "
    "it needs an expected progress in points. Give one, or first take the criterion out."
)

NEEDS_POINTS = (
    f"“{SuccessCriterion.Measure.ABOVE_EXPECTED_RATE.label}” is a success criterion of this programme, which runs, and "
    "this scale has no points to count it by: first take the criterion out, or choose a scale with points."
)


class YearGroupField(forms.IntegerField):
    """A number, with R for Reception as in the lists of schools."""

    def to_python(self, value):
        return 0 if str(value or "").strip().casefold() in {"r", "reception"} else super().to_python(value)


class PupilForm(RowForm):
    """The fields of a target pupil, and no others."""

    class Meta:
        model = TargetPupil
        fields = ["first_name", "last_name", "year_group", "sex", "pupil_premium", "sen", "eal", "upn"]
        labels = {"sen": "Special educational needs (SEN)"}
        help_texts = {"last_name": "An initial is enough."}
        widgets = dict.fromkeys(["sex", "pupil_premium", "sen", "eal"], forms.RadioSelect)

    missing = {"year_group": "Enter the year group."}

    upn = forms.CharField(
        label="Unique pupil number (UPN)",
        required=False,
        max_length=20,
        help_text="A letter and 12 digits. Leave it blank if there is none. "
        "It is stored encrypted and shown nowhere but here.",
        error_messages={"max_length": "A UPN has 13 characters. Copy it again, or leave it blank."},
    )
    year_group = YearGroupField(
        label="Year group",
        min_value=0,
        max_value=13,
        help_text="A number, or R for Reception.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-2"}),
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value"], "Enter the year group as a number up to 13, or R for Reception."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sex"].choices = [*TargetPupil.Sex.choices, ("", "Not recorded")]
        self.fields["upn"].widget.attrs |= {"class": "govuk-input--width-20", "spellcheck": "false"}
        for name in ("first_name", "last_name", "upn"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if self.instance.programme.initials_only:
            self.ask_for_initials()
        self.helper = with_button(self, "Save")

    def ask_for_initials(self):
        for name, label in (("first_name", "Initial of the forename"), ("last_name", "Initial of the surname")):
            field = self.fields[name]
            field.label, field.help_text = label, "One letter: this programme keeps no names."
            field.widget.attrs["class"] = "govuk-input--width-2"

    def clean_first_name(self):
        return self.a_name("first_name")

    def clean_last_name(self):
        return self.a_name("last_name")

    def a_name(self, name):
        given = self.cleaned_data[name]
        if given != getattr(self.instance, name) and is_no_name(given):
            raise ValidationError("Enter the name in letters, or an initial.")
        if self.instance.programme.initials_only and len(given.rstrip(".")) > 1:
            raise ValidationError("This programme keeps initials only: give one letter.")
        return given.rstrip(".") if self.instance.programme.initials_only else given

    def clean_upn(self):
        upn = self.checked_upn()
        if services.is_taken(upn, self.instance):
            raise ValidationError(f"{NOT_HERE} {INSTEAD}")
        return upn

    def checked_upn(self):
        try:
            upn = clean_upn(self.cleaned_data["upn"])
        except WrongUpn as error:
            raise ValidationError(f"{error}. Copy it again from your management system, or leave it blank.") from None
        self.instance.upn_index = upn_index(upn)
        return upn


class ChangePupilForm(Compares, PupilForm):
    """Details that are changed."""

    @property
    def compared(self):
        return self._meta.fields

    def kept(self, name):
        """The number is what it is found by: it stands in its own box alone."""
        return bytes(self.instance.upn_index or b"").hex() if name == "upn" else getattr(self.instance, name)

    def typed(self, name, value):
        return (upn_index(value) or b"").hex() if name == "upn" else value


class ScaleForm(forms.Form):
    """The scale on which a programme assesses: one that ships, or 1 to a number."""

    scale = forms.ChoiceField(
        label="Which scale do the teachers assess on?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a scale.", "invalid_choice": "Choose one of the scales offered here."},
    )
    highest = forms.IntegerField(
        label="The highest number, for a scale of your own",
        required=False,
        min_value=2,
        max_value=scales.MOST_FREE_GRADES,
        help_text="From 2 to 100. A scale of 1 to 5 has the grades 1, 2, 3, 4 and 5.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value"], "Enter the highest number as a whole number from 2 to 100."
        ),
    )

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [self.choice(name) for name in scales.shipped()[:-1]]
        self.fields["scale"].choices = [*choices, Choice("free", "A scale of your own, from 1 to a number")]
        free = scales.FREE.fullmatch(programme.scale)
        self.initial = {"scale": "free" if free else programme.scale, "highest": int(free[1]) if free else None}
        self.helper = with_button(self, "Continue")

    def choice(self, name):
        scale = scales.description(name)
        return Choice(name, scale["title"], hint=scale.get("step", ""))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("scale") != "free":
            self.errors.pop("highest", None)  # whatever was typed there belongs to a scale that is not chosen
        if cleaned.get("scale") == "free" and not cleaned.get("highest") and "highest" not in self.errors:
            self.add_error("highest", "Enter the highest number of your scale.")
        return cleaned

    @property
    def name(self):
        given = self.cleaned_data
        return f"free-{given['highest']}" if given["scale"] == "free" else given["scale"]


class ExpectationsForm(AsksAboutNames, forms.Form):
    """Expected progress, where the scale has points, and the level expected of each year group."""

    def __init__(self, *args, programme, scale, **kwargs):
        super().__init__(*args, **kwargs)
        file = scales.description(scale)
        codes = [grade["code"] for grade in file["grades"]]
        self.asks_why, self.scale = expectations.asks_first(programme, scale), scale
        self.programme, self.order = programme, {code: place for place, code in enumerate(codes)}
        self.has_points = file["has_points"]
        if self.has_points:
            self.add_points(file)
        levels = expectations.standing(programme, scale)
        offered = [("", "Not set"), *((code, code) for code in codes)]
        for year in programme.year_groups:
            for name, label, initial in zip(
                ("met", "exceeded"), self.labels(year), levels.get(year, ("", "")), strict=True
            ):
                self.fields[f"{name}_{year}"] = forms.ChoiceField(
                    label=label, choices=offered, required=False, initial=initial
                )
        if self.asks_why:
            self.fields["reason"] = forms.CharField(
                label="Why do you change it?",
                required=False,
                max_length=300,
                help_text="Grades are in, so a change is kept with your name and the reason. No name of a pupil here.",
                error_messages={"max_length": "Keep the reason to 300 characters."},
            )
            self.ask_about(programme, "reason")
            self.fields["previewed"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.helper = with_button(self, "See what changes" if self.asks_why else "Save and continue")

    @property
    def wants_preview(self):
        """Whether what this change makes of the figures has not been shown yet: edited since, it is shown again."""
        return self.asks_why and self.changes and self.cleaned_data["previewed"] != self.asked

    @property
    def asked(self):
        """What is asked for and what it was compared with: changed by somebody else meanwhile, it is shown again."""
        return f"{self.wanted} instead of {self.standing}"

    @property
    def wanted(self):
        return self.scale, self.cleaned_data.get("expected_points"), sorted(self.levels.items())

    def show_preview(self):
        """The next press of the button means exactly what is shown now."""
        self.data = self.data.dict() | {"previewed": self.asked}
        self.helper = with_button(self, "Yes, change it")

    @property
    def standing(self):
        """The scale and what is expected on it now; of the year groups of the programme."""
        levels = {
            row.year_group: (row.met_from, row.exceeded_from)
            for row in self.programme.expectations.all()
            if row.year_group in self.programme.year_groups
        }
        return self.programme.scale, self.programme.expected_points, sorted(levels.items())

    @property
    def changes(self):
        """Whether anything would be other than it stands."""
        return self.wanted != self.standing

    def labels(self, year):
        called = year_words(year)
        return f"{called}: the expected level is met from", f"{called}: it is exceeded from"

    def lacks_a_rate(self, cleaned):
        """Whether a programme that runs would count a success criterion on nothing."""
        if self.programme.status != Programme.Status.ACTIVE or "expected_points" in self.errors:
            return False
        return cleaned.get("expected_points") is None and expectations.counts_above_the_rate(self.programme)

    def add_points(self, file):
        self.fields["expected_points"] = forms.DecimalField(
            label="Expected progress in points, from the first to the last data point",
            required=False,
            min_value=0,
            max_value=999,
            decimal_places=2,
            initial=expectations.expected_now(self.programme)["expected_points"]
            if self.programme.scale == self.scale
            else expectations.former(self.programme, self.scale).get("expected_points"),
            help_text=f"{file.get('step', '')} Leave it blank if no rate is expected.",
            widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "govuk-input--width-3"}),
            error_messages=dict.fromkeys(
                ["invalid", "min_value", "max_value", "max_decimal_places"],
                "Enter the expected points as a number from 0 to 999, such as 3.",
            ),
        )

    def clean(self):
        cleaned = super().clean()
        if self.lacks_a_rate(cleaned):
            self.add_error(*(("expected_points", NEEDS_A_RATE) if self.has_points else (None, NEEDS_POINTS)))
        self.levels = {}
        for year in self.programme.year_groups:
            met, exceeded = cleaned.get(f"met_{year}"), cleaned.get(f"exceeded_{year}")
            if bool(met) != bool(exceeded):
                lacking = "exceeded" if met else "met"
                self.add_error(f"{lacking}_{year}", f"{year_words(year)}: give both grades, or neither.")
            elif met and self.order[exceeded] < self.order[met]:
                self.add_error(
                    f"exceeded_{year}", f"{year_words(year)}: {exceeded} is below {met}. Swap or correct them."
                )
            elif met:
                self.levels[year] = (met, exceeded)
        if self.asks_why and not self.errors and self.changes and not cleaned["reason"]:
            self.add_error("reason", "Say why you change it: grades are in, and results change with it.")
        return cleaned
