from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        """Every app's `mails.py` is read, so that the list of all mails is whole; and queries know `among`."""
        autodiscover_modules("mails")
        import_module("accounts.among")
