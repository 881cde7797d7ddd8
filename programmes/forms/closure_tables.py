from django import forms
from django.core.exceptions import ValidationError

from accounts.boxes import TextArea
from programmes import closure_tables


class ClosureTableForm(forms.Form):
    """The calendars of many schools: rows that are pasted, or a file, whose rows then stand in the box."""

    pasted = forms.CharField(
        label="Rows from a spreadsheet",
        required=False,
        max_length=closure_tables.LONGEST,
        strip=False,  # so that row 1 is the first line of the box
        widget=TextArea(attrs={"rows": 12, "spellcheck": "false", "wrap": "off", "class": "ls-pasted"}),
        error_messages={"max_length": "That is too much at once: paste some hundred rows, save them, and go on."},
    )
    file = forms.FileField(
        label="Or a file",
        required=False,
        help_text="A CSV file or an Excel workbook (.xlsx), whose first sheet has these columns.",
        error_messages={"empty": "The file is empty. Check that it was saved."},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and not file.name.lower().endswith((".csv", ".xlsx")):
            raise ValidationError("Choose a CSV file (.csv) or an Excel workbook (.xlsx).")
        return file

    def clean(self):
        cleaned = super().clean()
        if file := cleaned.get("file"):
            cleaned["pasted"], problems = closure_tables.text_of(file, file.name)
            for problem in problems:
                self.add_error("file", problem)
            if not problems and not cleaned["pasted"].strip():
                self.add_error("file", "The file has no rows.")
        elif not self.errors and not cleaned.get("pasted", "").strip():
            self.add_error("pasted", "Paste the rows, or choose a file.")
        return cleaned
