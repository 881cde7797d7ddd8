"""The demonstration: an evaluated programme of long ago, two running ones dated around today, and people to step into.

Everything goes in through the doors that real data uses: folders through `load_programme`, visits through the service.
All people, schools and numbers are invented.
"""

import datetime as dt
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import transaction

from programmes.models import Programme, academic_year
from pupils.loading import load_programme
from reports.demo.actions import plan_actions
from reports.demo.agreements import sign_agreements
from reports.demo.calendars import keep_calendars, keep_weeks
from reports.demo.changes import change_visits
from reports.demo.choosing import choose_pupils
from reports.demo.cover import say_who_covered
from reports.demo.events import hold_events
from reports.demo.findings import publish_findings
from reports.demo.folders import ESSEX, TRUST, write_folder
from reports.demo.headlines import publish_percentages
from reports.demo.life import live_through
from reports.demo.money import release_money
from reports.demo.pairing import let_one_be_disputed, let_one_wait_for_its_head, let_schools_wait
from reports.demo.people import give_roles
from reports.demo.plans import let_a_plan_wait
from reports.demo.records import write_records
from reports.demo.recruiting import recruit
from reports.demo.register import use_registers
from reports.demo.returns import enter_grades
from reports.demo.roster import leave_a_visit_out, let_people_in, nudge_lately
from reports.demo.setting_up import begin_the_next_year, enter_term_dates
from reports.demo.studies import study_lessons
from reports.demo.targets import aim
from reports.demo.visits import plan_visits

# What else a running programme consists of, once its people can sign in: (programme, today), in this order.
FURNISHED_WITH = [
    begin_the_next_year,
    sign_agreements,
    recruit,
    keep_calendars,
    live_through,
    plan_actions,
    hold_events,
    write_records,
    study_lessons,
    publish_findings,
    say_who_covered,
    change_visits,
    nudge_lately,
    let_one_be_disputed,
    let_one_wait_for_its_head,
    let_a_plan_wait,
    choose_pupils,
    aim,
    enter_grades,
    publish_percentages,
    release_money,
]

EVALUATED = Path(settings.BASE_DIR) / "data" / "essex-2008-09"


def load_demo(today: dt.date) -> list[str]:
    """The slugs that were not there before. What is there stays, so that a second start keeps what people did."""
    added = []
    with transaction.atomic():
        if not Programme.objects.filter(slug="essex-2008-09").exists():
            added.append(load_programme(EVALUATED).programme.slug)
        for plan in (ESSEX, TRUST):
            slug = plan.slug(*academic_year(today))
            if Programme.objects.filter(slug=slug).exists():
                continue
            with tempfile.TemporaryDirectory() as folder:
                write_folder(plan, Path(folder), today)
                programme = load_programme(folder).programme
            enter_term_dates(programme, today)
            keep_weeks(programme, today)
            plan_visits(programme, today)
            if plan is ESSEX:
                let_schools_wait(programme)
            leave_a_visit_out(programme, today)
            added.append(slug)
        if added:
            give_roles()
            for programme in Programme.objects.filter(slug__in=added, status=Programme.Status.ACTIVE):
                let_people_in(programme)
                for furnish in FURNISHED_WITH:
                    furnish(programme, today)
            use_registers(today)
    return added
