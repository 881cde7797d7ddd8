"""What is written down for an installation agrees with the code, and a careless one does not start."""

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command, get_commands

from lessonstudy import demo
from lessonstudy.servers import CHECKOUT, random_keys

COMPOSE = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text()
OF_COMPOSE = {"POSTGRES_PASSWORD"}
PRODUCTION = {
    "DATABASE_URL": "postgres://lessonstudy@database/lessonstudy",
    "REDIS_URL": "redis://broker:6379/0",
    "ALLOWED_HOSTS": "lessonstudy.example.org",
    "PUBLIC_URL": "https://lessonstudy.example.org",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "BEHIND_PROXY": "true",
    **random_keys(),
}


def in_production(*command, **changes):
    environment = {"PATH": os.environ["PATH"], **PRODUCTION, **changes}
    return subprocess.run(
        [sys.executable, *command], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )


def commands_of(line):
    """The commands of one line of docker-compose.yml or Dockerfile, those behind `sh -c` included."""
    words = shlex.split(line) if isinstance(line, str) else [str(word) for word in line]
    if words[0] == "CMD-SHELL" or words[:2] == ["sh", "-c"]:
        return [shlex.split(part) for part in words[-1].split("&&")]
    return [words[1:] if words[0] == "CMD" else words]


def our_commands():
    for service in OURS.values():
        for line in (service.get("command"), service.get("healthcheck", {}).get("test")):
            yield from commands_of(line) if line else []
    yield json.loads(re.search(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE)[1])


def queues_in(commands):
    return {queue for command in commands for word in command if "--queues=" in word for queue in word[9:].split(",")}


def settings_variables():
    """The variables that settings.py reads, found in its code."""
    names = set()
    for call in ast.walk(ast.parse((CHECKOUT / "lessonstudy" / "settings.py").read_text())):
        if isinstance(call, ast.Call) and call.args and ast.unparse(call.func).split(".")[0] == "env":
            names.add(call.args[0].value)
    return names


def example_variables():
    lines = (CHECKOUT / ".env.example").read_text().splitlines()
    return {line.split("=", 1)[0]: line.split("=", 1)[1] for line in lines if line and not line.startswith("#")}


@pytest.mark.parametrize("command", list(our_commands()), ids=" ".join)
def test_every_command_that_a_service_runs_exists(command):
    program, *arguments = command

    if arguments[:1] == ["manage.py"]:
        assert arguments[1] in get_commands()
    else:
        assert shutil.which(program, path=Path(sys.executable).parent), program
    if program == "gunicorn":
        assert import_module(arguments[0]).application
    if program == "celery":
        assert arguments[0] == "--app=lessonstudy"
        assert arguments[1] in {"worker", "beat", "inspect"}


def test_every_queue_has_a_worker_in_compose_and_in_the_demo():
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    used = {settings.CELERY_TASK_DEFAULT_QUEUE} | routed
    in_demo = [part.command for part in demo.demo_parts(8000, {}, Path())]

    assert used <= queues_in(our_commands())
    assert queues_in(in_demo) == queues_in(our_commands())


def test_the_example_lists_every_variable_that_the_settings_read_and_no_other():
    assert set(example_variables()) == settings_variables() | OF_COMPOSE


def test_compose_uses_only_variables_of_the_example():
    used = set(re.findall(r"\$\{(\w+)", (CHECKOUT / "docker-compose.yml").read_text()))

    assert used <= set(example_variables())


def test_no_secret_stands_in_what_is_committed():
    assert {example_variables()[name] for name in ["POSTGRES_PASSWORD", *random_keys()]} == {""}
    assert not re.search(r"^ENV .*(KEY|PASSWORD|TOKEN)", DOCKERFILE, re.MULTILINE)


def test_services_wait_for_services_that_exist_and_are_checked():
    for name, service in SERVICES.items():
        for other, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], name
            else:
                assert SERVICES[other]["restart"] == "no", name


