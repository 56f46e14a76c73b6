"""“Use in code”: what the page offers to copy works against the real server as it stands there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from html import unescape

import pytest
from django.urls import reverse

from apps.pages.queries.code import in_code
from apps.prompts.actions import save_sample
from apps.prompts.queries import draft_document, draft_of
from tests.delivery.story import make_story
from tests.live import ROOT
from tests.releases.test_t01_unauthorised import BACKEND

HELLO = "Où est ma commande? It's “late”."
WANTED = [
    {"role": "system", "content": "You write for Ines."},
    {"role": "user", "content": HELLO},
]


@pytest.fixture
def story(db):
    return make_story()


def offered(story, address, place="production"):
    save_sample(
        story.prompt, name="Late", values={"message": HELLO, "shop": "Ines"},
        actor=story.world["author"],
    )  # fmt: skip
    document = draft_document(draft_of(story.prompt))
    found = in_code(story.prompt, document, story.world.places[place], address)
    return {sample.code: sample.text for sample in found.samples}


def run(*command, key, **more):
    environment = {**os.environ, "GALLEY_KEY": key, **more}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("code", ["curl", "python", "javascript"])
def test_snippet_runs_as_it_stands(live, tmp_path, code):
    story = make_story()
    _, key = story.key()
    text = offered(story, f"{live.url}/")[code]

    if code == "curl":
        out = run("bash", "-c", text.replace("curl -H", "curl -s -H"), key=key)
        fetched, rendered = out.split("}{", 1)
        assert json.loads(fetched + "}")["version"] == 1
        messages = json.loads("{" + rendered)["messages"]
    elif code == "python":
        program = f"{text}\nimport json\nprint(json.dumps(messages))"
        library = str(ROOT / "clients" / "python")
        messages = json.loads(run(sys.executable, "-c", program, key=key, PYTHONPATH=library))
    else:
        node = shutil.which("node")
        if node is None:
            pytest.skip("there is no node here")
        file = tmp_path / "call.mjs"
        file.write_text(f"{text}\nconsole.log(JSON.stringify(messages));\n")
        messages = json.loads(run(node, str(file), key=key))

    assert messages == WANTED


def test_snippet_of_another_environment_does_not_work_with_the_key(live):
    story = make_story()
    _, key = story.key("staging")
    text = offered(story, f"{live.url}/")["curl"]

    out = run("bash", "-c", text.replace("curl -H", "curl -s -H"), key=key)

    assert out.count("unknown_environment") > 0


def test_page_offers_each_environment_and_no_secret(story, client):
    key, secret = story.key()
    client.force_login(story.world["author"], backend=BACKEND)
    address = reverse("pages:prompt_settings", args=["desk/reply"])

    def shown(query):
        return unescape(client.get(address + query).content.decode())

    default, staging, none = shown(""), shown("?environment=staging"), shown("?environment=moon")

    assert "desk/reply?environment=production" in default and "$GALLEY_KEY" in default
    assert "desk/reply/render?environment=staging" in staging
    assert "desk/reply?environment=production" in none
    assert [word for word in (secret, key.selector) if word in default + staging] == []
    assert "Nothing of this prompt is live in Development" in shown("?environment=development")


def test_who_may_make_a_key_comes_to_a_form_that_is_filled_in(story, client):
    address = reverse("pages:prompt_settings", args=["desk/reply"]) + "?environment=staging"

    def looks(person):
        client.force_login(person, backend=BACKEND)
        return unescape(client.get(address).content.decode())

    wanted = reverse("environments:create_key") + "?environment=staging&namespace=desk"
    assert wanted not in looks(story.world["author"])
    assert wanted in looks(story.world.admin)
    form = client.get(wanted).context["form"]
    assert form["environment"].initial == story.world.places["staging"]
    assert [space.path for space in form["namespaces"].initial] == ["desk"]


@pytest.mark.parametrize(
    ("variable", "kept", "value"),
    [
        ({"type": "number"}, {}, 1),
        ({"type": "number"}, {"it": 2.5}, 2.5),
        ({"type": "number"}, {"it": "words"}, 1),
        ({"type": "choice", "choices": ["a", "b"]}, {"it": "b"}, "b"),
        ({"type": "choice", "choices": ["a", "b"]}, {"it": "c"}, "a"),
        ({"type": "text", "max_length": 3}, {"it": "words"}, "wor"),
        ({"type": "yes_no"}, {}, True),
        ({"type": "list"}, {"it": ["x"]}, ["x"]),
        ({"type": "json"}, {"it": [1]}, [1]),
    ],
)
def test_sample_values_fit_their_type(variable, kept, value):
    from apps.pages.queries.code import _value
    from apps.prompts.content import new_variable

    assert _value(new_variable("it", **variable), kept) == value
