from django.core.management.base import BaseCommand, CommandError

from papers.sheets import Refused
from pupils.loading import load_programme

SHOWN = 100


class Command(BaseCommand):
    help = "Load a programme from a folder of files. Everything or nothing; a second time changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("folder", help="the folder with programme.toml, schools.csv and the other files")

    def handle(self, *args, folder, **options):
        try:
            account = load_programme(folder)
        except Refused as refused:
            self.stderr.write(refused.problems.as_table())
            raise CommandError(f"{refused}") from None
        self.stdout.write(f"{account.programme.name} ({account.programme.slug})")
        self.stdout.write(in_words(account.counts))
        for file, columns in account.ignored.items():
            self.stdout.write(f"{file}: these columns are not used: {', '.join(columns)}")
        for file, encoding in account.encodings.items():
            if encoding not in {"UTF-8", "UTF-8 with BOM"}:
                self.stdout.write(f"{file}: read as {encoding}")
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


PLURALS = {"person": "people", "success criterion": "success criteria", "partnership": "partnerships"}


def listed(counter):
    return ", ".join(f"{n:,} {name if n == 1 else PLURALS.get(name, name + 's')}" for name, n in counter.items())


def in_words(counts):
    """103 schools, 50 specialist teachers, 50 partnerships (47 completed, 3 folded), 169 pupils, 676 assessments"""
    fixed = ("schools", "specialist teachers", "partnerships", "pupils", "places", "assessments")
    statuses = ", ".join(f"{n:,} {name}" for name, n in counts.items() if name not in fixed)
    words = {name: f"{counts[name]:,} {name if counts[name] != 1 else name.removesuffix('s')}" for name in fixed}
    if statuses:
        words["partnerships"] += f" ({statuses})"
    if counts["places"] == counts["pupils"]:
        del words["places"]
    return ", ".join(words.values())
