"""Logs hold ids and addresses, never a secret, a query or a name."""

import io
import json
import logging
import re
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from gunicorn.config import Config

from lessonstudy import demo
from lessonstudy.logs import address_for_logs
from lessonstudy.servers import CHECKOUT
from pupils.models import TargetPupil
from tests.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def log():
    """What the handler of the settings writes, as text."""
    handler = next(
        handler
        for handler in logging.getLogger().handlers
        if handler.formatter.__class__.__module__ == "structlog.stdlib"
    )
    before, handler.stream = handler.stream, io.StringIO()
    yield handler.stream
    handler.stream = before


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/invitations/abc123secret/", "/invitations/<str:token>/"),
        ("/calendars/abc123secret.ics", "/calendars/<str:token>.ics"),
        ("/sign-in/password/reset/1-secret/", "/sign-in/password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"),
        ("/visits/12/", "/visits/12/"),
        ("/nowhere/", "/nowhere/"),
    ],
)
def test_an_address_that_lets_its_holder_in_is_logged_as_its_pattern(path, logged):
    assert address_for_logs(path) == logged


def test_neither_a_link_nor_a_query_stands_in_the_log(client, log):
    client.get(reverse("accounts:invitation", args=["very-secret-token"]))
    client.get(reverse("programmes:partnerships") + "?q=Marsh")
    client.get(reverse("calendars:feed", args=["very-secret-token"]))

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["request"] for line in lines if line["event"] == "request_finished"] == [
        "GET /invitations/<str:token>/",
        "GET /partnerships/",
        "GET /calendars/<str:token>.ics",
    ]
    assert "very-secret-token" not in log.getvalue()
    assert "Marsh" not in log.getvalue()


SECRET = "kR3-very_secret8Token0of43characters9aBcDeFgH"


@pytest.mark.parametrize(
    "address",
    [
        f"/calendars/{SECRET}.ics",  # revoked
        f"/calendars/{SECRET}",  # mistyped
        f"/calendars/{SECRET}.ics/",
        f"/calendar/{SECRET}.ics",
        f"/calendars/{SECRET[:30]}é.ics",
        f"/invitations/{SECRET}/",
        f"/invitations/{SECRET}/more/",
        f"/sign-in/password/reset/1-{SECRET}/",
        f"/sign-in/password/reset/1-{SECRET}/more/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_whatever_is_logged_of_a_secret_address_holds_no_secret(client, log, method, address):
    client.handler.enforce_csrf_checks = True

    answer = getattr(client, method)(address)

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    plain = [line["event"] for line in lines if line["logger"].startswith("django.")]
    assert [line["event"] for line in lines].count("request_finished") == 1
    assert [("/…" in line) for line in plain] == ([True] if answer.status_code >= 400 else [])
    assert SECRET[:30] not in log.getvalue()


def test_neither_a_traceback_nor_the_web_server_writes_a_secret(log):
    try:
        raise ValueError(f"could not read /calendars/{SECRET}.ics")
    except ValueError:
        logging.getLogger("visits").exception("of %s", f"/invitations/{SECRET}/")
    logging.getLogger("gunicorn.error").warning("Invalid request line: %r", f"GET /calendars/{SECRET}.ics HTTP/9")

    assert [json.loads(line)["event"] for line in log.getvalue().splitlines()] == [
        "of /invitations/…/",
        "Invalid request line: 'GET /calendars/… HTTP/9'",
    ]
    assert json.dumps("could not read /calendars/…") in log.getvalue()
    assert SECRET not in log.getvalue()


def test_every_line_goes_through_the_handler_that_masks():
    """Django brings a handler of its own for a server with DEBUG on, gunicorn one for its errors."""
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.getLogger().manager.loggerDict)]
    handlers = {handler for logger in loggers for handler in logger.handlers}

    writing = [handler for handler in handlers if type(handler) is logging.StreamHandler]
    others = {type(handler).__module__ for handler in handlers} - {"logging", "_pytest.logging"}
    assert {handler.formatter.__class__.__module__ for handler in writing} == {"structlog.stdlib"}
    assert others == set()


def of_the_demo():
    (command,) = [part.command for part in demo.demo_parts(8000, {}, Path()) if "gunicorn" in part.command]
    return command


def of_the_image():
    return json.loads(re.search(r"^CMD (.+)$", (CHECKOUT / "Dockerfile").read_text(), re.MULTILINE)[1])


@pytest.mark.parametrize("command", [of_the_demo(), of_the_image()], ids=["demo", "image"])
def test_the_web_server_writes_no_address_by_itself(command):
    """It would write each one whole; its log of errors has addresses at the level of debugging only."""
    config = Config()
    arguments = config.parser().parse_args(command[command.index("gunicorn") + 1 :])
    for name, value in vars(arguments).items():
        if value is not None and name in config.settings:
            config.set(name, value)

    assert (config.accesslog, config.disable_redirect_access_to_syslog, config.syslog) == (None, False, False)
    assert (config.loglevel, config.logconfig, config.logconfig_dict, config.statsd_host) == ("info", None, {}, None)
    assert not (CHECKOUT / "gunicorn.conf.py").exists()


def test_a_bug_on_a_pupils_page_logs_no_name(client, log, monkeypatch):
    """Tracebacks hold no locals: a pupil's name would stand in them."""
    ours = build_world()[0]
    client.force_login(ours.people["headteacher"])
    client.raise_request_exception = False

    def broken(places):
        raise RuntimeError("grades could not be read")

    monkeypatch.setattr("pupils.services.with_grades", broken)
    response = client.get(reverse("pupils:detail", args=[ours.pupil.pk]))

    assert response.status_code == 500
    assert "grades could not be read" in log.getvalue()
    assert "OursideFamily" not in log.getvalue()
    assert ours.upn not in log.getvalue()


def test_a_database_error_is_logged_without_the_row(log):
    """PostgreSQL adds the failing row to its errors, and the row names the pupil."""
    pupil = build_world()[0].pupil
    try:
        with transaction.atomic():
            TargetPupil.objects.filter(pk=pupil.pk).update(year_group=None)
    except IntegrityError:
        logging.getLogger("pupils").exception("could not be kept")

    assert "could not be kept" in log.getvalue()
    assert "NotNullViolation" in log.getvalue()
    assert pupil.last_name not in log.getvalue()
    assert "DETAIL" not in log.getvalue()
