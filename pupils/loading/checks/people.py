"""Schools, specialist teachers, partnerships, and who is who."""

from accounts.models import School, User
from papers.sheets import quote
from papers.templatetags.plain import year_words
from programmes.models import Partnership, SpecialistTeacher
from programmes.models.partnerships import NOT_AGREED
from pupils.loading.checks.sheet import Sheet

ENDS = {"ended_on": None, "reason": ""}
ENDED = {Partnership.Status.COMPLETED, Partnership.Status.EMBEDDING, Partnership.Status.FOLDED}
FIRST_SECONDARY_YEAR = 7


def check_schools(files, problems):
    sheet = Sheet(files, "schools.csv", problems)
    sheet.once(files.schools, lambda row: row.urn, "URN", "Keep the row that is right.", "The URN {}".format)


def schools_named(files, urns):
    """The schools of these numbers that are known, each with its LA code, status and closing day by URN."""
    standing = {school.urn: school for school in School.objects.filter(urn__in=urns)}
    given = {row.urn: row for _, row in files.schools}
    if "closed_on" in files.absent("schools.csv"):
        for urn in standing.keys() & given.keys():
            given[urn] = given[urn].model_copy(update={"closed_on": standing[urn].closed_on})
    return standing | given


def ending(row, standing, absent):
    """The last day and the reason of a partnership: those of the file, or as they stand where it has no such column."""
    runs_again = standing is not None and standing.status in ENDED and row.status not in ENDED
    given = {}
    for column, blank in ENDS.items():
        stays = column in absent and standing is not None and not runs_again
        given[column] = getattr(standing if stays else row, column) or blank
    return given


def check_specialists(files, problems):
    sheet = Sheet(files, "specialist_teachers.csv", problems)
    sheet.once(files.specialists, lambda row: row.ref, "ref")
    sheet.once(
        files.specialists,
        lambda row: row.email.lower(),
        "email",
        "Give each specialist teacher an email address of their own.",
    )
    schools = schools_named(files, {row.home_school_urn for _, row in files.specialists})
    known_as = {}
    if files.programme:
        standing = SpecialistTeacher.objects.filter(programme__slug=files.programme.slug)
        known_as = dict(standing.values_list("user__email", "ref"))
    for number, row in files.specialists:
        if row.home_school_urn not in schools:
            unknown_school(files, sheet, number, "home_school_urn", row.home_school_urn)
        before = known_as.pop(row.email.lower(), row.ref)
        if before != row.ref:
            sheet.wrong(
                number,
                "ref",
                f"This person was loaded as {quote(before)} before.",
                "Keep the references as they were: they tell who is who.",
            )


def unknown_school(files, sheet, number, column, urn):
    if files.lacks("schools.csv", (urn,)):
        sheet.wrong(
            number,
            column,
            f"There is no school with the URN {quote(urn)}.",
            "Correct the URN, or add the school to schools.csv.",
        )


def check_partnerships(files, problems):
    sheet, programme = Sheet(files, "partnerships.csv", problems), files.programme
    schools = schools_named(files, {row.partner_school_urn for _, row in files.partnerships})
    sheet.once(files.partnerships, lambda row: row.ref, "ref")
    some_own = check_authority(files, schools, problems)
    absent, standing = files.absent("partnerships.csv"), {}
    if programme and absent & ENDS.keys():
        standing = {row.ref: row for row in Partnership.objects.filter(programme__slug=programme.slug)}
    for number, row in files.partnerships:
        if files.lacks("specialist_teachers.csv", (row.specialist_teacher,)):
            sheet.wrong(
                number,
                "specialist_teacher",
                f"There is no specialist teacher {quote(row.specialist_teacher)}.",
                "Use a ref of specialist_teachers.csv.",
            )
        if row.partner_school_urn in schools:
            ended_on = ending(row, standing.get(row.ref), absent)["ended_on"]
            check_partner_school(sheet, number, row, schools[row.partner_school_urn], ended_on, some_own)
        else:
            unknown_school(files, sheet, number, "partner_school_urn", row.partner_school_urn)
        if programme and row.subject.casefold() not in {subject.casefold() for subject in programme.subjects}:
            sheet.wrong(
                number,
                "subject",
                f"{quote(row.subject)} is not a subject of the programme.",
                f"Use one of: {', '.join(programme.subjects)}.",
            )
        if programme and row.year_group not in programme.year_groups:
            sheet.wrong(
                number,
                "year_group",
                f"{year_words(row.year_group)} is not one of the programme's year groups {programme.years_in_words}.",
                "Correct the cell, or add the year group to programme.toml.",
            )
        if row.status == Partnership.Status.FOLDED:
            check_folded(sheet, number, ending(row, standing.get(row.ref), absent))
        if row.ended_on and row.status not in ENDED:
            sheet.wrong(number, "ended_on", f"A partnership that is {row.status} has no last day.", "Clear the cell.")
        sheet.in_year(number, "ended_on", row.ended_on)
        check_partner_teacher(sheet, number, row)


