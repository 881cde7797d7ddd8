import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lessonstudy.settings")

application = get_wsgi_application()
# Every page is loaded before the first visitor comes, and before the web server's processes part.
import_module(settings.ROOT_URLCONF)
