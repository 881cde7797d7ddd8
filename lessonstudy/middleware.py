from django.conf import settings
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
