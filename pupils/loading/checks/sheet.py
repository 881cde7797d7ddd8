from papers.sheets import Problems
from pupils.loading.folder import Folder


class Sheet:
    """One file while it is checked: where its problems go, and the questions asked of several files."""

    def __init__(self, files: Folder, name: str, problems: Problems):
        self.programme = files.programme
        self.headers = files.headers.get(name, {})
        self.name = name
        self.problems = problems

    def wrong(self, row: int | None, column: str, what: str, mend: str):
        """A problem of a cell; its column goes by the name that it has in the file."""
        self.problems.add(self.name, what, mend, row, self.headers.get(column, column))

    def once(self, rows, key, column, mend="Delete the row, or give it a reference of its own.", named=None):
        """A problem for each further row of a key; `named` calls the key what it is."""
        first = {}
        for number, row in rows:
            at = first.setdefault(key(row), number)
            if at != number:
                what = named(key(row)) if named else "The same"
                self.wrong(number, column, f"{what} stands in row {at} already.", mend)

    def in_year(self, row, column, day):
        year = self.programme
        if year and self.name != "programme.toml" and not any(year.holds(point.due_on) for point in year.data_points):
            return  # the year itself is wrong, which is said of every data point
        if year and day and not year.holds(day):
            self.wrong(
                row,
                column,
                f"{day:%d/%m/%Y} is outside the programme's year {year.academic_year}.",
                f"Give a day from {year.starts_on:%d/%m/%Y} to {year.ends_on:%d/%m/%Y}.",
            )
