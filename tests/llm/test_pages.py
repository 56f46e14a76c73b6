"""The pages of models, prices and budgets, as an installation admin uses them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.llm.actions import make_connection, reserve, set_budget
from apps.llm.models import Budget, ConnectedModel, Connection
from apps.llm.queries import line_for, models_for
from tests.llm.lines import CANARY
from tests.llm.provided import PRICES, connect, connected_model, terms
from tests.llm.provider import Provider, running
from tests.teams.people import Office

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TYPED = {"name": "House", "kind": "openai", "base_url": "https://models.example/v1",
         "secret": CANARY, "max_parallel": "4", "timeout_s": "30"}  # fmt: skip


@pytest.fixture
def admin(office: Office, client: Client) -> Client:
    client.force_login(office.admin, backend=BACKEND)
    return client


def here(provider: Provider, office: Office, **more: object) -> Connection:
    given = terms(base_url=provider.url, allow_private=True, **more)
    return make_connection(given, secret=CANARY, actor=office.admin)


def test_connect_a_provider_and_its_model(admin: Client, office: Office) -> None:
    made = admin.post(reverse("llm:make_connection"), TYPED)
    connection = Connection.objects.get()
    model = {"name": "house/small", "use": "chat", "input_price": "2", "output_price": "8"}
    admin.post(made.url, model)

    page = admin.get(reverse("pages:admin_models")).content.decode()

    assert made.url == reverse("llm:make_model", args=[connection.pk])
    assert line_for("house/small")[1] == "small"
    assert "$2.00 in, $8.00 out" in page
    assert f"…{CANARY[-4:]}" in page
    assert CANARY not in page


def test_t19_no_page_shows_the_key_not_even_one_that_comes_back(admin: Client) -> None:
    wrong = admin.post(reverse("llm:make_connection"), TYPED | {"base_url": "http://127.1"})
    admin.post(reverse("llm:make_connection"), TYPED)
    form = admin.get(reverse("llm:change_connection", args=[Connection.objects.get().pk]))

    assert wrong.status_code == 422
    assert 'value="House"' in wrong.content.decode()
    for page in (wrong, form):
        assert CANARY not in page.content.decode()
    assert "Leave this empty to keep it." in form.content.decode()


def test_change_connection_with_an_empty_key_keeps_it(admin: Client, office: Office) -> None:
    connected_model(office.admin, connection=connect(office.admin, name="House"))
    address = reverse("llm:change_connection", args=[Connection.objects.get().pk])

    kept = admin.post(address, TYPED | {"secret": ""})
    moved = admin.post(address, TYPED | {"secret": "", "base_url": "https://other.example/v1"})

    assert (kept.status_code, moved.status_code) == (302, 422)
    assert line_for("example/small")[0].secret == CANARY
    assert "enter the key again" in moved.content.decode()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("", "example/test-model-1 answered after"),
        ("401", "The provider refuses the key of this connection."),
        ("404", "The provider does not know this model"),
        ("529", "The model is overloaded."),
        ("html", "The answer was not in the form that was agreed."),
    ],
)
def test_a_test_of_a_connection_says_in_words_what_is_wrong(
    admin: Client, office: Office, fault: str, words: str
) -> None:
    with running(fault=fault) as provider:
        connection = here(provider, office)
        connected_model(office.admin, "example/test-model-1", connection=connection)
        page = admin.post(reverse("llm:test_connection", args=[connection.pk])).content.decode()

    assert words in page
    assert CANARY not in page


def test_a_test_of_a_connection_without_models_lists_what_is_offered(
    admin: Client, office: Office
) -> None:
    with running() as provider:
        connection = here(provider, office)
        address = reverse("llm:test_connection", args=[connection.pk])
        piece = admin.post(address, headers={"HX-Request": "true"}).content.decode()

    assert "offers 2 models" in piece
    assert "test-model-1, test-model-2" in piece
    assert "<html" not in piece


def test_permits_form_begins_with_what_is_chosen(admin: Client, office: Office) -> None:
    small = connected_model(office.admin)
    connected_model(office.admin, "example/large", connection=small.connection)
    address = reverse("llm:set_permits")

    admin.post(address, {"namespace": office.support.pk, "models": [small.pk]})
    form = admin.get(address, {"in": "support"}).content.decode()

    assert [each.name for each in models_for(office.admin, office.refunds)] == [
        "example/small", "galley/demo",
    ]  # fmt: skip
    assert form.count(" checked") == 1


def test_budgets_show_what_is_spent(admin: Client, office: Office) -> None:
    admin.post(reverse("llm:set_budget", args=[office.leads.pk]), {"month_limit": "50"})
    reserve(office.leads, amount=Budget.objects.get().month_limit / 2, purpose="run")

    page = admin.get(reverse("pages:admin_budgets")).content.decode()
    refused = admin.post(reverse("llm:set_budget", args=[office.leads.pk]), {"month_limit": "-1"})
    admin.post(reverse("llm:set_budget", args=[office.leads.pk]), {"month_limit": ""})

    assert "$25.00" in page
    assert "(50 %)" in page
    assert refused.status_code == 422
    assert not Budget.objects.exists()


def test_without_a_provider_the_page_says_who_answers(admin: Client) -> None:
    page = admin.get(reverse("pages:admin_models")).content.decode()

    assert "No provider is connected yet" in page
    assert "Until then the demo model answers everywhere" in page


def test_models_page_asks_the_same_questions_for_one_and_for_three(
    admin: Client, office: Office, django_assert_num_queries
) -> None:
    from apps.llm.queries import connection_rows

    connected_model(office.admin, **PRICES)
    with django_assert_num_queries(2):
        one = connection_rows()
    for name in ("b", "c"):
        more = connect(office.admin, name=name)
        connected_model(office.admin, f"{name}/small", connection=more, **PRICES)
    with django_assert_num_queries(2):
        three = connection_rows()

    assert (len(one), len(three), ConnectedModel.objects.count()) == (1, 3, 3)


def test_budgets_page_has_a_row_for_each_team(admin: Client, office: Office) -> None:
    set_budget(office.leads, month_limit=Budget._meta.get_field("month_limit").to_python("0"),
               actor=office.admin)  # fmt: skip

    page = admin.get(reverse("pages:admin_budgets")).content.decode()

    assert "Support leads" in page
    assert "(100 %)" in page
