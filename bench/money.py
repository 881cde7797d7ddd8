"""Money of a county of 500 schools in four stages: how each release stands, and a batch of 500 payments."""

import datetime as dt
import uuid

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import travel

from accounts.models import School
from funding.models import Payee
from funding.services import paying, releasing
from funding.standing import standing_of
from programmes.models import DataReturn
from tests.money.funded import IN_TIME, funded_programme

PARTNERSHIPS = 250  # each of a partner school and a specialist teacher's: 500 schools


def money(seconds):
    with transaction.atomic(), travel(IN_TIME, tick=True):
        few = queries_of(funded_programme(1).plan)
        figures = measured(seconds, few)
        transaction.set_rollback(True)
    return figures


def queries_of(plan):
    standing_of(plan)
    with CaptureQueriesContext(connection) as queries:
        standing_of(plan)
    return len(queries)


def measured(seconds, few):
    county = funded_programme(PARTNERSHIPS, budget="9000000.00")
    hand_all_in(county)
    many = queries_of(county.plan)
    readiness, standing = seconds(lambda: standing_of(county.plan), 5)
    rows = standing.of(stage=county.stages[0], word="ready")
    schools = {row.school.pk for row in standing.rows}
    seen = {row.release.pk: row.amount for row in rows}
    approved, _ = seconds(lambda: releasing.approve(county.Tom, county.plan, seen, uuid.uuid4()))
    pay_all(county, schools)
    choice = paying.choose(county.Ruth, county.organisation)
    pays = {release.pk: group.payee.pk for group in choice.groups for release in group.releases}
    authorised, batch = seconds(lambda: paying.authorise(county.Ruth, county.organisation, pays, uuid.uuid4()))
    answers = [paying.Answered(row, True, dt.date(2027, 1, 27)) for row in batch.payments.all()]
    taken, _ = seconds(lambda: paying.take_answers(county.Ruth, batch, answers))
    return {
        f"{len(schools)} schools x 4 stages, how all {len(standing.rows):,} releases stand (s)": readiness,
        "the same in queries, beside one partnership": f"{many} and {few}",
        f"{len(rows)} releases approved (s)": approved,
        f"a batch of {batch.payments.count()} payments authorised, with its file (s)": authorised,
        "finance's answer to all of them taken (s)": taken,
    }


def hand_all_in(county):
    rows = DataReturn.objects.filter(partnership__programme=county.programme, data_point=county.points[0])
    teacher = county.partnerships[0].specialist.user
    rows.update(assessed=4, state="submitted", submitted_at=IN_TIME, submitted_by=teacher)


def pay_all(county, schools):
    Payee.objects.bulk_create(
        Payee(
            organisation=county.organisation,
            school=school,
            name=school.name,
            route="journal",
            code=f"E{school.urn}",
            since=dt.date(2026, 9, 1),
            entered_by=county.Ruth,
            confirmed_by=county.Una,
            confirmed_at=timezone.now(),
        )
        for school in School.objects.filter(pk__in=schools)
    )