def test_every_volume_of_a_service_is_declared():
    used = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}

    assert used == set(COMPOSE["volumes"])


def test_nothing_is_published_beyond_this_machine():
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert published == ["127.0.0.1:8000:8000"]


def test_the_image_runs_without_root_and_holds_what_it_copies():
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    ignored = (CHECKOUT / ".dockerignore").read_text().split()

    assert users == ["lessonstudy"]
    for path in " ".join(copied).split():
        assert (CHECKOUT / path).exists(), path
        assert path == "." or f"!{path.split('/')[0]}" in ignored, path


def test_the_image_holds_every_app():
    ignored = (CHECKOUT / ".dockerignore").read_text().split()
    apps = {path.parent.name for path in CHECKOUT.glob("*/apps.py")}

    assert {f"!{name}" for name in apps} <= set(ignored)


def test_the_settings_of_an_installation_pass_djangos_deployment_check():
    done = in_production("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"DEBUG": "true"}, "DEBUG is for this machine alone"),
        ({"DEMO": "true"}, "DEMO opens the sign-in"),
        ({"DEMO": "true", "DEBUG": "true"}, "DEBUG is for this machine alone"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts"),
        ({"ALLOWED_HOSTS": "lessonstudy.example.org,*"}, "ALLOWED_HOSTS must name the hosts"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be a random value"),
        ({"SECRET_KEY": "change-me-" * 5}, "SECRET_KEY must be a random value"),
        ({"SECRET_KEY": "django-insecure-" * 4}, "SECRET_KEY must be a random value"),
        ({"UPN_INDEX_KEY": ""}, "UPN_INDEX_KEY must be a random value"),
        ({"UPN_KEYS": ""}, "UPN_KEYS must hold at least one key"),
        ({"TOTP_KEYS": "notakey"}, "TOTP_KEYS must hold at least one key"),
        ({"KEEP_PLANS_DAYS": "3"}, "KEEP_MAIL_DAYS, KEEP_LETTERS_DAYS, KEEP_PACKS_DAYS and KEEP_PLANS_DAYS are 30"),
        ({"DEBUG": "true", "ALLOWED_HOSTS": "localhost"}, "DEBUG and DEMO are for this machine alone"),
        (
            {"DEBUG": "true", "ALLOWED_HOSTS": "localhost", "PUBLIC_URL": "http://localhost:8000"},
            "DEBUG and DEMO are for this machine alone",
        ),
    ],
)
def test_careless_settings_do_not_start(changes, says):
    done = in_production("-W", "error", "-c", "import lessonstudy.settings", **changes)

    assert done.returncode == 1
    assert f"ImproperlyConfigured: {says}" in done.stderr


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", *random_keys()])
def test_nothing_secret_has_a_default(name, monkeypatch):
    monkeypatch.delitem(PRODUCTION, name)

    done = in_production("-c", "import lessonstudy.settings")

    assert done.returncode == 1
    assert name in done.stderr


@pytest.mark.parametrize("name", ["product", "development"])
def test_python_locks_have_hashes_and_no_registry(name):
    lock = (CHECKOUT / "requirements" / f"{name}.txt").read_text()
    packages = re.findall(r"^[\w.-]+==", lock, re.MULTILINE)

    assert "://" not in lock
    assert "--index-url" not in lock
    assert len(packages) == len(re.findall(r"^(?:[\w.-]+==.*\\\n(?:    --hash=\S+(?: \\)?\n?)+)", lock, re.MULTILINE))


def test_the_npm_lock_has_hashes_and_no_registry():
    packages = json.loads((CHECKOUT / "package-lock.json").read_text())["packages"]
    fetched = {name: package for name, package in packages.items() if name}

    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in fetched.items() if "integrity" not in package] == []
    assert "registry" not in (CHECKOUT / "package-lock.json").read_text()


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_ci_runs_what_a_developer_runs():
    run = CHECKOUT / ".ci" / "run"

    assert os.access(run, os.X_OK)
    assert "CI=true exec make" in run.read_text()
