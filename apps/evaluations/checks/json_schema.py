from __future__ import annotations

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.json_text import NoJson, read_json
from apps.evaluations.checks.json_valid import FENCED
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.schemas import SchemaError, TooLong, problem, read_schema
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, could_not_run, judged


class JsonSchema(Kind):
    code = "json_schema"
    label = "Fits a JSON schema"
    group = "JSON"
    help = "The answer is JSON with these fields and types."
    fields = (
        Field(
            "schema", "The schema", "text", required=True,
            help="JSON Schema, draft 2020-12. References lead inside the schema only.",
        ),
        FENCED,
    )  # fmt: skip

    def sentence(self, settings: Settings) -> str:
        try:
            schema = read_schema(self.filled(settings)["schema"])
        except SchemaError:
            return "Fits a JSON schema"
        names = [name for name in schema.get("properties", {}) if isinstance(name, str)]
        if not names:
            return "Fits the JSON schema"
        shown = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
        return f"Fits the JSON schema with {shown}"

    def conflicts(self, settings: Settings) -> dict[str, str]:
        try:
            read_schema(settings["schema"])
        except SchemaError as error:
            return {"schema": str(error)}
        return {}

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        try:
            document = read_json(answer.text, fenced=settings["fenced"])
        except NoJson as error:
            return judged(False, str(error))
        try:
            sentence = problem(document, read_schema(settings["schema"]))
        except (SchemaError, TooLong) as error:
            return could_not_run(str(error))
        return judged(not sentence, sentence or "The answer fits the schema.")
