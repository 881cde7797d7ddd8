from accounts.rows_form import RowsForm
from pupils.collecting.rows import LONGEST, TOO_MUCH, text_of


class GradesForm(RowsForm):
    """The grades of many partnerships."""

    file_label = "The file with the grades"
    file_help = (
        "The template filled in, as CSV or Excel workbook (.xlsx); or any file with columns for partnership, pupil "
        "reference, data point and grade."
    )
    longest, too_much, rows_shown, pasted_as = LONGEST, TOO_MUCH, 12, "pasted.csv"

    def read(self, cleaned, source, name):
        text, problems, cleaned["ignored"] = text_of(source, name)
        return text, problems
