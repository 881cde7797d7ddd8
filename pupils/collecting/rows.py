"""What a file of grades has for columns, and how long it may be."""

from papers.sheets import text_of as text_of_file

MOST_ROWS = 20_000
LONGEST = 2_000_000
TOO_MUCH = f"That is too much at once: at most {MOST_ROWS:,} rows. Send the partnerships of one area after the other."
REQUIRED = ["Partnership", "Pupil", "Data point", "Grade"]
OPTIONAL = ["Moderated", "Initials", "Year"]
ALIASES = {
    "Partnership": ["Partnership ref", "Partnership reference"],
    "Pupil": ["Pupil ref", "Pupil reference", "Reference"],
    "Data point": ["Point", "Term", "When"],
    "Grade": ["Level", "Mark", "Score", "Result", "Assessment"],
    "Year": ["Year group"],
}
UNUSED = ["Partner school"]  # of our own template


def text_of(file, name) -> tuple[str, list[str], list[str]]:
    """The rows as lines, why they are no table, and the columns that are not used."""
    columns = {column: ALIASES.get(column, []) for column in [*REQUIRED, *OPTIONAL]}
    return text_of_file(file, name, columns=columns, unused=UNUSED, max_bytes=5_000_000, max_rows=MOST_ROWS)
