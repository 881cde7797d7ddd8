from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import BinaryField, ExpressionWrapper, F

from pupils.models import TargetPupil
from pupils.upn import decrypt, needs_newest_key

BATCH = 500


class Command(BaseCommand):
    help = "Encrypt every UPN with the newest of UPN_KEYS. Can be stopped and run again; then the old keys may go."

    def handle(self, *args, **options):
        done = unreadable = last = 0
        while batch := rows_after(last):
            changed, lost = rotate(batch)
            done, unreadable, last = done + changed, unreadable + lost, batch[-1]
        self.stdout.write(f"{done:,} UPNs were encrypted anew with the newest key.")
        if unreadable:
            raise CommandError(f"{unreadable:,} UPNs could not be read with any key of UPN_KEYS: put the old key back.")


def rows_after(last):
    rows = TargetPupil.objects.filter(pk__gt=last).exclude(upn_index=None)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def rotate(batch):
    """How many of these rows were encrypted anew, and how many no key can read."""
    stored = ExpressionWrapper(F("upn"), output_field=BinaryField())
    rows = TargetPupil.objects.filter(pk__in=batch).select_for_update().order_by("pk").values_list("pk", stored)
    changed, lost = [], 0
    for pk, ciphertext in rows:
        if not needs_newest_key(ciphertext):
            continue
        try:
            changed.append(TargetPupil(pk=pk, upn=decrypt(ciphertext)))
        except RuntimeError:
            lost += 1
    TargetPupil.objects.bulk_update(changed, ["upn"])
    return len(changed), lost
