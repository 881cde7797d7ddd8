from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from papers.sheets import Refused
from pupils.loading import load_programme

SHOWN = 100
PLURALS = {"person": "people", "success criterion": "success criteria"}


class Command(BaseCommand):
    help = "Load a programme from a folder of files. Everything or nothing; a second time changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("folder", help="the folder with programme.toml, schools.csv and the other files")

    def handle(self, *args, folder, **options):
        try:
            account = load_programme(folder)
        except Refused as refused:
            self.stderr.write(refused.problems.as_table(total=False))
            raise CommandError(str(refused)) from None
        except DatabaseError as error:
            raise CommandError(f"The database refused the rows: {refusal(error)}. Nothing was changed.") from None
        self.stdout.write(f"{account.programme.name} ({account.programme.slug})")
        self.stdout.write(in_words(account))
        for file, columns in account.ignored.items():
            self.stdout.write(f"{file}: not used: {', '.join(columns)}")
        for file, encoding in account.encodings.items():
            if not encoding.startswith("UTF-8"):
                self.stdout.write(f"{file}: read as {encoding}")
        for file, columns in account.not_understood.items():
            cells = ", ".join(f"{column} ({n:,} cell{'s' * (n != 1)})" for column, n in columns.items())
            self.stdout.write(f"{file}: not understood and left blank: {cells}")
        if account.changed_nothing:
            self.stdout.write("Nothing has changed.")
        if account.added:
            self.stdout.write(f"Added: {listed(account.added)}.")
        if account.updated:
            self.stdout.write(f"Changed: {listed(account.updated)}.")
            for line in account.changed[:SHOWN]:
                self.stdout.write(f"  {line}")
            if len(account.changed) > SHOWN:
                self.stdout.write(f"  and {len(account.changed) - SHOWN:,} more")
        if account.left:
            self.stdout.write(f"In no file any more, and left as they are: {listed(account.left)}.")


def refusal(error):
    """The database's reason without its details, which quote the row: it may be a pupil's."""
    diagnosis = getattr(error.__cause__, "diag", None)
    about = [diagnosis.constraint_name, diagnosis.table_name] if diagnosis else []
    return " of ".join(part for part in about if part) or type(error).__name__


def listed(counter):
    return ", ".join(f"{n:,} {name if n == 1 else PLURALS.get(name, name + 's')}" for name, n in counter.items())


def in_words(account):
    """103 schools, 50 specialist teachers, 50 partnerships (47 completed, 3 folded), 169 pupils, 676 assessments"""
    words = {name: f"{n:,} {name if n != 1 else name.removesuffix('s')}" for name, n in account.counts.items()}
    if account.statuses:
        words["partnerships"] += f" ({', '.join(f'{n:,} {status}' for status, n in account.statuses.items())})"
    if account.counts["places"] == account.counts["pupils"]:
        del words["places"]
    return ", ".join(words.values())
