"""Oak School has closed; Oak Academy goes on."""

import datetime as dt

import pytest

from tests.factories import ProgrammeFactory, SchoolFactory


@pytest.fixture(autouse=True)
def always(one_day):
    """All of it is on one day."""


@pytest.fixture
def old():
    return SchoolFactory(
        name="Oak School", urn="123456", la_code="881", status="closed", closed_on=dt.date(2026, 12, 31)
    )


@pytest.fixture
def new():
    return SchoolFactory(name="Oak Academy", urn="140001", la_code="881", type="Academy converter")


@pytest.fixture
def programme(essex):
    return ProgrammeFactory(organisation=essex)
