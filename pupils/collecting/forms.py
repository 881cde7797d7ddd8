import io

from django import forms
from django.core.exceptions import ValidationError

from accounts.boxes import TextArea
from pupils.collecting.rows import LONGEST, TOO_MUCH, text_of


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
        max_length=LONGEST,
        strip=False,  # so that row 1 is the first line of the box
        help_text="With the names of the columns in the first row.",
        widget=TextArea(attrs={"rows": 12, "spellcheck": "false", "wrap": "off", "class": "ls-rows"}),
        error_messages={
            "max_length": TOO_MUCH,
            "null_characters_not_allowed": "There is a character in the rows that no table holds. Copy them anew.",
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and not file.name.lower().endswith((".csv", ".xlsx")):
            raise ValidationError("Choose a CSV file (.csv) or an Excel workbook (.xlsx).")
        return file

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        file, pasted = cleaned.get("file"), cleaned.get("pasted") or ""
        if file and pasted.strip():
            self.add_error("file", "Choose a file or paste rows, not both: empty the box below, or choose no file.")
        elif file or pasted.strip():
            source = file or io.BytesIO(pasted.encode("utf-8", "replace"))
            self.read(cleaned, source, file.name if file else "pasted.csv", "file" if file else "pasted")
        else:
            self.add_error("file", "Choose the file, or paste its rows below.")
        return cleaned

    def read(self, cleaned, source, name, box):
        cleaned["pasted"], problems, cleaned["ignored"] = text_of(source, name)
        for problem in problems:
            self.add_error(box, problem)
        if len(cleaned.get("pasted", "")) > LONGEST:
            self.add_error(box, TOO_MUCH)
        if not self.errors and not cleaned["pasted"].strip():
            self.add_error(box, "The file has no rows.")
