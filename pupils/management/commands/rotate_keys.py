from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import BinaryField, ExpressionWrapper, F, Value

from pupils.models import GradesFile, PupilList, TargetPupil
from pupils.upn import decrypt, encrypt, needs_newest_key

BATCH = 500


class Command(BaseCommand):
    help = "Encrypt every UPN with the newest of UPN_KEYS. Can be stopped and run again; then the old keys may go."

    def handle(self, *args, **options):
        numbers, lost = rotate_all(TargetPupil.objects.exclude(upn_index=None), "upn")
        waiting = [rotate_all(rows, "content") for rows in (PupilList.objects.waiting(), GradesFile.objects.all())]
        lists, lost_lists = (sum(numbers) for numbers in zip(*waiting, strict=True))
        self.stdout.write(f"{numbers:,} UPNs were encrypted anew with the newest key.")
        if lists:
            self.stdout.write(f"{lists:,} lists and files that wait were encrypted anew with the newest key.")
        if lost:
            raise CommandError(f"{lost:,} UPNs could not be read with any key of UPN_KEYS: put the old key back.")
        if lost_lists:
            raise CommandError(f"{lost_lists:,} lists and files could not be read with any key of UPN_KEYS.")


def rotate_all(rows, field):
    """How many rows were encrypted anew, and how many no key can read."""
    done = lost = last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        changed, unreadable = rotate(rows.model, field, batch)
        done, lost, last = done + changed, lost + unreadable, batch[-1]
    return done, lost


@transaction.atomic
def rotate(model, field, batch):
    stored = ExpressionWrapper(F(field), output_field=BinaryField())
    rows = model.objects.filter(pk__in=batch).select_for_update().order_by("pk").values_list("pk", stored)
    changed = lost = 0
    for pk, ciphertext in rows:
        if not ciphertext or not needs_newest_key(ciphertext):
            continue
        try:
            text = decrypt(ciphertext)
        except RuntimeError:
            lost += 1
            continue
        model.objects.filter(pk=pk).update(**{field: Value(encrypt(text), output_field=BinaryField())})
        changed += 1
    return changed, lost
