"""Reading and signing an agreement as a person does, on its pages."""

import re

from django.urls import reverse


def text_of(response):
    main = response.content.decode().partition("<main")[2].partition("</main")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def address(name, ours):
    return reverse(f"programmes:{name}", args=[ours.agreement.pk])


def sign_as(client, ours, role, follow=True, **changes):
    person = ours.people[role]
    client.force_login(person)
    typed = {"typed_name": person.get_full_name(), "agreed": "on"} | changes
    return client.post(address("agreement_sign", ours), typed, follow=follow)
