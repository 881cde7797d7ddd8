"""Loading a programme from a folder of files: everything or nothing, and twice is once.

`rows` says what a row of each file must be, `folder` reads them, `checks` compares the files with one another,
`writing` brings the database to what they say and keeps account of it.
"""

from pathlib import Path

from papers.sheets import Problems
from pupils.loading.checks import check
from pupils.loading.folder import read_folder
from pupils.loading.writing import Account, write

__all__ = ["Account", "load_programme"]


def load_programme(folder: Path | str) -> Account:
    """Bring the database to what the folder says. Raises papers.sheets.Refused with every problem, nothing changed."""
    problems = Problems()
    files = read_folder(Path(folder), problems)
    problems.refuse()
    check(files, problems)
    problems.refuse()
    return write(files)
