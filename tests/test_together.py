"""Acts of one moment: their answers stand in order, and nothing that goes wrong is lost."""

import threading

import pytest
from django.db import connections

from tests.together import at_once


def fails(error):
    def act():
        raise error

    return act


def test_the_answers_stand_in_the_order_of_the_acts():
    second_is_done = threading.Event()

    given = at_once(lambda: second_is_done.wait(10) and "first", second_is_done.set, connected=False)

    assert given == ["first", None]


def test_an_expected_exception_is_the_answer_of_its_act():
    told = KeyError("told")

    assert at_once(lambda: "done", fails(told), expecting=(LookupError,), connected=False) == ["done", told]


def test_whatever_else_is_raised_is_raised_here():
    broken, worse = ValueError("broken"), TypeError("worse")

    with pytest.raises(ExceptionGroup) as raised:
        at_once(fails(broken), fails(worse), fails(KeyError("told")), expecting=(KeyError,), connected=False)

    assert raised.value.exceptions == (broken, worse)


@pytest.mark.django_db(transaction=True)
def test_each_act_has_a_connection_of_its_own_which_is_closed_afterwards():
    def mine():
        own = connections["default"]
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return own, cursor.fetchone()[0]

    given = [mine(), *at_once(mine, mine)]

    assert len({pid for _, pid in given}) == 3
    assert [used.connection for used, _ in given[1:]] == [None, None]
