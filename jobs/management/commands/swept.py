from django.core.management.base import BaseCommand, CommandError

from jobs.tasks import seconds_since_sweep


class Command(BaseCommand):
    help = "Fail when the sweeper has not run for a minute: beat or the worker is down. A health check."

    def handle(self, *args, **options):
        ago = seconds_since_sweep()
        if ago is None or ago > 60:
            raise CommandError("The sweeper has not run for a minute. Look at beat and at the worker.")
        self.stdout.write(f"The sweeper ran {ago:.0f} seconds ago.")
