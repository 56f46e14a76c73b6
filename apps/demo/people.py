"""The demo's people and what each may do: Alder Bank's support team and those around it."""

from __future__ import annotations

from dataclasses import dataclass

DOMAIN = "alder.example"


@dataclass(frozen=True)
class DemoPerson:
    """`roles` are (role code, namespace path); `teams` are names of `TEAMS`."""

    name: str
    email: str
    what: str
    roles: tuple[tuple[str, str], ...]
    teams: tuple[str, ...] = ()


TEAMS = {
    "Support": "Answers customers about cards, refunds and disputes",
    "Support leads": "Approves what customers of support will read",
    "Compliance": "Checks wording against the law and the bank's terms",
    "Fraud": "Explains blocked payments and alerts",
}

PEOPLE = (
    DemoPerson("Sara Okafor", f"sara@{DOMAIN}", "author", (("author", ""),), ("Support",)),
    DemoPerson(
        "Ana Moreno", f"ana@{DOMAIN}", "reviewer", (("reviewer", ""),), ("Support leads",)
    ),
    DemoPerson("Bo Lindqvist", f"bo@{DOMAIN}", "releaser", (("releaser", ""),), ("Support",)),
    DemoPerson("Mei Tanaka", f"mei@{DOMAIN}", "admin", (("admin", ""),)),
    DemoPerson("Viktor Hale", f"viktor@{DOMAIN}", "viewer", (("viewer", ""),)),
    DemoPerson(
        "Jonas Weber", f"jonas@{DOMAIN}", "reviewer for Compliance",
        (("reviewer", ""),), ("Compliance",),
    ),
    DemoPerson(
        "Tomás Reis", f"tomas@{DOMAIN}", "author in onboarding",
        (("author", "onboarding"), ("viewer", "")),
    ),
    DemoPerson(
        "Priya Nair", f"priya@{DOMAIN}", "author in support",
        (("author", "support"), ("viewer", "")), ("Support",),
    ),
)  # fmt: skip

NAMESPACES = {
    "support": "What customers of support read",
    "support/refunds": "Money that goes back",
    "support/cards": "Lost, stolen, new and blocked cards",
    "support/mail": "Letters and e-mails before anybody reads them",
    "support/disputes": "Payments that a customer does not recognise",
    "fraud": "Blocked payments and alerts",
    "fraud/alerts": "What a customer is told when a payment is stopped",
    "onboarding": "New customers and their papers",
}
