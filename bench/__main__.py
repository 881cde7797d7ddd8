"""`make bench`: how long the product takes, measured on this machine. Writes build/bench.json and prints a table."""

import json
import logging
import os
import statistics
import time
from importlib import import_module
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_databases, setup_test_environment, teardown_databases

from bench.choosing import choosing
from bench.county import build_county
from bench.findings import FINDINGS, findings
from bench.money import money
from bench.notebook import OBSERVATIONS, OBSERVERS, STAGES, notebook
from bench.pairing import pairing
from bench.plan_from_rows import from_rows
from bench.planning import planning
from bench.register import register
from bench.reports import reports
from bench.results import PLACES, results
from bench.serving import serving

OUT = Path("build/bench.json")
PARTNERSHIPS = 200


def main():
    logging.disable(logging.INFO)
    import_module("lessonstudy.wsgi")  # pages are measured as the web server runs: all of it loaded, and left alone
    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    figures = {"cores": os.cpu_count()}
    OUT.parent.mkdir(exist_ok=True)
    try:
        for part in parts():
            figures |= part
            OUT.write_text(json.dumps(figures, indent=1) + "\n")
            show(part)
    finally:
        teardown_databases(made, verbosity=0)
    print(f"\nWritten to {OUT}")


def parts():
    """Each part of the table as soon as it is measured: what is known stays, whatever comes of the next one."""
    yield {"imports and results": imports_and_results()}
    yield {f"results of {PLACES:,} places": results(seconds)}
    yield {"target pupils": choosing(seconds)}
    yield {"money": money(seconds)}
    yield {"pairing": pairing(seconds)}
    yield {"planner": planning(seconds) | from_rows(seconds)}
    yield {"register": register(seconds)}
    lesson = f"a lesson of {STAGES} stages, {OBSERVERS} observers, {OBSERVATIONS} observations"
    yield {lesson: notebook(seconds, signed_in, queries_of)}
    yield from county()


def show(part):
    for title, rows in part.items():
        print(f"\n{title}")
        for name, value in rows.items():
            print(f"  {name:58} {value}", flush=True)


def seconds(do, times=1):
    """Median of `times` runs, in seconds to the millisecond; and what the last one gave."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        given = do()
        taken.append(time.perf_counter() - began)
    return round(statistics.median(taken), 3), given


def imports_and_results():
    from django.utils import timezone

    from pupils.loading import load_programme
    from pupils.results import as_json
    from reports.build import render
    from reports.figures import programme_figures, school_figures
    from reports.models import Report

    first, account = seconds(lambda: load_programme("data/essex-2008-09"))
    again, _ = seconds(lambda: load_programme("data/essex-2008-09"))
    programme = account.programme
    school = programme.partnerships.get(ref="P05").partner_school
    results, _ = seconds(lambda: as_json(programme), 5)
    ours, school_f = seconds(lambda: school_figures(programme, school), 5)
    theirs, programme_f = seconds(lambda: programme_figures(programme), 5)
    now = timezone.localtime()
    render(Report.Kind.SCHOOL, school_f, now)
    school_pdf, _ = seconds(lambda: render(Report.Kind.SCHOOL, school_f, now), 7)
    programme_pdf, _ = seconds(lambda: render(Report.Kind.PROGRAMME, programme_f, now), 7)
    return {
        "load the Essex folder, first time (s)": first,
        "load the Essex folder, nothing changed (s)": again,
        "results of 169 places (s)": results,
        "figures of a school impact report (s)": ours,
        "figures of the programme results (s)": theirs,
        "PDF of a school impact report, warm (s)": school_pdf,
        "PDF of the programme results, warm (s)": programme_pdf,
    }


def county():
    """The most used pages of a county with 200 partnerships: server time, and the queries beside those for one."""
    with transaction.atomic():
        one = {name: len(queries_of(person, url)) for name, person, url in build_county(1).pages()}
        transaction.set_rollback(True)
    built, world = seconds(lambda: build_county(PARTNERSHIPS))
    facts, _ = seconds(world.results, 5)
    pages = {}
    for name, person, url in world.pages():
        client = signed_in(person)
        client.get(url)
        taken, response = seconds(lambda client=client, url=url: client.get(url), 9)
        assert response.status_code == 200, url
        many, kilobytes = len(queries_of(person, url)), len(response.content) // 1000
        pages[name] = f"{1000 * taken:.0f} ms, {kilobytes} kB, {many} queries ({one[name]} for one partnership)"
    yield {"county": {"build the county (s)": built, "results of 1,200 places (s)": facts}}
    yield {f"pages with {PARTNERSHIPS} partnerships (median of 9)": pages}
    yield {f"search in {FINDINGS:,} findings (median of 15)": findings(world)}
    yield reports(world)
    yield serving(world, PARTNERSHIPS)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def queries_of(person, url):
    """The queries of a page after a first visit, which fills what is cached for good."""
    client = signed_in(person)
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return queries


if __name__ == "__main__":
    main()
