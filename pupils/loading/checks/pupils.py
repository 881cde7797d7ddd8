"""Pupils, places and assessments. What stands in a cell is not repeated unless it is a reference that is known."""

from collections import defaultdict

from papers.sheets import quote
from papers.templatetags.plain import year_words
from pupils import scales
from pupils.loading.checks.programme import grades_in_order, have_one_name, some
from pupils.loading.checks.sheet import Sheet
from pupils.models import TargetPupil
from pupils.upn import upn_index

SAME = ("upn", "first_name", "last_name", "year_group", "sex", "pupil_premium", "sen", "eal")


def check_pupils(files, problems):
    sheet = Sheet(files, "pupils.csv", problems)
    partnerships = {row.ref: row for _, row in files.partnerships}
    sheet.once(
        files.pupils,
        lambda row: (row.pupil, row.partnership),
        "pupil",
        "Keep one row for each pupil of a partnership.",
    )
    strange_years = years_without_expectation(files)
    said, subjects = defaultdict(dict), defaultdict(dict)
    for number, row in files.pupils:
        for column in SAME:
            if column in row.model_fields_set:
                at, first = said[row.pupil].setdefault(column, (number, getattr(row, column)))
                if getattr(row, column) != first:
                    sheet.wrong(
                        number,
                        column,
                        f"Pupil {quote(row.pupil)} has another {column} in row {at}.",
                        "Make the rows of one pupil alike, or give the other pupil a reference of their own.",
                    )
        if row.year_group in strange_years:
            sheet.wrong(
                number,
                "year_group",
                f"{year_words(row.year_group)} is not one of the programme's year groups "
                f"{files.programme.years_in_words}, and has no expectation.",
                "Correct the cell, or add the year group to programme.toml.",
            )
        if files.lacks("partnerships.csv", (row.partnership,)):
            sheet.wrong(
                number,
                "partnership",
                "There is no partnership with this reference.",
                "Use a ref of partnerships.csv.",
            )
        if partnership := partnerships.get(row.partnership):
            subject = partnership.subject.casefold()
            at, ref = subjects[row.pupil].setdefault(subject, (number, row.partnership))
            if ref != row.partnership:
                sheet.wrong(
                    number,
                    "partnership",
                    f"Pupil {quote(row.pupil)} has a place in {partnership.subject} already, in row {at}.",
                    "A pupil has one place in a subject: keep one of the two.",
                )


def years_without_expectation(files):
    """The pupils' year groups that cannot be judged, in a programme that judges its own."""
    programme = files.programme
    if programme is None or not programme.assessment.shipped_expectations:
        return set()
    taught, own = {row.year_group for _, row in files.pupils}, set(programme.year_groups)
    given = programme.assessment.expectations.keys()
    judged = scales.expectations(programme.assessment.scale, taught | own).keys() | given
    return taught - own - judged if judged & own else set()


def check_upns(files, problems):
    """A UPN is one pupil's, in the file and among those loaded before who are not in it."""
    sheet, first = Sheet(files, "pupils.csv", problems), {}
    for number, row in files.pupils:
        if row.upn:
            at, ref = first.setdefault(row.upn, (number, row.pupil))
            if ref != row.pupil:
                sheet.wrong(
                    number,
                    "upn",
                    f"The UPN of pupil {quote(row.pupil)} is that of another pupil, in row {at}.",
                    "Correct the one that is wrong.",
                )
    if not files.programme:
        return
    others = TargetPupil.objects.filter(programme__slug=files.programme.slug, upn_index__isnull=False)
    others = others.exclude(ref__in=files.pupils_by_ref)
    taken = {bytes(index): ref for index, ref in others.values_list("upn_index", "ref")}
    for upn, (number, ref) in first.items():
        if holder := taken.get(upn_index(upn)):
            sheet.wrong(
                number,
                "upn",
                f"The UPN of pupil {quote(ref)} is that of pupil {quote(holder)}, loaded earlier.",
                "Correct the one that is wrong.",
            )


def check_assessments(files, problems):
    sheet, programme = Sheet(files, "assessments.csv", problems), files.programme
    subjects = {subject.casefold() for subject in programme.subjects} if programme else set()
    partnerships = {row.ref: row for _, row in files.partnerships if row.subject.casefold() in subjects}
    sheet.once(
        files.assessments,
        lambda row: (row.pupil, row.partnership, row.data_point.casefold()),
        "pupil",
        "Keep one row for each place and data point.",
    )
    for number, row in files.assessments:
        partnership = partnerships.get(row.partnership)
        if files.lacks("pupils.csv", (row.pupil, row.partnership)):
            sheet.wrong(
                number,
                "pupil",
                "This pupil has no place in this partnership.",
                "Correct the references, or add the place to pupils.csv.",
            )
        elif partnership and row.subject.casefold() != partnership.subject.casefold():
            sheet.wrong(
                number,
                "subject",
                f"Partnership {quote(row.partnership)} studies {partnership.subject}, which is not what stands here.",
                f"Write {partnership.subject}, or correct the partnership.",
            )
        if programme:
            check_assessment(sheet, number, row, programme)


def check_assessment(sheet, number, row, programme):
    if not have_one_name(programme) and row.data_point.casefold() not in {
        point.name.casefold() for point in programme.data_points
    }:
        sheet.wrong(
            number,
            "data_point",
            "There is no data point of this name.",
            f"Use one of: {', '.join(point.name for point in programme.data_points)}.",
        )
    scale = programme.assessment.scale
    if row.grade and scales.find(scale, row.grade) is None:
        sheet.wrong(number, "grade", f"This is not a grade of {scale}.", f"Use {some(grades_in_order(scale))}.")
    sheet.in_year(number, "assessed_on", row.assessed_on)
