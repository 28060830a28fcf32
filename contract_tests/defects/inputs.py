"""What is sent: strange things that make the server fail, wrong ones that it takes, right ones that it refuses."""

from collections.abc import Callable
from typing import Any

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant, Run
from contract_tests.defects.witness import get, patch, post
from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain import tags
from mock_server.studio.domain.errors import Invalid

OF_11 = "/projects/11"
SEGMENT = f"{OF_11}/annotations/51/documents/1001/segments/5001/tags"


def _fails(plant: Plant, operation: str, strange: Callable[[Call], bool]) -> None:
    """Let an operation fail for what is strange."""

    async def wrap(call: Call, run: Run) -> Reply:
        if strange(call):
            return replies.error(500, "Something is wrong with the API.")
        return await run(call)

    plant.on(operation).runs(wrap)


@defect(
    "no-emoji-in-names",
    "A class with an emoji in its name makes the server fail.",
    post(f"{OF_11}/classes", {"name": "Bed 🛏"}),
)
def no_emoji_in_names(plant: Plant) -> None:
    _fails(plant, "create_class", lambda call: any(ord(sign) > 0xFFFF for sign in call.body["name"]))


@defect(
    "nothing-longer-than-a-page",
    "A document of more than 4,000 characters makes the server fail.",
    post(f"{OF_11}/documents", {"text": "Nice. " * 700}),
)
def nothing_longer_than_a_page(plant: Plant) -> None:
    _fails(plant, "create_document", lambda call: len(call.body["text"]) > 4000)


@defect("ids-of-32-bits", "An id of more than 32 bits makes the server fail.", get(f"{OF_11}/groups/4294967296"))
def ids_of_32_bits(plant: Plant) -> None:
    _fails(plant, "get_group", lambda call: abs(call.path["group_id"]) > 2**31)


@defect("nul-in-a-search", "NUL in a search makes the server fail.", get(f"{OF_11}/documents?search=%00"))
def nul_in_a_search(plant: Plant) -> None:
    for operation in plant.on("list_documents").operations:
        parameter = operation.parameters.query["search"]
        parameter.schema, parameter._plain = {"type": "string"}, True
    _fails(plant, "list_documents", lambda call: "\0" in (call.query["search"] or ""))


@defect(
    "deep-json",
    "JSON that is nested deeply makes the server fail.",
    post(f"{OF_11}/upload-classes", None, content=b"[" * 5000, headers={"Content-Type": "application/json"}),
)
def deep_json(plant: Plant) -> None:
    def failing(refuse: Any, refusal: Refused) -> Reply:
        if any("deep" in fault["reason"] for fault in refusal.faults):
            return replies.error(500, "Something is wrong with the API.")
        reply: Reply = refuse(refusal)
        return reply

    plant.on("upload_classes").asks(refuse=failing)


@defect("names-of-nothing", "A label can have an empty name.", post("/projects/13/labels", {"name": ""}))
def names_of_nothing(plant: Plant) -> None:
    plant.on("create_label").takes(lambda schema: _loosened(schema, "name"))


def _loosened(schema: Json, *fields: str) -> None:
    for field in fields:
        schema["properties"][field] = {"type": "string"}


@defect(
    "types-of-ones-own",
    "A project can have a type that there is not.",
    post("/projects", {"name": "New", "type": "IMAGE"}),
)
def types_of_ones_own(plant: Plant) -> None:
    def loosened(schema: Json) -> None:
        schema.clear()
        schema.update(
            {"type": "object", "required": ["name", "type"], "properties": {"name": {"type": "string", "minLength": 1}}}
        )

    plant.on("create_project").takes(loosened)


@defect("offsets-below-zero", "A negative offset is taken for 0.", get(f"{OF_11}/tags?offset=-1"))
def offsets_below_zero(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        call.query["offset"] = max(0, call.query["offset"])
        return await run(call)

    for operation in plant.on("list_project_tags").operations:
        operation.parameters.query["offset"]._plain = True
    plant.on("list_project_tags").runs(wrap)


@defect("the-highest-is-too-high", "The highest limit that there may be is refused.", get("/analyses?limit=1000"))
def the_highest_is_too_high(plant: Plant) -> None:
    for operation in plant.on("list_analyses").operations:
        parameter = operation.parameters.query["limit"]
        parameter.schema = {**parameter.schema, "maximum": 999}


@defect(
    "any-content-type",
    "JSON is taken whatever its content type says.",
    post(f"{OF_11}/groups", None, content=b'{"name": "A", "documents": []}', headers={"Content-Type": "text/plain"}),
)
def any_content_type(plant: Plant) -> None:
    for operation in plant.on("create_group").operations:
        assert operation.body is not None
        operation.body._media = lambda content_type: "application/json"  # type: ignore[method-assign]


@defect(
    "no-apostrophes",
    "A project whose name has an apostrophe is refused.",
    post("/projects", {"name": "Nora's", "type": "CLASS"}),
)
def no_apostrophes(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        if "'" in call.body["name"]:
            raise Invalid("The name has a character that is not allowed", "body.name")
        return await run(call)

    plant.on("create_project").runs(wrap)


@defect(
    "tags-beside-their-segment",
    "The span of a tag can lie outside of its segment.",
    post(SEGMENT, {"class": "Staff", "label": "POS", "span": [60, 65]}),
)
def tags_beside_their_segment(plant: Plant) -> None:
    def lenient(words: Any) -> Any:
        def found(text: str, segment: Any, given: Any, before: Any = None) -> Any:
            span = given.get("span")
            return words(text, segment, given, before) if span is None else (int(span[0]), int(span[1]))

        return found

    plant.swap(tags, "words", lenient)


@defect(
    "the-same-tag-twice", "A segment can have the same tag twice.", post(SEGMENT, {"class": "Comfort", "label": "POS"})
)
def the_same_tag_twice(plant: Plant) -> None:
    plant.swap(tags, "_refuse_second", lambda _: lambda *args: None)


@defect(
    "colleagues-of-nobody",
    "An annotation can be made the work of a user that there is not.",
    patch("/api/annotations/1/", {"completed_by": 99}),
    api="label_studio",
)
def colleagues_of_nobody(plant: Plant) -> None:
    from mock_server.label_studio.domain import annotations

    plant.swap(annotations, "_colleague", lambda _: lambda tx, user, user_id: user_id)


NOTE = "/v1/labeling-annotations/06cbd4b9-7e5f-4ea0-8248-9d30b16e5f01"


@defect(
    "labels-of-ones-own",
    "An annotation can have a label that its project does not have.",
    patch(NOTE, {"label": "funny"}, "bg-nora"),
    api="blue_guardrails",
)
def labels_of_ones_own(plant: Plant) -> None:
    from mock_server.blue_guardrails.domain import annotations

    plant.swap(annotations, "_check_label", lambda _: lambda project, label: None)


@defect(
    "slugs-in-any-form",
    "The slug of a project can have blanks.",
    post(
        "/v1/labeling-projects",
        {"name": "New", "slug": "with a blank", "source_type": "conversations", "label_schema": []},
        "bg-nora",
    ),
    api="blue_guardrails",
)
def slugs_in_any_form(plant: Plant) -> None:
    plant.on("create_labeling_project").takes(lambda schema: _loosened(schema, "slug"))
