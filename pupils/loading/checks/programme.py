"""programme.toml, and the timetable that belongs to it."""

from collections import Counter

from papers.sheets import quote
from papers.templatetags.plain import year_words
from programmes.models import DataPoint, Programme, SuccessCriterion
from pupils import scales
from pupils.loading.checks.sheet import Sheet
from pupils.loading.programme_file import ProgrammeFile, hint
from pupils.models import Assessment, FrozenFigures


def check_programme(files, problems):
    programme, sheet = files.programme, Sheet(files, "programme.toml", problems)
    if programme is None:
        return
    if FrozenFigures.objects.filter(programme__slug=programme.slug).exists():
        sheet.wrong(
            None,
            "slug",
            "The pupil data of this programme was erased, and its results stand as they were frozen.",
            "Give the programme another slug.",
        )
    check_data_points(programme, sheet)
    measures = [criterion.measure for criterion in programme.success_criteria]
    if len(set(measures)) < len(measures):
        sheet.wrong(None, "success_criteria", "A success criterion stands twice.", "Keep one of each.")
    check_expectations(programme, sheet)
    if (
        SuccessCriterion.Measure.ABOVE_EXPECTED_RATE in measures
        and scales.description(programme.assessment.scale)["has_points"]
        and programme.assessment.expected_points is None
    ):
        key = "assessment.expected_points"
        sheet.wrong(
            None,
            key,
            "This setting is missing: the success criterion above_expected_rate cannot be judged without it.",
            hint(key, files.ignored.get("programme.toml", [])) or "Add it, or leave the success criterion out.",
        )
    check_scale_of_what_stays(files, sheet)
    standing = Programme.objects.filter(slug=programme.slug).select_related("organisation").first()
    if standing and not is_of_organiser(standing.organisation, programme):
        sheet.wrong(
            None,
            "slug",
            f"The slug {quote(programme.slug)} belongs to a programme of another organisation.",
            "Choose another slug.",
        )


def check_scale_of_what_stays(files, sheet):
    """There are no results of two scales: the scale may change only where the file grades every place anew."""
    programme, scale = files.programme, files.programme.assessment.scale
    others = Assessment.objects.filter(place__partnership__programme__slug=programme.slug, grade__isnull=False)
    others = others.exclude(grade__scale__name=scale).values_list(
        "place__pupil__ref",
        "place__partnership__ref",
        "place__partnership__subject",
        "data_point",
        "grade__scale__name",
    )
    others = list(others)
    if not others:
        return
    # A place is known by its pupil and its subject, as in writing: its partnership may change.
    subjects = {row.ref: row.subject.casefold() for _, row in files.partnerships}
    given = {
        (row.pupil, subjects.get(row.partnership, row.subject.casefold()), row.data_point.casefold())
        for _, row in files.assessments
    }
    matched, _ = match_data_points(DataPoint.objects.filter(programme__slug=programme.slug), programme)
    names = {point.pk: name.casefold() for name, point in matched.items()}
    stay = Counter(
        before
        for pupil, ref, subject, point, before in others
        if (pupil, subjects.get(ref, subject.casefold()), names.get(point)) not in given
    )
    for before, number in stay.items():
        sheet.wrong(
            None,
            "assessment.scale",
            f"{number:,} grade{' was' if number == 1 else 's were'} loaded earlier on the scale {before} and "
            f"stand{'s' * (number == 1)} in no row of assessments.csv: grades of two scales give no results.",
            f"Keep the scale {before}, or give every grade on the scale {scale}.",
        )


def have_one_name(programme):
    """Whether two data points go by one name, so that a name in another file tells nothing."""
    names = [point.name.casefold() for point in programme.data_points]
    return len(set(names)) < len(names)


def check_data_points(programme, sheet):
    days = [point.due_on for point in programme.data_points]
    for place, day in enumerate(days, 1):
        sheet.in_year(None, f"data_points[{place}].due_on", day)
    if have_one_name(programme):
        sheet.wrong(None, "data_points", "Two data points have one name.", "Give each its own.")
    elif days != sorted(set(days)):
        sheet.wrong(
            None, "data_points", "The data points are not in the order of their days.", "Give each a later day."
        )
    else:
        _, gone = match_data_points(DataPoint.objects.filter(programme__slug=programme.slug), programme)
        for row in gone:
            sheet.wrong(
                None,
                "data_points",
                f"The programme has a data point {quote(row.name)} on {row.due_on:%d/%m/%Y}, which is not here.",
                "Keep it: its name may change, or its day.",
            )


def match_data_points(standing, programme: ProgrammeFile) -> tuple[dict[str, DataPoint], list[DataPoint]]:
    """The standing row of each data point of the file by its name, and the rows that are none of them.

    One that was renamed is known by its day.
    """
    rows = list(standing)
    matched = {}
    for told_by in (lambda point: point.name.casefold(), lambda point: point.due_on):
        left = {told_by(row): row for row in rows if row not in matched.values()}
        for point in programme.data_points:
            if point.name not in matched and told_by(point) in left:
                matched[point.name] = left[told_by(point)]
    return matched, [row for row in rows if row not in matched.values()]


def check_expectations(programme, sheet):
    scale = programme.assessment.scale
    order = grades_in_order(scale)
    for year, pair in programme.assessment.expectations.items():
        column = f"assessment.expectations.{year}"
        codes = [scales.find(scale, grade) for grade in pair]
        for grade, code in zip(pair, codes, strict=True):
            if code is None:
                sheet.wrong(None, column, f"{quote(grade)} is not a grade of {scale}.", f"Use {some(order)}.")
        if None not in codes and order.index(codes[0]) > order.index(codes[1]):
            sheet.wrong(None, column, f"{year_words(year)} is exceeded before it is met.", "Swap the two grades.")


def grades_in_order(scale):
    return [grade["code"] for grade in scales.description(scale)["grades"]]


def some(codes):
    return ", ".join(codes) if len(codes) <= 20 else f"{', '.join(codes[:3])} ... {codes[-1]}"


def is_of_organiser(organisation, programme):
    if programme.local_authority:
        return organisation.la_code == programme.local_authority
    return (organisation.kind, organisation.name.casefold()) == (
        programme.organiser.kind,
        programme.organiser.name.casefold(),
    )


def check_timetable(files, problems):
    sheet = Sheet(files, "timetable.csv", problems)
    sheet.once(files.timetable, lambda row: row.order, "order", "Number the steps one by one.")
    for number, row in files.timetable:
        sheet.in_year(number, "window_start", row.window_start)
        sheet.in_year(number, "window_end", row.window_end)
