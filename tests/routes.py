"""The URLs that there are, by name."""

from django.urls import URLPattern, URLResolver


def url_names(patterns, namespace=""):
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from url_names(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}"


def is_sign_in(name):
    return name.startswith(("account_", "mfa_", "usersessions_"))
