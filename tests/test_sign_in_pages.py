"""The pages of the sign-in, which are allauth's: what they answer before, within and after signing in."""

import pytest
from django.urls import get_resolver, reverse

from accounts.roles import Role
from tests.factories import MembershipFactory, UserFactory
from tests.routes import is_sign_in, url_names
from tests.world import person

pytestmark = pytest.mark.django_db

# anonymous: not signed in. signed in: a head, who needs no second factor. factor missing: a coordinator who has not set
# one up. complete: a coordinator who has. 302 is the way to the sign-in, to the second factor, or to signing in again
# before a factor or a password is changed; 403 is for who has nothing to sign in with, 404 for codes not made yet.
TABLE = {
    #                                      anonymous  signed in  factor missing  complete
    "account_login":                        (200,      302,       302,            302),
    "account_request_login_code":           (200,      302,       302,            302),
    "account_confirm_login_code":           (302,      302,       302,            302),
    "account_logout":                       (302,      200,       200,            200),
    "account_inactive":                     (200,      200,       200,            200),
    "account_signup":                       (200,      302,       302,            302),
    "account_reauthenticate":               (302,      403,       403,            302),
    "account_email":                        (302,      200,       302,            302),
    "account_email_verification_sent":      (302,      302,       302,            302),
    "account_change_password":              (302,      302,       302,            302),
    "account_set_password":                 (302,      200,       302,            200),
    "account_reset_password":               (200,      200,       200,            200),
    "account_reset_password_done":          (200,      200,       200,            200),
    "account_reset_password_from_key":      (200,      200,       200,            200),
    "account_reset_password_from_key_done": (200,      200,       200,            200),
    "mfa_index":                            (302,      200,       302,            200),
    "mfa_authenticate":                     (302,      302,       302,            302),
    "mfa_reauthenticate":                   (302,      403,       403,            200),
    "mfa_activate_totp":                    (302,      200,       200,            302),
    "mfa_deactivate_totp":                  (302,      404,       302,            302),
    "mfa_view_recovery_codes":              (302,      404,       302,            404),
    "mfa_generate_recovery_codes":          (302,      200,       302,            302),
    "mfa_download_recovery_codes":          (302,      404,       302,            404),
    "usersessions_list":                    (302,      200,       302,            200),
}  # fmt: skip
KEYS = {"account_reset_password_from_key": ["1", "no-such-key"]}


def people():
    missing = UserFactory()
    MembershipFactory(user=missing, role=Role.COORDINATOR)
    complete = person("Ourside", Role.COORDINATOR)
    MembershipFactory(user=complete, role=Role.COORDINATOR)
    return [None, UserFactory(), missing, complete]


def test_every_page_of_the_sign_in_has_a_row():
    assert {name for name in url_names(get_resolver().url_patterns) if is_sign_in(name)} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_the_page_answers_as_the_table_says(client, name):
    answers = []
    for user in people():
        client.logout()
        if user:
            client.force_login(user)
        answers.append(client.get(reverse(name, args=KEYS.get(name, []))).status_code)

    assert tuple(answers) == TABLE[name]


@pytest.mark.parametrize("name", ["today", "accounts:people", "programmes:list", "mfa_index", "usersessions_list"])
def test_without_the_second_factor_every_page_leads_to_setting_it_up(client, name):
    coordinator = people()[2]
    client.force_login(coordinator)

    response = client.get(reverse(name))

    assert (response.status_code, response["Location"]) == (302, reverse("mfa_activate_totp"))
