from django import forms
from django.core.exceptions import ValidationError

from accounts.boxes import TextArea
from accounts.forms import DayField, DayInput, day, with_button
from accounts.school_field import SchoolField
from programmes import term_dates
from programmes.calendar import HALF_TERMS
from programmes.models import academic_year
from programmes.services.term_dates import fingerprint

USUAL = [f"{term} term, {half} half" for term in ("Autumn", "Spring", "Summer") for half in ("first", "second")]
PASTED_MOST = 5000
ROWS = range(1, HALF_TERMS + 1)


class HalfTermsForm(forms.Form):
    """The six half terms of a year: name, first and last day each. `proposed` stand in the boxes where none do yet."""

    def __init__(self, *args, year, standing=(), proposed=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.year = year
        first, last = academic_year(year)
        standing = list(standing)
        shown = standing or list(proposed)
        for n in ROWS:
            row = shown[n - 1] if n <= len(shown) else None
            self.fields[f"name_{n}"] = forms.CharField(
                label=f"Name of half term {n}",
                max_length=60,
                required=False,
                initial=row.name if row else USUAL[n - 1],
                error_messages={"max_length": f"Half term {n}: keep the name to 60 characters."},
            )
            for field, label in (("starts_on", "First day"), ("ends_on", "Last day")):
                self.fields[f"{field}_{n}"] = DayField(
                    label=f"{label} of half term {n}",
                    initial=getattr(row, field, None),
                    widget=DayInput(first, last),
                    error_messages={"required": f"Half term {n}: enter the {label.lower()}."},
                )
        for field in self.fields.values():
            field.widget.attrs["class"] = "govuk-input"
        self.fields["seen"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=fingerprint(standing[:HALF_TERMS])
        )
        self.helper = with_button(self, "Look at them before saving")

    @classmethod
    def of(cls, rows, *, year, standing, seen=None):
        """The form as if the rows had been typed in."""
        data = {"seen": fingerprint(standing) if seen is None else seen}
        for n, row in enumerate(rows, 1):
            data |= {f"name_{n}": row.name, f"starts_on_{n}": day(row.starts_on), f"ends_on_{n}": day(row.ends_on)}
        return cls(data, year=year, standing=standing)

    def clean(self):
        cleaned = super().clean()
        places, rows = [], []
        for n in ROWS:
            starts_on, ends_on = cleaned.get(f"starts_on_{n}"), cleaned.get(f"ends_on_{n}")
            if starts_on and ends_on:
                places.append(n)
                rows.append(term_dates.Given(n, cleaned.get(f"name_{n}") or "", starts_on, ends_on))
        for place, field, sentence in term_dates.wrong_with_year(rows, self.year):
            self.add_error(f"{field}_{places[place]}", sentence.replace("(row ", "(half term "))
        self.rows = sorted(rows, key=lambda row: row.starts_on)
        return cleaned

    def table(self):
        """The fields row by row, for a page that lays them out as a table."""
        return [(n, self[f"name_{n}"], self[f"starts_on_{n}"], self[f"ends_on_{n}"]) for n in ROWS]


class GivenForm(forms.Form):
    """Term dates that come from elsewhere. `rows` are the half terms that were read, when it is valid."""

    def __init__(self, *args, year, **kwargs):
        super().__init__(*args, **kwargs)
        self.year, self.rows, self.text = year, [], ""
        self.reading = term_dates.Reading()
        self.helper = with_button(self, "Look at them before saving")

    def read(self, text):
        self.text, self.reading = text, term_dates.read_pasted(text)
        rows, wrong = self.reading.rows, [*self.reading.problems]
        wrong += [sentence for _, _, sentence in term_dates.wrong_with_year(rows, self.year)]
        if not wrong and (number := term_dates.wrong_with_number(rows)):
            wrong = [number]
        if wrong:
            raise ValidationError(wrong)
        self.rows = sorted(rows, key=lambda row: row.starts_on)


class PastedForm(GivenForm):
    pasted = forms.CharField(
        label="Term dates",
        max_length=PASTED_MOST,
        strip=False,  # so that row 1 is the first line of the box
        widget=TextArea(attrs={"rows": 10, "spellcheck": "false", "wrap": "off"}),
        help_text="A row for each half term, with its first and last day and the year: "
        "“Autumn term first half, 1 September 2026, 22 October 2026”. "
        "Rows copied from a web page or a spreadsheet will do, also whole terms with their half-term holiday.",
        error_messages={
            "required": "Paste the term dates, a row for each half term.",
            "max_length": "That is too long to be six half terms: paste only their rows.",
        },
    )

    def clean_pasted(self):
        self.read(self.cleaned_data["pasted"])
        return self.cleaned_data["pasted"]


class UploadForm(GivenForm):
    file = forms.FileField(
        label="File with the term dates",
        help_text="A CSV file or an Excel workbook (.xlsx) with a row for each half term: its name, its first day and "
        "its last day.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty. Check that it was saved."},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith((".csv", ".xlsx")):
            raise ValidationError("Choose a CSV file (.csv) or an Excel workbook (.xlsx).")
        text, problems = term_dates.text_of(file, file.name)
        if problems:
            raise ValidationError(problems)
        self.read(text)
        return file


class OwnDatesForm(forms.Form):
    """Which school has term dates of its own."""

    school = SchoolField(label="School", error_messages={"required": "Choose a school."})

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].offer(user, "programmes.set_up")
        self.helper = with_button(self, "Enter its dates")
