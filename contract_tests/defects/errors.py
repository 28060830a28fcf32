"""Refusals in another shape, or with the words of another one."""

from typing import Any

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant
from contract_tests.defects.witness import get, post
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.reply import Reply


@defect(
    "errors-of-another-shape", "What is wrong with a label is told in another shape.", get("/projects/11/labels/999999")
)
def errors_of_another_shape(plant: Plant) -> None:
    def told(explain: Any, problem: Exception) -> Reply:
        reply: Reply = explain(problem)
        return Reply.json(reply.status, {"error": {"code": reply.status, "detail": str(problem)}})

    plant.on("get_label", "change_label", "delete_label").asks(explain=told)


PAGE = b"<html><head><title>404 Not Found</title></head><body><center>nginx</center></body></html>"


@defect(
    "a-page-for-a-missing-model", "A model that does not exist is answered with a page in HTML.", get("/models/999999")
)
def a_page_for_a_missing_model(plant: Plant) -> None:
    def paged(explain: Any, problem: Exception) -> Reply:
        reply: Reply = explain(problem)
        return Reply(404, PAGE, b"text/html") if reply.status == 404 else reply

    plant.on("get_model").asks(explain=paged)


@defect("told-to-log-in", "Who lists projects without a token is led to a page to log in.", get("/projects", None))
def told_to_log_in(plant: Plant) -> None:
    def led(refuse: Any, refusal: Refused) -> Reply:
        if refusal.status == 401:
            return Reply(302, b"", b"text/html", ((b"location", b"/login"),))
        reply: Reply = refuse(refusal)
        return reply

    plant.on("list_projects").asks(refuse=led)


@defect(
    "the-name-of-another-status",
    "A conflict of classes says that it is a BAD_REQUEST.",
    post("/projects/11/classes", {"name": "Comfort"}),
)
def the_name_of_another_status(plant: Plant) -> None:
    def told(explain: Any, problem: Exception) -> Reply:
        reply: Reply = explain(problem)
        if reply.status == 409:
            reply.body = reply.body.replace(b'"CONFLICT"', b'"BAD_REQUEST"')
        return reply

    plant.on("create_class").asks(explain=told)


@defect(
    "invalid-without-reasons",
    "A wrong body of a session is refused without saying what is wrong with it.",
    post("/projects/11/annotations", {"name": 5}),
)
def invalid_without_reasons(plant: Plant) -> None:
    def silent(refuse: Any, refusal: Refused) -> Reply:
        reply: Reply = refuse(refusal)
        if reply.status == 400:
            return Reply.json(400, {"message": "The body is invalid", "status": "BAD_REQUEST"})
        return reply

    plant.on("create_session").asks(refuse=silent)


@defect(
    "invalid-in-one-sentence",
    "What is wrong with a project is a sentence, not a list of places.",
    post("/v1/labeling-projects", {"name": 5}, "bg-nora"),
    api="blue_guardrails",
)
def invalid_in_one_sentence(plant: Plant) -> None:
    def told(refuse: Any, refusal: Refused) -> Reply:
        reply: Reply = refuse(refusal)
        return Reply.json(422, {"detail": "The body is invalid"}) if reply.status == 422 else reply

    plant.on("create_labeling_project").asks(refuse=told)


@defect(
    "only-a-detail",
    "An annotation that does not exist is told in a detail alone, without the id and the version.",
    get("/api/annotations/999/"),
    api="label_studio",
)
def only_a_detail(plant: Plant) -> None:
    plant.on("get_annotation", "delete_annotation").asks(
        explain=lambda explain, problem: Reply.json(explain(problem).status, {"detail": str(problem)})
    )


@defect(
    "errors-that-succeed",
    "A password that is wrong is answered with 200 and the words of an error.",
    post("/auth/login", {"email": "owner@example.com", "password": "wrong"}, None),
)
def errors_that_succeed(plant: Plant) -> None:
    def mild(explain: Any, problem: Exception) -> Reply:
        reply: Reply = explain(problem)
        reply.status = 200
        return reply

    plant.on("log_in").asks(explain=mild)
