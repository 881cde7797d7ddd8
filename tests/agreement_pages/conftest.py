import pytest

from tests.world import build_world


@pytest.fixture
def ours():
    return build_world()[0]
