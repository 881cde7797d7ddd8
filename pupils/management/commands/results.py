import json

from django.core.management.base import BaseCommand, CommandError

from programmes.models import Programme
from pupils.figures import TwoScales
from pupils.results import as_json


class Command(BaseCommand):
    help = "Print a programme's results as JSON, never suppressed: for the administrator."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("--json", action="store_true", help="JSON is the only form there is")

    def handle(self, *args, slug, **options):
        programme = Programme.objects.filter(slug=slug).first()
        if programme is None:
            known = ", ".join(Programme.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no programme {slug!r}. Programmes: {known}.")
        try:
            figures = as_json(programme)
        except TwoScales as error:
            raise CommandError(f"There is no result: {error}.") from None
        self.stdout.write(json.dumps(figures, indent=1, ensure_ascii=False))
