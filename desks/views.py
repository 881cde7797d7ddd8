"""What works without a network: an editor shell without anybody's words, and the worker that keeps it on the device."""

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import login_not_required

VERSION = 4  # of what the worker keeps: a new one takes the old off the device
FILES = [
    "css/app.css",
    "fonts/atkinson-400.woff2",
    "fonts/atkinson-600.woff2",
    "fonts/atkinson-700.woff2",
    "js/boxes.js",
    "js/drafts.js",
    "js/grades.js",
    "js/notes.js",
    "js/observe.js",
    "js/outbox.js",
    "js/pages.js",
    "js/shell.js",
    "js/timer.js",
]


@login_not_required
@require_safe
def shell(request):
    """The same for everybody: what it shows comes from the device."""
    return render(None, "desks/shell.html")


@login_not_required
@never_cache
@require_safe
def worker(request):
    """Switched off, it is a worker that takes itself off every device that asks for it."""
    name = "desks/sw.js" if settings.SERVICE_WORKER else "desks/sw_off.js"
    return render(None, name, {"version": VERSION, "files": FILES}, content_type="text/javascript; charset=utf-8")
