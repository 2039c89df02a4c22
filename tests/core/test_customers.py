"""Who counts as one customer."""

from __future__ import annotations

import pytest

from connector.core.customers import customer_key, mail_domain


@pytest.mark.parametrize(
    ("organization", "email", "requester", "key"),
    [
        pytest.param(7, "ada@acme.example", 1, "organization:7", id="organization first"),
        pytest.param("Acme", None, None, "organization:Acme", id="organization by name"),
        pytest.param(None, "Ada@Acme.Example", 1, "domain:acme.example", id="then the domain"),
        pytest.param(None, "ada@gmail.com", 1, "requester:1", id="a public provider is nobody"),
        pytest.param(None, "Ada@Gmail.com", None, "requester:ada@gmail.com", id="by address"),
        pytest.param(None, "ada@yahoo.co.uk", None, "requester:ada@yahoo.co.uk", id="by country"),
        pytest.param(None, "cust-12", None, "requester:cust-12", id="a name is a requester"),
        pytest.param(None, None, 5, "requester:5", id="an id alone"),
        pytest.param("  ", "", None, None, id="nothing known"),
    ],
)
def test_a_customer_is_organization_else_domain_else_requester(
    organization: int | str | None, email: str | None, requester: int | None, key: str | None
) -> None:
    assert customer_key(organization, email, requester) == key


@pytest.mark.parametrize(
    "text", ["", "@", "a@b", "a b", "@acme.example", "a@b c.example", "a@x/y.z"]
)
def test_what_is_no_address_has_no_domain(text: str) -> None:
    assert mail_domain(text) is None
