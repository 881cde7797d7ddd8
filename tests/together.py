"""What several people do in one and the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def at_once(*acts, expecting=(), connected=True):
    """What each act gave in a thread of its own, all from one moment on; only an expected exception may be its answer.

    What an act needs beforehand, such as its own copy of a row, is made by the test and held by the act.
    """
    start = threading.Barrier(len(acts))

    def do(act):
        try:
            if connected:  # before the moment, so that nobody loses it by opening a connection
                connection.ensure_connection()
            start.wait(30)
            return act()
        except expecting as told:
            return told
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        done = [threads.submit(do, act) for act in acts]
    if failures := [failure for each in done if (failure := each.exception())]:
        raise BaseExceptionGroup("what no act was expected to raise", failures)
    return [each.result() for each in done]
