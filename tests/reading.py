"""What a reader finds on a page."""

import re

from django.urls import reverse


def text_of(response):
    main = response.content.decode().partition("<main")[2].partition("</main")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def today(client, person):
    """What Today says to a person."""
    client.force_login(person)
    return text_of(client.get(reverse("today")))
