import pytest

from tests.study_papers.lessons import a_usual_lesson


@pytest.fixture
def ours():
    return a_usual_lesson()
