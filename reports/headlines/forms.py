from collections import defaultdict
from decimal import Decimal

from crispy_forms_gds.layout import Fieldset, Layout, Size
from django import forms

from accounts.forms import with_button
from reports.headlines import services
from reports.models import HeadlinePercentage

Measure = HeadlinePercentage.Measure
STAGES = defaultdict(list)
for measure in Measure:
    STAGES[measure.split()[0]].append(measure)
STAGE_WORDS = {"ks1": "Key Stage 1", "ks2": "Key Stage 2", "ks4": "Key Stage 4"}
NO_PERCENTAGE = "Enter a percentage from 0 to 100, with one decimal at most, such as 68 or 68.5."
NO_NUMBER = "Enter how many pupils were in the year group, as a whole number."


class YearForm(forms.Form):
    """All percentages of a school for one year, each stage with the number of pupils behind them. What is left blank
    is not there afterwards."""

    def __init__(self, *args, school, year, **kwargs):
        super().__init__(*args, **kwargs)
        self.school, self.year = school, year
        self.stand = {row.measure: row for row in services.standing(school, year=year)}
        parts = []
        for stage, measures in STAGES.items():
            self.fields[f"{stage}_pupils"] = self.number_of_pupils(measures)
            for measure in measures:
                self.fields[name_of(measure)] = self.percentage(stage, measure)
            boxes = [name_of(measure) for measure in measures]
            parts.append(Fieldset(f"{stage}_pupils", *boxes, legend=STAGE_WORDS[stage], legend_size=Size.MEDIUM))
        self.helper = with_button(self, "Save")
        self.helper.layout = Layout(*parts)

    def number_of_pupils(self, measures):
        known = next((self.stand[measure].pupils for measure in measures if measure in self.stand), None)
        return forms.IntegerField(
            label="Pupils in the year group",
            required=False,
            min_value=1,
            max_value=2000,
            initial=known,
            widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
            error_messages=dict.fromkeys(["invalid", "min_value", "max_value"], NO_NUMBER),
        )

    def percentage(self, stage, measure):
        words = measure.label.removeprefix(f"{STAGE_WORDS[stage]} ")
        row = self.stand.get(measure)
        return forms.DecimalField(
            label=f"{words[0].upper()}{words[1:]}, %",
            required=False,
            min_value=Decimal(0),
            max_value=Decimal(100),
            max_digits=4,
            decimal_places=1,
            initial=row and f"{row.percentage.normalize():f}",
            widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "inputmode": "decimal"}),
            error_messages=dict.fromkeys(
                ["invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"],
                NO_PERCENTAGE,
            ),
        )

    def clean(self):
        cleaned = super().clean()
        for stage, measures in STAGES.items():
            box = f"{stage}_pupils"
            given = any(cleaned.get(name_of(measure)) is not None for measure in measures)
            wrong = box in self.errors or any(name_of(measure) in self.errors for measure in measures)
            if wrong:
                continue
            if given and cleaned.get(box) is None:
                self.add_error(box, "Enter how many pupils were in the year group: the number stands beside them.")
            if not given and cleaned.get(box) is not None:
                self.add_error(box, "Enter a percentage below, or leave the number of pupils blank.")
        parts = [cleaned.get(name_of(one)) for one in (Measure.KS2_READING, Measure.KS2_WRITING, Measure.KS2_MATHS)]
        together = cleaned.get(name_of(Measure.KS2_ALL))
        if together is not None and any(part is not None and part < together for part in parts):
            self.add_error(
                name_of(Measure.KS2_ALL), "All three together cannot be more than one of them. Correct either."
            )
        return cleaned

    def save(self, person):
        figures = {}
        for stage, measures in STAGES.items():
            pupils = self.cleaned_data[f"{stage}_pupils"]
            for measure in measures:
                percentage = self.cleaned_data[name_of(measure)]
                figures[measure] = None if percentage is None else (percentage, pupils)
        services.enter(person, self.school, self.year, figures)


def name_of(measure) -> str:
    return measure.value.replace(" ", "_")
