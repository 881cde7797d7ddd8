from django import forms
from django.core.exceptions import ValidationError

from accounts.boxes import TextArea
from pupils.collecting import reading


class GradesForm(forms.Form):
    """The grades of many partnerships: a file, whose rows then stand in the box, or rows that are pasted."""

    file = forms.FileField(
        label="The file with the grades",
        required=False,
        help_text="The template filled in, as CSV or Excel workbook (.xlsx); or any file with columns for partnership, "
        "pupil reference, data point and grade.",
        error_messages={"empty": "The file is empty. Check that it was saved."},
    )
    pasted = forms.CharField(
        label="Or rows from a spreadsheet",
        required=False,
        max_length=reading.LONGEST,
        strip=False,  # so that row 1 is the first line of the box
        help_text="With the names of the columns in the first row.",
        widget=TextArea(attrs={"rows": 12, "spellcheck": "false", "wrap": "off", "class": "ls-rows"}),
        error_messages={"max_length": "That is too much at once: send the partnerships of one area after the other."},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and not file.name.lower().endswith((".csv", ".xlsx")):
            raise ValidationError("Choose a CSV file (.csv) or an Excel workbook (.xlsx).")
        return file

    def clean(self):
        cleaned = super().clean()
        if file := cleaned.get("file"):
            cleaned["pasted"], problems = reading.text_of(file, file.name)
            for problem in problems:
                self.add_error("file", problem)
            if len(cleaned["pasted"]) > reading.LONGEST:
                self.add_error("file", "That is too much at once: send the partnerships of one area after the other.")
            if not problems and not cleaned["pasted"].strip():
                self.add_error("file", "The file has no rows.")
        elif not self.errors and not cleaned.get("pasted", "").strip():
            self.add_error("file", "Choose the file, or paste its rows below.")
        return cleaned
