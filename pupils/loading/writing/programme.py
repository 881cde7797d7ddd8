"""The schools, the organiser, the programme and what it consists of."""

import datetime as dt

from django.db.models import F

from accounts.models import Organisation, School
from papers.templatetags.plain import year_words
from programmes.models import DataPoint, Expectation, Programme, SuccessCriterion, TimetableStep
from pupils import scales
from pupils.loading.checks.programme import match_data_points


def write_schools(account, files):
    """The schools of the folder, and those it names that were known before, by URN."""
    wanted = {row.urn: row.model_dump() for _, row in files.schools}
    named = {row.home_school_urn for _, row in files.specialists}
    named |= {row.partner_school_urn for _, row in files.partnerships}
    standing = School.objects.in_bulk(wanted.keys() | named, field_name="urn")
    own = {urn: school for urn, school in standing.items() if urn in wanted}
    return standing | account.bring(School, "school", own, wanted, absent=files.absent("schools.csv"))


def write_organisation(account, files):
    given = files.programme
    if given.local_authority:
        organisation, new = Organisation.objects.get_or_create(
            la_code=given.local_authority, defaults={"kind": Organisation.Kind.LA, "name": authority_name(files)}
        )
    else:
        organisation, new = Organisation.objects.get_or_create(
            kind=given.organiser.kind, name__iexact=given.organiser.name, defaults={"name": given.organiser.name}
        )
    account.count("organisation", added=new)
    return organisation


def authority_name(files):
    """What the register calls the authority, unless another one goes by that name."""
    code = files.programme.local_authority
    name = next((row.la_name for _, row in files.schools if row.la_code == code), None)
    if name is None or Organisation.objects.filter(kind=Organisation.Kind.LA, name__iexact=name).exists():
        return f"Local authority {code}"
    return name


def write_programme(account, files, organisation):
    given, settings = files.programme, files.programme.assessment
    scales.load_scale(settings.scale)
    own_schools_only = given.local_authority is not None
    programme = account.bring(
        Programme,
        "programme",
        {row.slug: row for row in Programme.objects.select_for_update().filter(slug=given.slug)},
        {
            given.slug: {
                "slug": given.slug,
                "organisation": organisation,
                "name": given.name,
                "starts_on": given.starts_on,
                "ends_on": given.ends_on,
                "status": given.status,
                "subjects": given.subjects,
                "year_groups": given.year_groups,
                "scale": settings.scale,
                "expected_points": settings.expected_points,
                "other_authorities": not own_schools_only
                if given.other_authorities is None
                else given.other_authorities,
            }
        },
    )[given.slug]
    write_expectations(account, files, programme)
    write_data_points(account, given, programme)
    account.bring(
        SuccessCriterion,
        "success criterion",
        {row.measure: row for row in programme.success_criteria.all()},
        {row.measure: {"programme": programme} | row.model_dump() for row in given.success_criteria},
    )
    account.bring(
        TimetableStep,
        "timetable step",
        {row.order: row for row in programme.timetable.all()},
        {row.order: {"programme": programme} | row.model_dump() for _, row in files.timetable},
        absent=files.absent("timetable.csv"),
    )
    return programme


def write_expectations(account, files, programme):
    """Those of the file, and the scale's own for the other year groups that take part, unless the file wants none."""
    settings = files.programme.assessment
    taught = {row.year_group for _, row in files.pupils} | set(files.programme.year_groups)
    shipped = scales.expectations(settings.scale, taught) if settings.shipped_expectations else {}
    expectations = shipped | settings.expectations
    account.bring(
        Expectation,
        "expectation",
        {row.year_group: row for row in programme.expectations.all()},
        {
            year: {
                "programme": programme,
                "year_group": year,
                "met_from": scales.find(settings.scale, met),
                "exceeded_from": scales.find(settings.scale, exceeded),
            }
            for year, (met, exceeded) in sorted(expectations.items())
        },
        lambda year: f"for {year_words(year)}",
    )


def write_data_points(account, given, programme):
    standing, _ = match_data_points(programme.data_points.all(), given)
    wanted = {
        point.name: {"programme": programme, "name": point.name, "due_on": point.due_on} for point in given.data_points
    }
    # One may move to the day that another one leaves: park them far away before they take their days.
    moving = [row.pk for name, row in standing.items() if row.due_on != wanted[name]["due_on"]]
    DataPoint.objects.filter(pk__in=moving).update(due_on=F("due_on") + dt.timedelta(days=1_000_000))
    account.bring(DataPoint, "data point", standing, wanted)
