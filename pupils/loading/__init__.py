"""Loading a programme from a folder of files: everything or nothing, and twice is once.

`programme_file` and `rows` say what each file must be, `folder` reads them, `checks` compares them with one another and
with the database, `writing` brings the database to what they say and keeps account of it.
"""

from pathlib import Path

from django.db import connection, transaction

from papers.sheets import Problems
from pupils.loading.account import Account
from pupils.loading.checks import check
from pupils.loading.folder import read_folder
from pupils.loading.writing import write

__all__ = ["Account", "load_programme"]


def load_programme(folder: Path | str) -> Account:
    """Bring the database to what the folder says. Raises papers.sheets.Refused with every problem, nothing changed.

    One load at a time: a second one waits for the first, and checks against what that has written.
    """
    problems = Problems()
    files = read_folder(Path(folder), problems)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('load_programme'))")
        check(files, problems)
        problems.refuse()
        return write(files)
