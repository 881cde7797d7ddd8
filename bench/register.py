"""The national register at its real size: 52,000 rows of 140 columns, beside django-import-export on 5,000 of them."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from django.db import connection

from accounts.models import School
from bench.registers import HEADER, generate

ROWS, OTHERS_ROWS = 52_000, 5_000


def register(seconds):
    """Each run is a process of its own, as a worker is: its peak memory is what the kernel saw."""
    with tempfile.TemporaryDirectory() as folder:
        made = generate(ROWS, filling="Does not apply")
        first = made.write(Path(folder) / "first.csv")
        for place, urn in enumerate(made.schools):
            if place % 3 == 0:
                made.change(urn, pupils="77")
            if place % 20 == 1:
                made.change(urn, name=f"{made.schools[urn].name} Academy")
        second = made.write(Path(folder) / "second.csv")
        part = generate(OTHERS_ROWS, first=200000, filling="Does not apply").write(Path(folder) / "part.csv")
        size = first.stat().st_size / 1e6
        others = measured("theirs", part)
        runs = {
            "an empty register": measured("ours", first),
            "the same file again": measured("ours", first),
            "the next file, with 19,000 schools changed": measured("ours", second),
        }
    figures = {"rows, columns, size of the file": f"{ROWS:,}, {len(HEADER)}, {size:.0f} MB"}
    for name, run in runs.items():
        parts = f"{run['read']:.1f} read and compare + {run['write']:.1f} write"
        figures[f"{name} (s)"] = f"{run['read'] + run['write']:.1f} = {parts}"
        figures[f"{name}: peak memory (MB)"] = f"{run['peak']:.0f}, of which {run['before']:.0f} before the file"
    scaled = ROWS / OTHERS_ROWS
    figures["django-import-export, 5,000 rows: dry run + import (s)"] = f"{others['read']:.1f} + {others['write']:.1f}"
    figures["django-import-export, scaled to 52,000 rows (s)"] = f"{(others['read'] + others['write']) * scaled:.0f}"
    figures["django-import-export, 5,000 rows: peak memory (MB)"] = f"{others['peak']:.0f}"
    for typed in ("ashmere", "st marys primary", "primary school", "zz1 2aa", "hatherwik", "100123"):
        taken, _ = seconds(lambda typed=typed: list(School.objects.search(typed)[:11]), 9)
        figures[f"search {School.objects.count():,} schools for “{typed}” (ms)"] = f"{1000 * taken:.0f}"
    return figures


def measured(what, path):
    database = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    done = subprocess.run(
        [sys.executable, "-m", "bench.measured", what, path],
        env=os.environ | {"DATABASE_URL": database},
        check=True,
        capture_output=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
