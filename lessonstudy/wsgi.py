import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lessonstudy.settings")

application = get_wsgi_application()
# Every page is loaded before the first visitor comes, and before the web server's processes part.
import_module(settings.ROOT_URLCONF)
# All of that stays for good. A large page makes as many objects again, and while it did, the garbage collector went
# through everything several times: a quarter of the time that the page took.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