def check_folded(sheet, number, given):
    for column, what in {"ended_on": "last day", "reason": "reason"}.items():
        if not given[column]:
            sheet.wrong(number, column, f"A partnership that folded needs a {what}.", "Fill it in.")


def check_authority(files, schools, problems):
    """Whether the programme may have any of the schools. If not, every partner school is a foreign one: said once."""
    sheet, programme = Sheet(files, "programme.toml", problems), files.programme
    if not programme or not files.schools:
        return True
    found = any(programme.takes_schools_of(school.la_code) for school in schools.values())
    if not found:
        sheet.wrong(
            None,
            "local_authority",
            f"No school of schools.csv has the LA code {programme.local_authority}.",
            "Correct the code, or add the schools of the LA.",
        )
    return found


def check_partner_school(sheet, number, row, school, ended_on, some_own):
    programme = sheet.programme

    def wrong(what, mend):
        sheet.wrong(number, "partner_school_urn", f"The school {school.urn} {what}.", mend)

    if some_own and programme and not programme.takes_schools_of(school.la_code):
        wrong(
            f"belongs to LA {school.la_code}, not to {programme.local_authority}",
            "Choose a school of the LA, or set other_authorities = true in programme.toml.",
        )
    if school.phase.casefold() == "secondary" and row.year_group < FIRST_SECONDARY_YEAR:
        wrong(
            f"is a secondary school and has no {year_words(row.year_group)}",
            "Choose a school that has this year group.",
        )
    stays_until = ended_on or (programme and programme.ends_on)
    if school.status == School.Status.PROPOSED:
        wrong("is not open yet", "Choose another.")
    elif school.status == School.Status.CLOSED and not (
        school.closed_on and stays_until and school.closed_on >= stays_until
    ):
        wrong(
            f"closed on {school.closed_on:%d/%m/%Y}" if school.closed_on else "is closed",
            "Choose an open school, or its successor.",
        )


def check_partner_teacher(sheet, number, row):
    teacher = {
        "partner_teacher_first_name": row.partner_teacher_first_name,
        "partner_teacher_last_name": row.partner_teacher_last_name,
        "partner_teacher_email": row.partner_teacher_email,
    }
    if row.status not in NOT_AGREED or any(teacher.values()):
        for column, value in teacher.items():
            if not value:
                sheet.wrong(
                    number, column, "The cell is empty.", "Fill it in: the partner teacher is one side of the pair."
                )


def people(files):
    """Everyone the folder names: file, row number, column of the address, address, first and last name."""
    for number, row in files.specialists:
        yield "specialist_teachers.csv", number, "email", row.email, row.first_name, row.last_name
    for number, row in files.partnerships:
        if row.partner_teacher_email:
            yield (
                "partnerships.csv",
                number,
                "partner_teacher_email",
                row.partner_teacher_email,
                row.partner_teacher_first_name,
                row.partner_teacher_last_name,
            )


def check_people(files, problems):
    """One address is one person: the same name wherever it stands. (Two specialist teachers never share one.)

    Someone who signs in may have corrected their name since, but hardly both parts of it.
    """
    first = {}
    for name, number, column, email, *names in people(files):
        file, row, _, known = first.setdefault(email.lower(), (name, number, column, names))
        differ = [part.casefold() for part in known] != [part.casefold() for part in names]
        if differ and name != "specialist_teachers.csv":
            Sheet(files, name, problems).wrong(
                number,
                column,
                f"{quote(email)} belongs to {' '.join(known)} in row {row} of {file}.",
                "Give each person one address, spelt with one name.",
            )
    for user in User.objects.filter(email__in=first, is_active=True):
        file, row, column, names = first[user.email]
        if {user.first_name.casefold(), user.last_name.casefold()}.isdisjoint(part.casefold() for part in names):
            Sheet(files, file, problems).wrong(
                row,
                column,
                f"{quote(user.email)} is the address of someone with another name, who signs in with it.",
                "Correct the address or the name.",
            )
