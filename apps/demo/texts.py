"""The demo's prompts: our own texts, each with the documents of its versions, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from apps.llm.questions import DEMO_MODEL
from apps.prompts.content import new_block, new_content, new_variable

Document = dict[str, Any]


def block(prompt: str, slot: str, type_: str, body: str = "", **more: Any) -> dict[str, Any]:
    """A block whose key is the same in every version of its prompt."""
    key = str(uuid5(NAMESPACE_URL, f"galley-demo/{prompt}/{slot}"))
    return new_block(type_, body=body, key=key, **more)


def document(
    blocks: Sequence[dict[str, Any]],
    variables: Sequence[dict[str, Any]],
    model: str = "eu-small-2",
    temperature: float = 0.2,
) -> Document:
    content = new_content()
    content["blocks"] = list(blocks)
    content["variables"] = list(variables)
    content["models"] = [
        {"model": model, "parameters": {"temperature": temperature}, "overrides": {}}
    ]
    return content


def _refund(promise: str, anger: str, *, late: bool, guardrails_first: bool) -> Document:
    name = "refund"
    role = block(
        name,
        "role",
        "role",
        "You write e-mails for Alder Bank's refund desk. You are warm, brief and exact.",
    )
    context = block(
        name,
        "context",
        "context",
        "The customer {{customer_name}} asked for the refund of a payment to {{shop_name}}. "
        "The bank sends the money at once; the customer's own bank decides when it shows.",
    )
    instructions = block(
        name,
        "instructions",
        "instructions",
        f"Thank the customer once. Say that the refund of {{{{refund_amount}}}} was approved "
        f"{promise}.\n\n"
        f"If the customer is angry, apologise {anger}and offer a call. "
        "Close with the name of the agent, {{agent_name}}.",
    )
    guardrails = block(
        name,
        "guardrails",
        "guardrails",
        "Never promise a date for the money. Never say that the shop made a mistake.\n\n"
        "Do not ask for card numbers, PINs or passwords.",
    )
    late_refunds = block(
        name,
        "late",
        "context",
        "A refund that takes longer than 10 bank days is late. Say so plainly, give the case "
        "number {{case_number}} and hand over to an agent. Do not explain the delay with reasons "
        "that are not in the case notes.",
        title="Late refunds",
    )
    examples = block(
        name,
        "examples",
        "examples",
        rows=[
            {
                "input": "Where is my money? It has been a week.",
                "output": "Thank you for writing. Your refund of 48.00 € left us on 3 November. "
                "Banks usually need 5 to 10 bank days to show it.",
            },
            {
                "input": "This is the third time I ask!!",
                "output": "I am sorry that you had to ask again. Your refund of 120.00 € was "
                "approved. May an agent call you today?",
            },
        ],
    )
    output = block(
        name, "output", "output_format", "At most 120 words. Plain text. No bullet points."
    )
    user = block(name, "input", "input", "{{message}}")
    middle = [guardrails, instructions] if guardrails_first else [instructions, guardrails]
    variables = [
        new_variable("customer_name", description="As the customer signs"),
        new_variable("shop_name", description="Where the payment went"),
        new_variable("refund_amount", description="With the currency, such as 48.00 €"),
        new_variable("agent_name", required=False, default="the Alder Bank team"),
        new_variable("message", type="long_text", description="What the customer wrote"),
    ]
    if late:
        variables += [
            new_variable(
                "approved_on", required=False, default="this week",
                description="The day the refund was approved",
            ),
            new_variable(
                "case_number", required=False, default="in our last e-mail",
                description="Only for late refunds",
            ),
        ]  # fmt: skip
    blocks = [role, context, *middle, *([late_refunds] if late else []), examples, output, user]
    return document(blocks, variables)


REFUND = (
    _refund("and is on its way", "", late=False, guardrails_first=False),
    _refund("and will be in the account within 3 days", "", late=False, guardrails_first=False),
    _refund(
        "on {{approved_on}} and name the usual time, 5 to 10 bank days, as an estimate",
        "once, say what happens next, ",
        late=True,
        guardrails_first=True,
    ),
)

REFUND_SAMPLES = {
    "Calm customer": {
        "customer_name": "Lena Vogt",
        "shop_name": "Nordhaus Furniture",
        "refund_amount": "48.00 €",
        "agent_name": "Priya",
        "message": "Hello, could you tell me when I will see the refund for the lamp?",
    },
    "Angry customer": {
        "customer_name": "Marco Silva",
        "shop_name": "QuickTickets",
        "refund_amount": "120.00 €",
        "message": "Three weeks! Where is my money? I want to speak to someone NOW.",
    },
}


def _triage(card: str, extra_rule: str) -> Document:
    name = "triage"
    blocks = [
        block(
            name,
            "role",
            "role",
            "You are the first reader of the messages that customers of Alder Bank send about "
            "their cards. You sort. You never answer the customer.",
        ),
        block(
            name,
            "context",
            "context",
            "Blocking a card is instant and can be undone for 24 hours. A message may hold more "
            f"than one problem; the most urgent one decides the queue. The card {card}ends in "
            "{{card_last4}} and was last used in {{last_country}}.",
        ),
        block(
            name,
            "instructions",
            "instructions",
            "1. Read the whole message before you choose.\n"
            "2. Choose exactly one queue: block now, dispute, delivery, PIN, limits or other.\n"
            "3. If the card may be in someone else’s hands, choose block now, even when the "
            "customer asks for something else.\n"
            "4. Give the agent one sentence that says why.",
        ),
        block(
            name,
            "guardrails",
            "guardrails",
            "- Never repeat a full card number, a PIN or a security code, even if the customer "
            "wrote it.\n- Do not guess the country. When the message names no place, use "
            f"{{{{last_country}}}} and say so in the reason.{extra_rule}",
        ),
        block(
            name,
            "examples",
            "examples",
            rows=[
                {"input": "My son has my card and bought games for 80 €.", "output": "block now"},
                {"input": "I never ordered from this shop in Riga.", "output": "dispute"},
                {
                    "input": "Moved to Lyon, the card still went to my old flat.",
                    "output": "block now",
                },
            ],
        ),
        block(name, "input", "input", "{{message}}"),
        block(
            name,
            "note",
            "note",
            "Queue names must match the routing table until the new contact centre opens in "
            "March. Ask Mei before you rename one.",
        ),
    ]
    variables = [
        new_variable("card_last4", description="The last four digits, never more", max_length=4),
        new_variable("last_country", description="Where the card was last used"),
        new_variable("message", type="long_text", description="What the customer wrote"),
    ]
    if card:
        variables.insert(
            0,
            new_variable(
                "card_type",
                type="choice",
                choices=["debit", "credit"],
                default="debit",
                required=False,
            ),
        )
    return document(blocks, variables, model=DEMO_MODEL, temperature=0)


TRIAGE = (_triage("", ""),)
TRIAGE_DRAFT = _triage(
    "is a {{card_type}} card, ",
    "\n- If the customer speaks of another card than the one ending in {{card_last4}}, choose "
    "other.",
)
TRIAGE_SAMPLES = {
    "Card lost abroad": {
        "card_last4": "4417",
        "last_country": "Portugal",
        "message": "I left my wallet in a taxi in Porto last night. "
        "Can you send a new card to my hotel?",
    }
}


def _short(name: str, role: str, instructions: str, guardrails: str, **more: Any) -> Document:
    blocks = [
        block(name, "role", "role", role),
        block(name, "instructions", "instructions", instructions),
        block(name, "guardrails", "guardrails", guardrails),
        block(name, "input", "input", "{{message}}"),
    ]
    return document(blocks, [new_variable("message", type="long_text")], **more)


LOST = (
    _short(
        "lost",
        "You help customers of Alder Bank who have lost a card or had it stolen.",
        "Say first that the card can be blocked now and how. Then say when a new one arrives: "
        "usually 3 to 5 bank days. Offer the digital card for the days between.",
        "Never ask for the PIN. Never say that the customer was careless.",
    ),
)
LOST_DRAFT = _short(
    "lost",
    "You help customers of Alder Bank who have lost a card or had it stolen.",
    "Say first that the card can be blocked now in the app, under Cards. Then say when a new one "
    "arrives: usually 3 to 5 bank days. Offer the digital card for the days between.",
    "Never ask for the PIN. Never say that the customer was careless.",
)
DELIVERY = (
    _short(
        "delivery",
        "You answer questions about the delivery of a new card.",
        "Say which day the card left us and the usual 3 to 5 bank days. "
        "After 8 days, offer a new one.",
        "Never write the full address into the answer.",
    ),
)
DISPUTE = (
    _short(
        "dispute",
        "You summarise a dispute for the agent who decides it.",
        "List what was paid, when, to whom, and what the customer says happened. "
        "Five lines at most.",
        "Take no side. Do not say who is right.",
    ),
    _short(
        "dispute",
        "You summarise a dispute for the agent who decides it.",
        "List what was paid, when, to whom, and what the customer says happened. Then list which "
        "papers are missing. Seven lines at most.",
        "Take no side. Do not say who is right. Do not guess an amount.",
    ),
)
BLOCKED = (
    _short(
        "blocked",
        "You explain to a customer of Alder Bank why a payment was stopped.",
        "Say that the payment was stopped to protect the account, and how to release it in "
        "the app.",
        "Never name the rule that stopped the payment. Never say that the customer is suspected.",
    ),
    _short(
        "blocked",
        "You explain to a customer of Alder Bank why a payment was stopped.",
        "Say that the payment was stopped to protect the account. Ask the customer to call the "
        "service line, which is open day and night.",
        "Never name the rule that stopped the payment. Never say that the customer is suspected.",
    ),
)
DOCUMENT = (
    _short(
        "document",
        "You answer new customers whose photo of an identity card was refused.",
        "Ask for another photo and list what a good one shows.",
        "Never ask for the paper by e-mail.",
    ),
    _short(
        "document",
        "You answer new customers whose photo of a passport or identity card was refused.",
        "Ask for another photo, name the papers that are taken, and list what a good one shows.",
        "Never ask for the paper by e-mail.",
    ),
    _short(
        "document",
        "You answer new customers whose photo of a passport or identity card was refused.",
        "Name the one thing to change in the photo, in plain words, and nothing else. Say that the "
        "second try takes a minute.",
        "Never ask for the paper by e-mail. Never say that a paper looks false.",
    ),
)
IDENTITY = (
    _short(
        "identity",
        "You explain to new customers why a photo of an identity paper was refused.",
        "Name the one reason in plain words and say how to take a better photo.",
        "Never ask for the paper by e-mail.",
    ),
    _short(
        "identity",
        "You explain to new customers why a photo of a passport or identity card was refused.",
        "Name the one reason in plain words: glare, a cut corner, or a date that cannot be read. "
        "Say how to take a better photo: by daylight, without flash, all four corners visible.",
        "Never ask for the paper by e-mail. Never say that a paper looks false.",
    ),
)


def _mail(queues: str, more: str) -> Document:
    return _short(
        "mail",
        "You are the first reader of the e-mails that customers send to Alder Bank. You sort.",
        f"Choose exactly one queue: {queues}.{more}",
        "Never answer the customer. Write the name of the queue and nothing else.",
        model=DEMO_MODEL,
        temperature=0,
    )


MAIL = (
    _mail("block now, dispute, delivery, limits or other", ""),
    _mail(
        "block now, dispute, delivery, PIN, limits or other",
        " A question about a PIN has a queue of its own now.",
    ),
)
