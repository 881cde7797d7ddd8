"""Reports from the click to the file: in parts, for a county, and beside others that make a PDF of the same HTML."""

import base64
import contextlib
import gc
import os
import re
import statistics
import subprocess
import sys
import threading
import time

from celery import current_app
from django.contrib.staticfiles import finders
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from accounts.roles import Role
from bench.serving import memory
from papers.typesetting import BASE, OwnFilesOnly, typeset
from reports.build import PAPER, drawing
from reports.kinds import figures_of
from reports.models import Report
from reports.rounds.services import order_round, schools_of
from tests.browsing import launched

SAMPLE, STYLES = 20, "pdf/report.css"
TWO_WORKERS = [
    "--beat",
    "--queues=default,pdf",
    "--concurrency=2",
    "--without-gossip",
    "--without-mingle",
    "--loglevel=ERROR",
]


def reports(world):
    """Seconds of a school impact report and of all of the county, and whether ours are slower than they need be."""
    schools = list(schools_of(world.programme))
    papers = [paper_of(world.programme, school) for school in schools[:: max(1, len(schools) // SAMPLE)]]
    ours, bare, chromium = beside([html for _, _, html in papers])
    with workers() as process:
        at_rest, most = memory(process), Watched(process)
        with most:
            round_of_all, among_them = whole_round(world)
            # Nothing new would be made of the same figures.
            Report.objects.filter(kind=Report.Kind.GOVERNORS).delete()
            alone = from_the_click(world, Report.Kind.GOVERNORS)
    largest = max(report.file.size for report in Report.objects.filter(kind=Report.Kind.SCHOOL)) // 1000
    return {
        f"a school impact report in parts (median of {len(papers)})": {
            "its figures (s)": middle(figures for figures, _, _ in papers),
            "its template (s)": middle(template for _, template, _ in papers),
            "its PDF (s)": ours,
            "WeasyPrint by itself, the same HTML (s)": f"{bare}; ours x {ours / bare:.2f}",
            "headless Chromium, warm, the same HTML, untidied (s)": chromium,
            "the largest file (kB)": largest,
        },
        f"all {len(schools)} schools of the county, two workers": {
            "all of them in a ZIP, from the click (s)": round_of_all,
            "a head's report meanwhile, from the click to the file (s)": among_them,
            "a head's report by itself, from the click to the file (s)": alone,
            "memory of the workers at rest (MB)": at_rest,
            "memory of the workers at the most (MB)": most.megabytes,
        },
    }


def paper_of(programme, school):
    """Seconds for the figures and for the template of a report, and its HTML."""
    report = Report(kind=Report.Kind.SCHOOL, programme=programme, school=school)
    began = time.perf_counter()
    figures = figures_of(report)
    counted = time.perf_counter()
    html = render_to_string(*drawing(report.kind, figures, timezone.localtime(), PAPER))
    return counted - began, time.perf_counter() - counted, html


def beside(papers):
    """Medians in seconds of ours, bare WeasyPrint and Chromium. They take turns, so that a slow moment meets all."""
    fonts = FontConfiguration()
    styles = CSS(url=f"{BASE}{STYLES}", url_fetcher=OwnFilesOnly(), font_config=fonts)

    def bare(html):
        document = HTML(string=html, base_url=BASE, url_fetcher=OwnFilesOnly())
        return document.write_pdf(stylesheets=[styles], font_config=fonts, pdf_variant="pdf/ua-1")

    with warm_chromium() as chromium:
        makers = [lambda html: typeset(html, None, (STYLES,), {}), bare, chromium]
        taken = [[] for _ in makers]
        for html in [papers[0], *papers]:  # the first one is to warm up
            for maker, times in zip(makers, taken, strict=True):
                gc.collect()  # what the one before has left is not cleared away in the time of the next
                began = time.perf_counter()
                assert maker(html).startswith(b"%PDF")
                times.append(time.perf_counter() - began)
    return [middle(times[1:]) for times in taken]


@contextlib.contextmanager
def warm_chromium():
    """A browser that has a page open prints one HTML after another, with our styles and fonts in it."""

    def font(found):
        with open(finders.find(found[1]), "rb") as file:
            return f"url(data:font/woff2;base64,{base64.b64encode(file.read()).decode()})"

    with open(finders.find(STYLES), encoding="utf-8") as file:
        styles = re.sub(r'url\("static:([^"]+)"\)', font, file.read())
    with launched() as browser:
        page = browser.new_page()

        def print_to_pdf(html):
            page.set_content(html.replace("</head>", f"<style>{styles}</style></head>"))
            return page.pdf(prefer_css_page_size=True, tagged=True)

        yield print_to_pdf


@contextlib.contextmanager
def workers():
    """Two processes that make reports, on the database of the bench, ready to take work; and the sweeper, since what is
    ordered for a whole county waits longer than its ring is kept."""
    database = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    schedule = os.path.join(os.environ["FILES_ROOT"], "beat-of-the-bench")
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "--app=lessonstudy", "worker", *TWO_WORKERS, f"--schedule={schedule}"],
        env=os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not current_app.control.ping(timeout=0.5):
            assert process.poll() is None, "the workers did not start"
        yield process
    finally:
        process.terminate()
        process.wait(20)


def whole_round(world):
    """Seconds from the coordinator's click until every school has its file and all are in one; and those of the report
    that a head orders in the middle of it."""
    began = time.perf_counter()
    found, _ = order_round(world.people[Role.COORDINATOR], world.programme, Report.Kind.SCHOOL)
    while not found.parts.filter(state=found.State.DONE).exists():
        time.sleep(0.02)
    among_them = from_the_click(world, Report.Kind.GOVERNORS)
    wait_for(found, 600)
    return round(time.perf_counter() - began, 1), among_them


def from_the_click(world, kind):
    """Seconds from a head's click until the page has the file of a report that was not made before."""
    client = Client()
    client.force_login(world.people[Role.HEADTEACHER])
    asked = {"kind": kind, "programme": world.programme.pk, "school": world.partnership.partner_school_id}
    began = time.perf_counter()
    assert client.post(reverse("reports:order"), asked).status_code == 302
    wait_for(Report.objects.filter(kind=kind, school=asked["school"]).latest("pk"), 60)
    return round(time.perf_counter() - began, 2)


def wait_for(job, seconds):
    end = time.monotonic() + seconds
    while job.in_hand:
        assert time.monotonic() < end, f"{job} did not end in {seconds} s"
        time.sleep(0.02)
        job.refresh_from_db(fields=["state", "failure"])
    assert job.is_done, job.failure


class Watched:
    """The most memory that a process and its children held while the block ran, looked at twice a second."""

    def __init__(self, process):
        self.process, self.megabytes, self.over = process, 0, threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def watch(self):
        while not self.over.wait(0.5):
            self.megabytes = max(self.megabytes, memory(self.process))


def middle(times):
    return round(statistics.median(times), 3)
