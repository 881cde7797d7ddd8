"""`make demo` and `manage.py` as a person starts them, in a copy of the checkout with servers of its own."""

import contextlib
import socket
import time

import psutil
import pytest

from tests.checkouts import free_port

pytestmark = pytest.mark.alone


def test_a_command_starts_the_servers_says_only_its_own_and_leaves_nothing(checkout):
    first = checkout.say("manage.py", "shell", "-v", "0", "-c", "print('only this')")
    assert first == "only this\n"
    assert checkout.processes() == []

    up_to_date = checkout.run("manage.py", "migrate", "--check")
    assert up_to_date.returncode == 0


def test_a_command_that_fails_leaves_nothing_either(checkout):
    done = checkout.run("manage.py", "no_such_command")

    assert done.returncode == 1
    assert "no_such_command" in done.stderr
    assert checkout.processes() == []


def test_the_demo_runs_until_ctrl_c_and_keeps_its_data(checkout):
    with checkout.demo():
        assert checkout.get("health/") == 200
        assert checkout.get("demo/") == 200
        checkout.say("manage.py", "shell", "-c", f"{SQL}('CREATE TABLE kept ()')")
        assert checkout.get("health/") == 200
    assert checkout.processes() == []

    begun = time.monotonic()
    with checkout.demo():
        assert time.monotonic() - begun < 10
        checkout.say("manage.py", "shell", "-c", f"{SQL}('SELECT * FROM kept')")


def test_a_second_demo_says_where_the_first_one_is(checkout):
    with checkout.demo():
        second = checkout.run("-m", "lessonstudy.demo", PORT=str(free_port()))

        assert second.returncode == 1
        assert second.stderr.startswith(f"The demo of this checkout runs already: open {checkout.address}, or stop it")
        assert second.stderr.count("\n") == 1
        assert checkout.get("health/") == 200


def test_a_taken_port_is_said_with_what_to_do(checkout):
    port = int(checkout.environment["PORT"])
    with socket.create_server(("127.0.0.1", port)):
        done = checkout.run("-m", "lessonstudy.demo")

    assert done.returncode == 1
    assert done.stderr == f"Port {port} is taken by another program: choose another one, `PORT={port + 1} make demo`.\n"
    assert checkout.processes() == []


def test_what_dies_is_started_again_and_that_is_said(checkout):
    with checkout.demo() as lines:
        web = next(process for process in checkout.processes() if "gunicorn" in process.cmdline())
        web.kill()

        assert any(line.startswith("The web server stopped and is started again") for line in lines)
        for _ in range(100):
            with contextlib.suppress(OSError):
                if checkout.get("health/") == 200:
                    break
            time.sleep(0.1)
        assert checkout.get("health/") == 200


def test_the_demo_ends_in_order_when_nobody_reads_what_it_says(checkout):
    with checkout.demo() as lines:
        lines.close()

    assert checkout.processes() == []


def test_a_demo_that_was_killed_takes_its_programs_along(checkout):
    with checkout.demo():
        programs = [process for process in checkout.processes() if "lessonstudy.wsgi" in process.cmdline()]
        supervisor = next(process for process in checkout.processes() if "lessonstudy.demo" in process.cmdline())

        supervisor.kill()

        assert psutil.wait_procs(programs, timeout=10)[1] == []

    with checkout.demo():
        assert checkout.get("health/") == 200
    assert checkout.processes() == []


SQL = "from django.db import connection; connection.cursor().execute"
