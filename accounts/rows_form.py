"""A table that somebody sends: as a file, whose rows then stand in a box, or as rows that are pasted into it."""

import io

from django import forms
from django.core.exceptions import ValidationError

from accounts.boxes import TextArea


class RowsForm(forms.Form):
    """Afterwards the rows are in `pasted`, whichever way they came. A subclass says in `file_label` and `file_help`
    what is asked for, in `too_much` what to do where it is longer than `longest`, and in
    `read(cleaned, source, name)` gives the rows as text of the box and the problems as sentences."""

    file_label, file_help = "The file", "CSV or Excel workbook (.xlsx)."
    too_much = "These are too many rows. Send them in several parts."
    longest = 500_000  # characters
    rows_shown = 10
    pasted_as = ""  # the name under which pasted rows are read as well; without one they are taken as they are

    file = forms.FileField(required=False, error_messages={"empty": "The file is empty. Check that it was saved."})
    pasted = forms.CharField(
        label="Or rows from a spreadsheet",
        required=False,
        strip=False,  # so that row 1 is the first line of the box
        help_text="With the names of the columns in the first row.",
        widget=TextArea(attrs={"spellcheck": "false", "wrap": "off", "class": "ls-rows"}),
        error_messages={
            "null_characters_not_allowed": "There is a character in the rows that no table holds. Copy them anew.",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].label, self.fields["file"].help_text = self.file_label, self.file_help
        self.fields["pasted"].widget.attrs["rows"] = self.rows_shown

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and not file.name.lower().endswith((".csv", ".xlsx")):
            raise ValidationError("Choose a CSV file (.csv) or an Excel workbook (.xlsx).")
        return file

    def clean_pasted(self):
        if len(self.cleaned_data["pasted"]) > self.longest:
            raise ValidationError(self.too_much)
        return self.cleaned_data["pasted"]

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        file, pasted = cleaned.get("file"), cleaned.get("pasted") or ""
        if file and pasted.strip():
            self.add_error("file", "Choose a file or paste rows, not both: empty the box below, or choose no file.")
        elif file:
            self.take(cleaned, file, file.name, "file")
        elif not pasted.strip():
            self.add_error("file", "Choose the file, or paste its rows below.")
        elif self.pasted_as:
            self.take(cleaned, io.BytesIO(pasted.encode("utf-8", "replace")), self.pasted_as, "pasted")
        return cleaned

    def take(self, cleaned, source, name, box):
        cleaned["pasted"], problems = self.read(cleaned, source, name)
        for problem in problems:
            self.add_error(box, problem)
        if len(cleaned.get("pasted", "")) > self.longest:
            self.add_error(box, self.too_much)
        if not self.errors and not cleaned["pasted"].strip():
            self.add_error(box, "The file has no rows.")
