from django.conf import settings
from django.http import HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.defaults import page_not_found, server_error


class OwnErrorPages:
    """Where DEBUG is on (the demo), people still meet our own pages instead of Django's technical ones.

    The traceback stands in the log either way.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if settings.DEMO and not response.streaming and b"<title>Page not found at" in response.content[:600]:
            return page_not_found(request, None)
        if settings.DEMO and response.status_code == 500:
            return server_error(request)
        return response


class PagesAndForms:
    """A page is read, and a form is sent. Nothing of ours answers to another method, before anyone asks who it is."""

    METHODS = ["GET", "HEAD", "POST"]

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request) if request.method in self.METHODS else HttpResponseNotAllowed(self.METHODS)


class FormsOpenedAsPages:
    """Whoever opens an address that only takes forms meets a page that says so, and not the browser's own error.

    It happens to whoever was signed out while they typed: signing in again leads to the address of the form.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method != "GET" or response.status_code != 405:
            return response
        page = render(request, "405.html", {"parent": parent_of(request.path)}, status=405)
        page["Allow"] = response["Allow"]
        return page


def parent_of(path) -> str:
    """The address one step up, where there is one: /partner-schools/7/ of /partner-schools/7/talks/."""
    parent = path.rstrip("/").rpartition("/")[0] + "/"
    try:
        resolve(parent)
    except Resolver404:
        return ""
    return parent
