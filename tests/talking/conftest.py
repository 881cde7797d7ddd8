import pytest

from tests.talking.lessons import after_lesson


@pytest.fixture
def ours():
    return after_lesson()
