"""Reading and signing an agreement as a person does, on its pages."""

from django.urls import reverse


def address(name, ours):
    return reverse(f"programmes:{name}", args=[ours.agreement.pk])


def sign_as(client, ours, role, follow=True, **changes):
    person = ours.people[role]
    client.force_login(person)
    typed = {"typed_name": person.get_full_name(), "agreed": "on"} | changes
    return client.post(address("agreement_sign", ours), typed, follow=follow)
