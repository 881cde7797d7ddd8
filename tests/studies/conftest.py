import pytest

from tests.studies.writing import with_group


@pytest.fixture
def ours():
    return with_group()
