import pytest

from tests.observing.lessons import planned_lesson


@pytest.fixture
def ours():
    return planned_lesson()
