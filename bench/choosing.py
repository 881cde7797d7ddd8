"""A list of 10,000 pupils read, checked and written, beside django-import-export on 2,000 of the same rows, scaled."""

import csv
import io
import random

from django.db import transaction

from bench.county import build_county
from programmes.models import Programme
from pupils.choosing import services
from pupils.choosing.checking import check
from pupils.choosing.joining import BEGINNING
from pupils.choosing.reading import read_file
from pupils.models import Place, TargetPupil
from pupils.upn import check_letter

ROWS, OTHERS_ROWS = 10_000, 2_000
HEADER = ["Forename", "Surname", "Year group", "Class", "Sex", "Pupil premium", "SEN", "EAL", "UPN", "DOB"]
SYLLABLES = ["ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te"]


def choosing(seconds):
    rows = generate(ROWS)
    with transaction.atomic():
        figures = measured(seconds, rows)
        transaction.set_rollback(True)
    return figures


def generate(count, seed=1):
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        digits = f"199{number // 1000 + 10:02}{number:07}"
        first, last = ("".join(rng.choices(SYLLABLES, k=4)).title() for _ in range(2))
        given = [first, last, "5", "5B", rng.choice("FM"), rng.choice("YNU"), rng.choice("NKE"), rng.choice("YN")]
        rows.append([*given, check_letter(digits) + digits, "1/2/2016"])
    return rows


def as_file(rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *rows])
    return io.BytesIO(out.getvalue().encode())


def measured(seconds, rows):
    county = build_county(1)
    partnership = Programme.objects.get(pk=county.programme.pk).partnerships.select_related("programme").first()
    person = partnership.specialist.user
    read, content = seconds(lambda: read_file(as_file(rows), "list.csv", most=ROWS))
    content["joined"] = BEGINNING
    for row in content["rows"]:
        row["take"] = True
    checked, found = seconds(lambda: check(content, partnership, most=2 * ROWS))
    assert (len(found.added), found.wrong) == (ROWS, [])
    waiting = services.keep_list(person, partnership, content, pasted=False)
    written, _ = seconds(lambda: services.take(person, waiting, most=2 * ROWS))
    assert Place.objects.filter(partnership=partnership).count() >= ROWS
    theirs = others(seconds, partnership.programme, rows[:OTHERS_ROWS])
    return {
        "10,000 rows: read, check, and check again and write (s)": f"{read:.1f} + {checked:.1f} + {written:.1f}",
        "10,000 rows in all (s)": f"{read + checked + written:.1f}",
        "django-import-export, 2,000 rows: dry run + import (s)": f"{theirs[0]:.1f} + {theirs[1]:.1f}",
        "django-import-export, scaled to 10,000 rows (s)": f"{sum(theirs) * ROWS / OTHERS_ROWS:.1f}",
    }


def others(seconds, programme, rows):
    """The same pupils by its usual way: a resource with the same checks of cells, a dry run with a look, the import."""
    from import_export import fields, resources
    from tablib import Dataset

    from pupils.upn import clean_upn, upn_index

    class PupilResource(resources.ModelResource):
        ref = fields.Field(attribute="ref", column_name="ref")
        first_name = fields.Field(attribute="first_name", column_name="Forename")
        last_name = fields.Field(attribute="last_name", column_name="Surname")
        year_group = fields.Field(attribute="year_group", column_name="Year group")
        sex = fields.Field(attribute="sex", column_name="Sex")
        upn = fields.Field(attribute="upn", column_name="UPN")

        class Meta:
            model = TargetPupil
            fields = ("ref", "first_name", "last_name", "year_group", "sex", "upn")
            import_id_fields = ("ref",)
            clean_model_instances = True
            use_bulk = True

        def before_save_instance(self, instance, row, **kwargs):
            instance.upn = clean_upn(instance.upn)
            instance.upn_index = None

        def init_instance(self, row=None):
            return TargetPupil(programme=programme, upn_index=upn_index(row["UPN"]))

    table = Dataset(*([f"X{n}", *row] for n, row in enumerate(rows)), headers=["ref", *HEADER])
    resource = PupilResource()
    dry, result = seconds(lambda: resource.import_data(table, dry_run=True))
    assert not result.has_errors(), result.row_errors()[:1]
    done, _ = seconds(lambda: resource.import_data(table, dry_run=False))
    return dry, done
