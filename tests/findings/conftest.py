import pytest

from tests.factories import ProgrammeFactory
from tests.findings.found import partnership_in


@pytest.fixture
def group():
    return partnership_in(ProgrammeFactory())


@pytest.fixture
def as_person(client):
    """A function that signs a person in."""

    def signed_in(person):
        client.force_login(person)
        return client

    return signed_in
