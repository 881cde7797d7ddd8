import datetime as dt

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.demo import load_demo


class Command(BaseCommand):
    help = "Load the demonstration programmes, dated around today. What is there already stays as it is."
    requires_system_checks = []  # every start of the demo runs it, and `make test` checks

    def add_arguments(self, parser):
        parser.add_argument("--today", type=dt.date.fromisoformat, help="pretend it is this day (YYYY-MM-DD)")

    def handle(self, *args, today, **options):
        if not settings.DEMO:
            raise CommandError(
                "The demonstration lets its people in without a password: it is loaded only with DEMO=true."
            )
        added = load_demo(today or timezone.localdate())
        self.stdout.write(f"Loaded: {', '.join(added)}." if added else "The demonstration is there already.")
