"""A row that is read in one go is what Django makes of it field by field."""

import pytest
from django.apps import apps
from django.db.models import Model

from accounts.models import User
from accounts.quick_rows import QuickRow
from tests.world import build_world

pytestmark = pytest.mark.django_db

QUICK = [model for model in apps.get_models() if issubclass(model, QuickRow)]


@pytest.fixture(autouse=True)
def world():
    return build_world()


@pytest.mark.parametrize("model", QUICK)
def test_a_row_read_whole_is_the_same_row(model):
    names = [field.attname for field in model._meta.concrete_fields]
    values = model.objects.values_list(*names).first()

    row = model.objects.first()

    slow = Model.from_db.__func__(model, "default", names, values)
    assert without_state(row) == without_state(slow)
    assert (row._state.adding, row._state.db) == (slow._state.adding, slow._state.db)


def without_state(row):
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_a_row_read_in_part_asks_for_the_rest():
    row = User.objects.only("email").first()

    assert row.get_deferred_fields() >= {"first_name", "password"}
    assert row.first_name


def test_a_row_is_saved_and_read_again():
    row = User.objects.first()

    row.first_name = "Robin"
    row.save()
    row.refresh_from_db()

    assert (row.first_name, row._state.adding) == ("Robin", False)
