"""Real servers in a home of their own; nothing here touches those that the other tests run on."""

import contextlib
import errno
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import environ
import kombu
import psutil
import psycopg
import pytest
import redis

from lessonstudy import servers
from lessonstudy.servers import CannotStart, Servers
from lessonstudy.servers.home import LONGEST_SOCKET_PATH
from tests.together import at_once


@pytest.fixture
def home():
    ours = servers.temporary()
    yield ours
    ours.remove()


@pytest.fixture(scope="module")
def running():
    ours = servers.temporary()
    with ours.in_use():
        yield ours
    ours.remove()


def ask(home, question):
    found = environ.Env.db_url_config(home.database_url())
    with psycopg.connect(host=found["HOST"], user=found["USER"], dbname=found["NAME"]) as connection:
        return connection.execute(question).fetchone()[0]


def ping(home):
    with redis.Redis(unix_socket_path=str(home.valkey.socket), retry=None) as client:
        return client.ping()


def processes_of(home):
    """Also of servers that others left behind in it; what is dead and only waits for its parent does not count."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(home.folder) in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def test_both_servers_answer(running):
    assert ask(running, "SELECT 1") == 1
    assert ping(running) is True
    assert running.running()


def test_the_broker_url_is_one_that_celery_reads(running):
    with kombu.Connection(running.redis_url) as connection:
        queue = connection.SimpleQueue("probe")
        queue.put("ring")

        assert queue.get(timeout=5).payload == "ring"
        queue.close()


def test_the_database_is_set_up_as_the_product_expects(running):
    assert ask(running, "SHOW data_checksums") == "on"
    assert ask(running, "SHOW max_connections") == "300"
    assert ask(running, "SHOW log_error_verbosity") == "terse"
    assert ask(running, "SELECT datlocale FROM pg_database WHERE datname = 'lessonstudy'") == "C.UTF-8"
    assert ask(running, "SELECT upper('zoë')") == "ZOË"
    assert ask(running, "SELECT count(*) FROM pg_available_extensions WHERE name IN ('btree_gist', 'unaccent')") == 2


def test_no_server_process_is_root_and_none_listens_on_tcp(running):
    found = processes_of(running)
    names = {process.name() for process in found}

    assert {"postgres", "valkey-server"} <= names
    assert all(process.uids().effective != 0 for process in found)
    assert not [c for p in found for c in p.net_connections(kind="inet") if c.status == psutil.CONN_LISTEN]


def test_only_the_owner_reaches_data_sockets_and_keys(running):
    running.environment()

    for name in ("postgres", "valkey", "run", "logs", "files", "mail"):
        assert stat.S_IMODE((running.folder / name).stat().st_mode) == 0o700, name
    assert stat.S_IMODE((running.folder / "keys.json").stat().st_mode) == 0o600


def test_an_account_that_is_not_ours_gets_no_connection(running):
    with pytest.raises(psycopg.OperationalError, match=r"[Pp]eer authentication failed"):
        psycopg.connect(host=str(running.home.sockets), user="postgres", dbname="lessonstudy")


def test_the_environment_is_the_same_every_time_and_complete(running):
    first = running.environment()

    assert running.environment() == first
    assert environ.Env.email_url_config(first["EMAIL_URL"])["EMAIL_FILE_PATH"] == str(running.folder / "mail")
    assert len({first[name] for name in servers.random_keys()}) == 4
    assert urlsplit(first["PUBLIC_URL"]).hostname == "localhost"


def test_stopping_leaves_no_process_and_keeps_the_data(home):
    with home.in_use():
        ask_to_make_table = "CREATE TABLE kept AS SELECT 7 AS n; SELECT n FROM kept"
        with psycopg.connect(host=str(home.home.sockets), user="lessonstudy", dbname="lessonstudy") as connection:
            connection.execute(ask_to_make_table)
    assert processes_of(home) == []

    with home.in_use():
        assert ask(home, "SELECT n FROM kept") == 7


def test_killed_servers_start_again_over_what_they_left(home):
    home.start()
    killed = {process.pid for process in processes_of(home)}
    for pid in killed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    home.start()

    assert ask(home, "SELECT 1") == 1
    assert ping(home)
    assert not killed & {process.pid for process in processes_of(home)}


def test_a_number_given_to_another_process_is_not_taken_for_the_server(home):
    home.start()
    home.stop()
    for left in (home.postgres.data / "postmaster.pid", home.valkey.note):
        left.write_text(f"{os.getpid()}\n")

    home.start()

    assert ask(home, "SELECT 1") == 1
    assert ping(home)


def test_a_frozen_server_is_stopped_all_the_same(home):
    home.start()
    home.postgres.stop()
    os.kill(int((home.valkey.note).read_text()), signal.SIGSTOP)

    home.stop()

    assert processes_of(home) == []


def test_valkey_stops_and_starts_alone(home):
    home.start()

    home.valkey.stop()
    assert ask(home, "SELECT 1") == 1
    with pytest.raises(redis.ConnectionError):
        ping(home)

    home.valkey.start()
    assert ping(home)


def test_two_that_start_at_once_share_one_server(home):
    at_once(*[lambda: Servers(home.folder, durable=False).start()] * 2, connected=False)

    names = [Path(process.exe()).name for process in processes_of(home) if process.ppid() == 1]
    assert sorted(names) == ["postgres", "valkey-server"]
    assert ask(home, "SELECT 1") == 1


def test_the_last_one_to_leave_stops_them(home):
    with home.in_use():
        with Servers(home.folder, durable=False).in_use() as other:
            assert other.running()
        assert ask(home, "SELECT 1") == 1

    assert processes_of(home) == []


def test_a_user_that_was_killed_does_not_keep_them_running(home):
    script = (
        "import sys, time; from pathlib import Path; from lessonstudy.servers import Servers\n"
        "with Servers(Path(sys.argv[1]), durable=False).in_use(): print('up', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(home.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=servers.CHECKOUT) as other:
        assert other.stdout.readline() == "up\n"
        other.kill()

    with home.in_use():
        assert ask(home, "SELECT 1") == 1

    assert processes_of(home) == []


def test_emptying_leaves_neither_process_nor_data_nor_key(home):
    with home.in_use():
        home.environment()

    home.empty()

    assert {path.name for path in home.folder.iterdir()} <= servers.LOCKS
    assert processes_of(home) == []


def test_what_a_killed_test_run_left_is_cleared_but_not_what_is_in_use(home):
    left = servers.temporary()
    left.start()
    (left.folder / "in-use").touch()
    with home.in_use():
        for each in (left, home):
            os.utime(each.folder, (time.time() - 3600,) * 2)

        servers.temporary().remove()

        assert ask(home, "SELECT 1") == 1
    assert not left.folder.exists()
    assert processes_of(left) == []


def test_a_socket_path_that_is_too_long_is_said():
    far = Servers(Path("/tmp") / ("x" * 90))

    with pytest.raises(CannotStart, match="too long for a socket"):
        far.start()


def test_a_long_path_of_the_checkout_moves_the_home(monkeypatch):
    monkeypatch.setattr(servers, "CHECKOUT", Path("/") / ("x" * 90))

    found = servers.of_checkout()

    assert found.folder.parent == Path("/var/tmp")
    assert len(str(found.postgres.socket)) < LONGEST_SOCKET_PATH


def test_a_folder_of_someone_else_is_refused(home):
    shutil.rmtree(home.folder)
    home.folder.symlink_to("/tmp")

    with pytest.raises(CannotStart, match="belongs to someone else"):
        home.start()
    home.folder.unlink()


def test_a_full_disk_is_said_in_one_sentence(home, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(subprocess, "run", full)

    with pytest.raises(CannotStart, match="The disk is full"):
        home.start()


def test_a_server_that_does_not_come_up_names_its_log(home):
    home.start()
    home.stop()
    (home.postgres.data / "postgresql.conf").write_text("no such setting\n")

    with pytest.raises(CannotStart) as trouble:
        home.start()

    named = next(word for word in str(trouble.value).split() if word.endswith(".log"))
    assert "no such setting" in Path(named).read_text() or "syntax error" in Path(named).read_text()


def test_data_of_another_postgresql_is_not_touched(home):
    home.start()
    home.stop()
    (home.postgres.data / "PG_VERSION").write_text("17\n")

    with pytest.raises(CannotStart, match="RESET=1"):
        home.start()


def test_keys_survive_two_that_make_them_at_once(home):
    found = at_once(*[lambda: Servers(home.folder).environment()] * 4, connected=False)

    assert len({json.dumps(each, sort_keys=True) for each in found}) == 1


def test_no_parent_of_the_home_changes_its_mode(home):
    before = stat.S_IMODE(home.folder.parent.stat().st_mode)

    home.start()

    assert stat.S_IMODE(home.folder.parent.stat().st_mode) == before


def test_connecting_needs_no_network(running, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", None)

    assert ask(running, "SELECT inet_server_addr() IS NULL") is True
