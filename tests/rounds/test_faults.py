"""What goes wrong on the server while reports are made: it is said why, nothing half-made is there, others go on."""

import copy
import resource
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.template import TemplateSyntaxError
from django.urls import reverse

from papers import typesetting
from papers.charts import OutOfRange
from reports.models import Report
from reports.rounds.services import order_round, try_again
from reports.services import order_report
from reports.tasks import end_round, make_report, make_round_report
from tests.reading import text_of
from tests.rounds.making import make_all, states_of

pytestmark = pytest.mark.django_db

READY = ("done", "done", True)
AGAIN = "It has been recorded; try again, and tell us if it fails again."
NO_ROOM = f"There is no room left on the server to keep the file, so nothing was kept. {AGAIN}"
NO_TEMPLATE = f"A template on the server is missing or broken. {AGAIN}"
NO_FONT = f"A font of our papers is missing on the server. {AGAIN}"
OUT_OF_RANGE = f"A figure lies outside what it can be, so that nothing was drawn of it. {AGAIN}"


def kept():
    """Every file in the storage."""
    return {path for path in Path(default_storage.location).rglob("*") if path.is_file()}


@contextmanager
def no_room(settings, folder):
    """No file may grow over a thousand bytes: the kernel refuses to write on, as it does on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        yield OSError
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@contextmanager
def no_template(settings, folder):
    good = settings.TEMPLATES
    (folder / "reports/pdf").mkdir(parents=True)
    (folder / "reports/pdf/school.html").write_text(
        "{% extends frame %}{% block content %}{% nonsense %}{% endblock %}"
    )
    settings.TEMPLATES = copy.deepcopy(good)
    settings.TEMPLATES[0]["DIRS"].insert(0, folder)
    try:
        yield TemplateSyntaxError
    finally:
        settings.TEMPLATES = good


@contextmanager
def no_font(settings, folder):
    """As on a server where `make static` has not run."""
    good = settings.STATICFILES_DIRS

    def anew():
        finders.get_finder.cache_clear()
        typesetting._stylesheet.cache_clear()
        typesetting._fonts.cache_clear()

    settings.STATICFILES_DIRS = [path for path in good if "built" not in str(path)]
    anew()
    try:
        yield typesetting.FontMissing
    finally:
        settings.STATICFILES_DIRS = good
        anew()


FAULTS = [(no_room, NO_ROOM), (no_template, NO_TEMPLATE), (no_font, NO_FONT)]


@pytest.mark.parametrize(("fault", "said"), FAULTS, ids=["no room", "a template", "a font"])
def test_one_report_says_why_and_is_made_once_the_server_is_well(settings, tmp_path, client, ours, fault, said):
    report, _ = order_report(ours.head, Report.Kind.SCHOOL, ours.programme, ours.school)
    before = kept()
    with fault(settings, tmp_path) as error, pytest.raises(error):
        make_report(report.pk)
    left = kept() - before
    report.refresh_from_db()
    client.force_login(ours.head)
    page = text_of(client.get(report.get_absolute_url()))
    download = client.get(reverse("reports:download", args=[report.pk]))

    client.post(reverse("reports:again", args=[report.pk]))
    anew = Report.objects.filter(kind=Report.Kind.SCHOOL).latest("pk")
    make_report(anew.pk)
    anew.refresh_from_db()

    assert (report.state, report.failure, report.file.name, left) == ("failed", said, "", set())
    assert said in page
    assert download.status_code == 404
    assert anew.is_done
    with anew.file.open() as file:
        assert file.read(8) == b"%PDF-1.7"


@pytest.mark.parametrize(("fault", "said"), FAULTS, ids=["no room", "a template", "a font"])
def test_in_a_round_the_others_go_on(settings, tmp_path, ours, fault, said):
    found, _ = order_round(ours.coordinator, ours.programme, Report.Kind.SCHOOL)
    unlucky = found.parts.get(school=ours.school)
    with fault(settings, tmp_path) as error, pytest.raises(error):
        make_round_report(unlucky.pk)
    make_all(found)
    unlucky.refresh_from_db()
    during = states_of(found)

    try_again(ours.coordinator, found)
    make_all(found)

    assert unlucky.failure == said
    assert during == {"Nextdoor Partner School": READY, "Ourside Partner School": ("failed", None, False)}
    assert states_of(found) == {"Nextdoor Partner School": READY, "Ourside Partner School": READY}


def test_a_figure_out_of_range_is_drawn_nowhere(client, ours):
    report, _ = order_report(ours.head, Report.Kind.SCHOOL, ours.programme, ours.school)
    figures = copy.deepcopy(report.figures)
    figures["groups"][0]["rows"][0]["first"] = "9z"
    Report.objects.filter(pk=report.pk).update(figures=figures)

    with pytest.raises(OutOfRange, match="9z"):
        make_report(report.pk)
    report.refresh_from_db()

    assert (report.state, report.failure, report.file.name) == ("failed", OUT_OF_RANGE, "")


def test_a_round_of_which_the_file_of_all_finds_no_room_says_so_and_its_reports_stay(settings, ours):
    found, _ = order_round(ours.coordinator, ours.programme, Report.Kind.GOVERNORS)
    for part in found.parts.all():
        make_round_report(part.pk)
    before = kept()
    with no_room(settings, None), pytest.raises(OSError, match=r".*"):
        end_round(found.pk)
    found.refresh_from_db()

    assert (found.state, found.failure, found.file.name, kept()) == ("failed", NO_ROOM, "", before)
    assert set(states_of(found).values()) == {READY}
