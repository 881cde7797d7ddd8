"""Rules of the code that a reader would otherwise have to check by eye."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

from accounts.models import InvitationMail, OutgoingMail, RegisterFile, RegisterUpdate
from funding.models import FundingLetter, MoneyReport
from jobs.tasks import kinds_of_job
from lessons.models import Booklet, StudyExport
from programmes.models import HeadsLetter, PairingRun
from pupils.models import Erasure
from reports.models import (
    AccessFile,
    DigestRun,
    HandOverPack,
    OrganisationExport,
    ProgrammeCopy,
    Report,
    ReportRound,
    RoundReport,
)
from visits.models import CoverRun, Plan, PlanAcceptance

APPS = ["accounts", "desks", "programmes", "visits", "pupils", "lessons", "funding", "reports"]
WEB_MODULES = sorted(
    path for app in APPS for path in Path(app).rglob("*.py") if {"views", "forms"} & {*path.parts[:-1], path.stem}
)
MODULES = sorted(
    path
    for app in ["jobs", "papers", "lessonstudy", *APPS]
    for path in Path(app).rglob("*.py")
    if "migrations" not in path.parts
)


@pytest.mark.parametrize("path", WEB_MODULES, ids=str)
def test_views_and_forms_reach_rows_only_through_allowed(path):
    tree = ast.parse(path.read_text())
    scoped = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"allowed", "none"}
    }
    loose = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager", "_base_manager"}
        and id(node) not in scoped
    ]

    assert not loose, f"{path} reads rows without .allowed() on lines {loose}"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_module_grows_beyond_what_can_be_read_at_once(path):
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("app", APPS)
def test_only_the_role_table_names_roles_in_views(app):
    """A view is named after what it shows, and its access after an action, never after a role."""
    for path in Path(app).rglob("*.py"):
        if "views" in {*path.parts[:-1], path.stem}:
            assert "Role." not in path.read_text(), path


def test_every_scoped_model_says_whom_it_reaches():
    silent = [
        model._meta.label
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if hasattr(model.objects.all(), "reach") and not model.objects.all().reach
    ]

    assert silent == []


def test_the_sweeper_knows_every_kind_of_job():
    assert set(kinds_of_job()) == {
        AccessFile,
        Booklet,
        DigestRun,
        Erasure,
        CoverRun,
        HandOverPack,
        OrganisationExport,
        ProgrammeCopy,
        HeadsLetter,
        FundingLetter,
        InvitationMail,
        MoneyReport,
        OutgoingMail,
        PairingRun,
        Plan,
        PlanAcceptance,
        RegisterFile,
        RegisterUpdate,
        Report,
        ReportRound,
        RoundReport,
        StudyExport,
    }
