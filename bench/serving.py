"""The most used pages as the web server gives them, of one county and of that county among a nation of 25."""

import contextlib
import http.client
import math
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from bench.county import build_programme
from lessonstudy.demo import WEB_SERVER

NATION, TIMES, AT_ONCE, SECONDS = 25, 20, 32, 5
NAMED = [
    "today, coordinator",
    "today, consultant",
    "today, headteacher",
    "today, specialist teacher",
    "partnerships",
    "roster",
    "a partnership",
    "a programme",
    "year planner, all rows",
    "visits by month",
    "visits",
    "results",
    "reports, headteacher",
    "pupils, headteacher",
    "people",
]


def serving(world, partnerships):
    """Page times of the county alone, then with the nation beside it; and how many requests it stands at once."""
    pages = [(name, person, url) for name, person, url in world.pages() if name in NAMED]
    with server() as (port, web):
        rest = memory(web)
        alone = {name: page_times(port, person, url) for name, person, url in pages}
        crowd = {
            name: requests_a_second(port, person, url)
            for name, person, url in [*pages, ("sheet", *sheet_of(world))]
            if name in {"today, coordinator", "roster", "sheet"}
        }
        peak = memory(web)
    for number in range(1, NATION):
        build_programme(partnerships, number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with server() as (port, _):
        nation = {name: page_times(port, person, url) for name, person, url in pages}
    with server("bench.admin_settings") as (port, _):
        query = f"?programme__id__exact={world.programme.pk}"
        admin = page_times(port, world.people[Role.COORDINATOR], f"/admin/programmes/partnership/{query}")
    return {
        f"pages of a county of {partnerships} through gunicorn, alone and among {NATION} (p50, p95 of {TIMES})": {
            name: f"{alone[name][0]:.0f}, {alone[name][1]:.0f} ms; {nation[name][0]:.0f}, {nation[name][1]:.0f} ms; "
            f"x {nation[name][0] / alone[name][0]:.2f}"
            for name in alone
        }
        | {f"Django's own admin: the list of {partnerships} partnerships": f"{admin[0]:.0f}, {admin[1]:.0f} ms"},
        f"requests a second at {AT_ONCE} connections": crowd,
        "the web server": {
            "memory at rest, all processes together (MB)": rest,
            "memory after this (MB)": peak,
            "cold start, to the first answer (s)": cold_start(),
            "size of the installation (MB)": size_of(Path(".venv")),
        },
    }


@contextlib.contextmanager
def server(module="tests.settings"):
    """Gunicorn as the demo runs it, on the database of the bench."""
    port = free_port()
    database = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "lessonstudy.wsgi", f"--bind=127.0.0.1:{port}", *WEB_SERVER],
        env=os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": module},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(port, process):
    while process.poll() is None:
        with contextlib.suppress(OSError):
            if get(http.client.HTTPConnection("127.0.0.1", port), reverse("health"), {}) == 200:
                return
        time.sleep(0.02)
    raise RuntimeError("gunicorn did not start")


def get(connected, url, headers):
    connected.request("GET", url, headers=headers)
    answer = connected.getresponse()
    answer.read()
    return answer.status


def signed_in_as(person):
    client = Client()
    client.force_login(person)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert SessionStore(key).exists(key)
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}", "Host": "localhost"}


def page_times(port, person, url):
    """Median and 95th percentile in milliseconds, from the request to the last byte, on one open connection."""
    connected, headers = http.client.HTTPConnection("127.0.0.1", port), signed_in_as(person)
    for _ in range(4):  # both processes have seen it
        assert get(connected, url, headers) == 200, url
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        get(connected, url, headers)
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken), sorted(taken)[math.ceil(0.95 * TIMES) - 1]


def requests_a_second(port, person, url):
    headers, until, counted = signed_in_as(person), time.monotonic() + SECONDS, []

    def ask():
        connected, n = http.client.HTTPConnection("127.0.0.1", port), 0
        while time.monotonic() < until:
            assert get(connected, url, headers) == 200
            n += 1
        counted.append(n)

    threads = [threading.Thread(target=ask) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(sum(counted) / SECONDS, 1)


def sheet_of(world):
    from bench.notebook import full_lesson

    person, lesson = full_lesson()
    return person, reverse("lessons:sheet", args=[lesson.pk])


def memory(process):
    """What a process and its children hold of their own and their share of what they have together, in MB."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    found = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in [process.pid, *children]]
    return round(sum(int(re.search(r"Pss:\s+(\d+)", text)[1]) for text in found) / 1024)


def cold_start():
    began = time.perf_counter()
    with server():
        return round(time.perf_counter() - began, 2)


def size_of(folder):
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1_000_000)
