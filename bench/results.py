"""Results of 20,000 places: counted by the database, beside the same table by pandas from a CSV export."""

import csv
import random
import tempfile
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from django.db import connection, transaction

PLACES, PARTNERSHIPS = 20_000, 400
COUNTS = ["n", "pupils", "met", "met_pct", "exceeded", "exceeded_pct", "above", "above_pct", "mean"]


def results(seconds):
    from pupils.results import blocks, place_facts
    from pupils.tallies import tallied_blocks

    with transaction.atomic():
        programme = build()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        ours, named = seconds(lambda: tallied_blocks(programme), 5)
        places, same = seconds(lambda: blocks(place_facts(programme)), 3)
        assert same == named
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "places.csv"
            exported, _ = seconds(lambda: export(programme, path))
            theirs, table = seconds(lambda: by_pandas(path, 3), 3)
        transaction.set_rollback(True)
    assert table == {name: digits(b) for name, b in named.items()}, "pandas gives other digits"
    return {
        "counted by the database (s)": ours,
        "place by place in Python, as pages need them (s)": places,
        "pandas, from a CSV export of the places (s)": theirs,
        "the export that it needs (s)": exported,
        f"blocks that are equal to the digit, of {len(named)}": len(table),
    }


def build():
    from programmes.models import Expectation
    from pupils import scales
    from pupils.models import Assessment, Place, TargetPupil
    from tests.factories import (
        DataPointFactory,
        PartnershipFactory,
        ProgrammeFactory,
        SchoolFactory,
        SpecialistTeacherFactory,
    )

    chance = random.Random(20)
    programme = ProgrammeFactory(subjects=["maths", "reading", "writing"], year_groups=[3, 4, 5, 6])
    first, last = (
        DataPointFactory(programme=programme, name=name, due_on=on)
        for name, on in (("October", "2026-10-16"), ("Summer", "2027-06-25"))
    )
    scale = scales.load_scale("nc-sublevels")
    levels = scales.expectations("nc-sublevels", programme.year_groups)
    Expectation.objects.bulk_create(
        Expectation(programme=programme, year_group=year, met_from=met, exceeded_from=exceeded)
        for year, (met, exceeded) in levels.items()
    )
    specialist, school = SpecialistTeacherFactory(programme=programme), SchoolFactory()
    partnerships = [
        PartnershipFactory(
            programme=programme,
            specialist=specialist,
            partner_school=school,
            subject=chance.choice(programme.subjects),
        )
        for _ in range(PARTNERSHIPS)
    ]
    pupils = TargetPupil.objects.bulk_create(
        TargetPupil(programme=programme, ref=f"B{n}", year_group=chance.choice(programme.year_groups))
        for n in range(PLACES * 9 // 10)
    )
    # A tenth of the pupils has two places.
    half = len(partnerships) // 2
    taken = [(pupil, chance.choice(partnerships[:half])) for pupil in pupils]
    taken += [(pupil, chance.choice(partnerships[half:])) for pupil in pupils[: PLACES - len(pupils)]]
    places = Place.objects.bulk_create(Place(pupil=pupil, partnership=partnership) for pupil, partnership in taken)
    grades = list(scale.grades.order_by("position"))
    rows = []
    for place in places:
        start = chance.randrange(3, 10)
        for point, at in ((first, start), (last, start + chance.choice([0, 1, 1, 2, 2, 2, 3, -1]))):
            if chance.random() < 0.03:
                rows.append(Assessment(place=place, data_point=point, reason="absent"))
            else:
                rows.append(Assessment(place=place, data_point=point, grade=grades[at]))
    Assessment.objects.bulk_create(rows, batch_size=5000)
    programme.refresh_from_db()
    return programme


def export(programme, path):
    """What a coordinator could take out: a row for each place with its points and the level of its year in points."""
    from pupils.models import Grade
    from pupils.results import place_facts

    points = dict(Grade.objects.filter(scale__name=programme.scale).values_list("position", "points"))
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["pupil", "subject", "year", "first", "last", "met_from", "exceeded_from"])
        for place in place_facts(programme):
            out.writerow(
                [
                    place.pupil,
                    place.subject,
                    place.year_group,
                    place.first.points if place.first else "",
                    place.last.points if place.last else "",
                    points[place.met_from],
                    points[place.exceeded_from],
                ]
            )


def by_pandas(path, expected):
    """The same table as an analyst would make it, who takes care to round half up."""
    import pandas

    rows = pandas.read_csv(path)
    rows = rows[rows["first"].notna() & rows["last"].notna()]
    rows = rows.assign(
        met=rows["last"] >= rows["met_from"],
        exceeded=rows["last"] >= rows["exceeded_from"],
        gain=(rows["last"] - rows["first"]).astype(int),
    )
    rows = rows.assign(above=rows["gain"] > expected)
    groups = [("all", rows)]
    groups += [(name, part) for name, part in rows.groupby("subject")]
    groups += [(f"year {year}", part) for year, part in rows.groupby("year")]
    groups += [(f"{name} year {year}", part) for (name, year), part in rows.groupby(["subject", "year"])]
    return {name: of_pandas(part) for name, part in groups}


def of_pandas(part):
    n = len(part)
    counts = [n, part["pupil"].nunique()]
    for question in ("met", "exceeded", "above"):
        of = int(part[question].sum())
        counts += [of, int((Decimal(100 * of) / n).quantize(Decimal(1), ROUND_HALF_UP))]
    mean = (Decimal(int(part["gain"].sum())) / n).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return dict(zip(COUNTS, [*counts, str(mean)], strict=True))


def digits(b):
    shares = [value for share in (b.met, b.exceeded, b.above) for value in (share.of, share.pct)]
    return dict(zip(COUNTS, [b.n, b.pupils, *shares, str(b.mean_points)], strict=True))
