"""What takes time goes its way from the beginning to the end: statuses in order, progress that rises, a time when it is over."""

from collections.abc import Callable
from typing import Any

from contract_tests.laws.registry import law
from contract_tests.laws.workshop import TEXTS, Workshop, is_settled

STEP = 0.2  # seconds between two looks
LOOKS = 150


def watched(
    lab: Workshop, read: str, path: dict[str, Any], is_over: Callable[[dict[str, Any]], bool] = is_settled
) -> list[dict[str, Any]]:
    """Look at something until it is over, and return how it looked each time."""
    seen = [lab.ok(read, path)]
    for _ in range(LOOKS):
        if is_over(seen[-1]):
            break
        lab.wait(STEP)
        seen.append(lab.ok(read, path))
    lab.expect(is_over(seen[-1]), f"after {LOOKS * STEP:.0f} seconds it is still {seen[-1].get('status')}", read)
    return seen


def goes_its_way(lab: Workshop, seen: list[dict[str, Any]], way: list[str], operation: str) -> None:
    """Compare what was seen with the way that it should go; a look may miss a step, but never see one out of order."""
    statuses = [one["status"] for one in seen]
    told = list(dict.fromkeys(statuses))
    lab.expect(set(told) <= set(way), f"it was {' → '.join(told)}; the way is {' → '.join(way)}", operation)
    ordered = [way.index(status) for status in statuses if status in way]
    lab.expect(ordered == sorted(ordered), f"it was {' → '.join(told)}; the way is {' → '.join(way)}", operation)
    lab.expect(statuses[-1] == way[-1], f"it ended as {statuses[-1]}, due is {way[-1]}", operation)
    progress = [one["progress"] for one in seen if "progress" in one]
    lab.expect(progress == sorted(progress), f"its progress went {_path(progress)}", operation)
    if progress:
        lab.expect(progress[-1] == 100, f"it is over at {progress[-1]} percent", operation)
        lab.expect(progress[0] < 100, "it begins at 100 percent", operation)
    if "finished" in seen[-1]:
        lab.expect(seen[-1]["finished"] is not None, "it is over and has no time in `finished`", operation)
        lab.expect(seen[0]["finished"] is None, "it has only begun and has a time in `finished`", operation)


def _path(progress: list[Any]) -> str:
    return " → ".join(map(str, progress[:12]))


@law()
def groups_are_processed(lab: Workshop) -> None:
    """A group is PROCESSING without documents, refuses changes, and then CREATED with all of them."""
    project = lab.project()
    at = {"project_id": project}
    told = {one["id"] for one in lab.ok("list_notifications")}
    made = lab.ok("create_group", at, json={"documents": [{"text": text} for text in TEXTS]})
    path = {**at, "group_id": made["id"]}
    if made["status"] == "PROCESSING":
        lab.expect(made["document_count"] == 0, "a group that is PROCESSING has documents already", "create_group")
        if lab.target.can_advance:
            lab.refused(409, "a change of a group that is PROCESSING", "change_group", path, json={"name": "Too early"})
    goes_its_way(lab, [made, *watched(lab, "get_group", path)], ["PROCESSING", "CREATED"], "get_group")
    news = [one for one in lab.ok("list_notifications") if one["id"] not in told]
    lab.expect(
        [one["type"] for one in news] == ["INFO"],
        f"{len(news)} notifications tell that a group is there, due is one",
        "list_notifications",
    )
    shown = lab.ok("get_group", path)
    lab.expect(
        shown["document_count"] == len(TEXTS),
        f"it has {shown['document_count']} of {len(TEXTS)} documents",
        "get_group",
    )


@law()
def sessions_start_and_end(lab: Workshop) -> None:
    """A session is STARTED, then ANNOTATING; it is FINISHED with a time when every segment is marked, and opens when segments come in."""
    project = lab.project()
    at, documents = {"project_id": project}, lab.documents(project, TEXTS[:3])
    made = lab.ok("create_session", at, json={"document_ids": documents})
    path = {**at, "annotation_id": made["id"]}
    seen = watched(lab, "get_session", path, lambda one: one["status"] == "ANNOTATING")
    lab.expect(
        {one["status"] for one in [made, *seen]} <= {"STARTED", "ANNOTATING"},
        "a new session is neither STARTED nor ANNOTATING",
        "create_session",
    )
    segments = lab.segments(project, made["id"])
    for done, segment in enumerate(segments, 1):
        lab.ok(
            "mark_segment",
            {**path, "document_id": segment["document_id"], "segment_id": segment["id"]},
            json={"name": "ANNOTATED"},
        )
        shown = lab.ok("get_session", path)
        due = round(100 * done / len(segments), 1)
        lab.expect(
            abs(shown["progress"] - due) < 0.11,
            f"{done} of {len(segments)} segments are marked, progress is {shown['progress']}",
            "get_session",
        )
        over = (shown["status"] == "FINISHED", shown["finished"] is not None)
        lab.expect(
            over == (done == len(segments),) * 2,
            f"{done} of {len(segments)} are marked: {shown['status']}, finished {shown['finished']}",
            "get_session",
        )
    again = lab.ok("mark_document", {**path, "document_id": documents[0]}, json={"name": "ANNOTATED"})
    lab.expect(lab.ok("get_session", path) == shown, "marking a second time changes the session", "mark_document")
    lab.expect(again["document_id"] == documents[0], "a mark is of another document", "mark_document")
    opened = lab.ok("change_session", path, json={"documents": [{"text": "One more sentence."}]})
    lab.expect(
        opened["status"] == "ANNOTATING" and opened["finished"] is None,
        f"with a new document a FINISHED session is {opened['status']}",
        "change_session",
    )


@law()
def samples_are_drawn(lab: Workshop) -> None:
    """With sample_size a session is SAMPLING without documents, then has as many as asked for, all different and of the project."""
    project = lab.project()
    at, documents = {"project_id": project}, lab.documents(project)
    for size, due in ((2, 2), (99, len(documents))):
        lab.scene()
        made = lab.ok("create_session", at, json={"sample_size": size})
        path = {**at, "annotation_id": made["id"]}
        if made["status"] == "SAMPLING" and lab.target.can_advance:
            lab.expect(made["document_count"] == 0, "a session that is SAMPLING has documents", "create_session")
            lab.refused(
                409, "a change of a session that is SAMPLING", "change_session", path, json={"name": "Too early"}
            )
        seen = watched(lab, "get_session", path, lambda one: one["status"] == "ANNOTATING")
        ids = [one["id"] for one in lab.ok("list_session_documents", path)["documents"]]
        fits = len(ids) == len(set(ids)) == due == seen[-1]["document_count"] and set(ids) <= set(documents)
        lab.expect(fits, f"a sample of {size} out of {len(documents)} has {len(ids)} documents", "create_session")


@law()
def trainings_go_their_way(lab: Workshop) -> None:
    """A training is CREATED, QUEUED, TRAINING, READY with a score; one with too little FAILS; a notification tells of both."""
    project = lab.project()
    session, at = lab.labeled(project), {"project_id": project}
    told = {one["id"] for one in lab.ok("list_notifications")}
    made = lab.ok("train_model", at, json={"annotation_ids": [session["id"]]})
    lab.expect(made["score"] is None, "a training that has only begun has a score", "train_model")
    path = {**at, "model_id": made["id"]}
    if lab.target.can_advance:
        lab.refused(409, "the download of a model that is not trained yet", "download_project_model", path)
    seen = watched(lab, "get_project_model", path)
    goes_its_way(lab, [made, *seen], ["CREATED", "QUEUED", "TRAINING", "READY"], "get_project_model")
    one = seen[-1]
    f1 = one["metrics"]["f1"]
    lab.expect(one["score"] == f1, f"the score is {one['score']}, the f1 of its metrics {f1}", "get_project_model")
    lab.expect(
        set(one["classes"]) <= set(session["classes"]),
        "a model finds classes that its session does not have",
        "get_project_model",
    )
    news = [entry for entry in lab.ok("list_notifications") if entry["id"] not in told]
    lab.expect(
        bool(news) and news[0]["type"] == "INFO" and news[0]["read"] is None,
        "no unread INFO tells that a training is over",
        "list_notifications",
    )
    empty = lab.session(project, documents=[{"text": "No tag here."}])
    failed = lab.ok("train_model", at, json={"annotation_ids": [empty["id"]]})
    last = watched(lab, "get_project_model", {**at, "model_id": failed["id"]})[-1]
    lab.expect(
        last["status"] == "FAILED" and last["progress"] == 0,
        f"a training without a tag ended as {last['status']}",
        "get_project_model",
    )
    fresh = [
        entry for entry in lab.ok("list_notifications") if entry["id"] not in told | {entry["id"] for entry in news}
    ]
    lab.expect(
        bool(fresh) and fresh[0]["type"] == "WARNING",
        "no WARNING tells that a training has failed",
        "list_notifications",
    )


@law()
def analyses_go_their_way(lab: Workshop) -> None:
    """An analysis is CREATED, QUEUED, STARTED, ANALYZING, FINISHED; its documents are there from the start, what was found with the end."""
    model = lab.model(lab.project())
    body = {"model_id": model["id"], "documents": [{"text": text} for text in TEXTS]}
    made = lab.ok("create_analysis", json=body)
    lab.later("delete_analysis", {"analysis_id": made["id"]})
    path = {"analysis_id": made["id"]}
    lab.expect(made["document_count"] == len(TEXTS), "an analysis that has begun lacks documents", "create_analysis")
    if lab.target.can_advance:
        lab.refused(409, "the download of an analysis that is not over", "download_analysis", path)
    seen = watched(lab, "get_analysis", path)
    goes_its_way(lab, [made, *seen], ["CREATED", "QUEUED", "STARTED", "ANALYZING", "FINISHED"], "get_analysis")
    now = lab.ok("analyze", json=body)["documents"]
    later = lab.ok("list_analysis_documents", path, query={"details": "segments,tags"})["documents"]
    found = [
        [(part["span"], sorted((tag["class"], tag["label"]) for tag in part["tags"])) for part in one["segments"]]
        for one in now
    ]
    kept = [
        [(part["span"], sorted((tag["class"], tag["label"]) for tag in part["tags"])) for part in one["segments"]]
        for one in later
    ]
    lab.expect(
        found == kept,
        "an analysis at once and one in the background find different things in the same texts",
        "analyze",
    )


@law()
def corrections_go_their_way(lab: Workshop) -> None:
    """A correction session is SAMPLING, PREDICTING, ANNOTATING and FINISHED when every segment is marked."""
    project = lab.project()
    at, model = {"project_id": project}, lab.model(project)
    made = lab.ok("create_correction", at, json={"model_id": model["id"], "sample_size": 2})
    path = {**at, "correction_id": made["id"]}
    seen = [made, *watched(lab, "get_correction", path)]
    statuses = list(dict.fromkeys(one["status"] for one in seen))
    lab.expect(
        statuses == [one for one in ("SAMPLING", "PREDICTING", "ANNOTATING") if one in statuses],
        f"it was {' → '.join(statuses)}",
        "get_correction",
    )
    shown = lab.ok("list_correction_documents", path, query={"details": "segments,tags"})["documents"]
    lab.expect(
        len(shown) == 2 == seen[-1]["document_count"],
        f"a sample of 2 has {len(shown)} documents",
        "list_correction_documents",
    )
    segments = [{**part, "document_id": one["id"]} for one in shown for part in one["segments"]]
    for tag in (tag for part in segments for tag in part["tags"]):
        lab.expect(
            tag["predicted"] and tag["status"] == "CORRECTING",
            f"a new tag of the model is {tag['status']}",
            "list_correction_documents",
        )
    for done, part in enumerate(segments, 1):
        answer = lab.ok(
            "mark_correction_segment",
            {**path, "document_id": part["document_id"], "segment_id": part["id"]},
            json={"name": "ANNOTATED"},
        )
        due = 100 * done // len(segments)
        lab.expect(
            answer["progress"] == due,
            f"{done} of {len(segments)} segments are marked, progress is {answer['progress']}",
            "mark_correction_segment",
        )
    over = lab.ok("get_correction", path)
    lab.expect(
        over["status"] == "FINISHED" and over["finished"] is not None,
        f"with every segment marked it is {over['status']}",
        "get_correction",
    )
    tags = [
        tag
        for one in lab.ok("list_correction_documents", path, query={"details": "segments,tags"})["documents"]
        for part in one["segments"]
        for tag in part["tags"]
    ]
    lab.expect(
        {tag["status"] for tag in tags} <= {"READY"},
        "tags of marked segments are still CORRECTING",
        "list_correction_documents",
    )
    if tags:
        lab.expect(
            over["predicted_score"] == 100,
            f"every tag was confirmed, predicted_score is {over['predicted_score']}",
            "get_correction",
        )


@law()
def clones_have_everything(lab: Workshop) -> None:
    """A clone is CLONING until its task is over, and then has the classes, labels, documents and sessions of its source, which stays."""
    project = lab.project()
    at = {"project_id": project}
    lab.documents(project)
    lab.labeled(project)
    before = {name: lab.ok(name, at) for name in ("list_classes", "list_labels", "list_sessions")}
    made = lab.ok("clone_project", at, json={})
    lab.later("delete_project", {"project_id": made["id"]})
    there = {"project_id": made["id"]}
    seen = watched(
        lab, "get_task", {**there, "task_id": made["task_id"]}, lambda one: one["status"] in ("FINISHED", "FAILED")
    )
    goes_its_way(lab, seen, ["CREATED", "STARTED", "FINISHED"], "get_task")
    one = lab.ok("get_project", there)
    lab.expect(one["status"] == "CREATED", f"a clone whose task is over is {one['status']}", "get_project")
    lab.expect(
        one["name"] != lab.ok("get_project", at)["name"],
        "a clone in the same workspace has the name of its source",
        "clone_project",
    )
    for name, whole in before.items():
        same = [entry["name"] for entry in lab.ok(name, there)] == [entry["name"] for entry in whole]
        lab.expect(same, "a clone has other ones than its source", name)
        shared = {entry["id"] for entry in lab.ok(name, there)} & {entry["id"] for entry in whole}
        lab.expect(not shared, "a clone shares things with its source", name)
    texts = [
        [entry["text"] for entry in lab.ok("list_documents", path, query={"limit": 1000})["documents"]]
        for path in (at, there)
    ]
    lab.expect(texts[0] == texts[1], "a clone has other documents than its source", "list_documents")
    lab.ok("change_class", {**there, "class_id": lab.ok("list_classes", there)[0]["id"]}, json={"name": "Only here"})
    lab.expect(
        lab.ok("list_classes", at) == before["list_classes"], "a change in a clone changes its source", "change_class"
    )


@law()
def uploads_are_tasks(lab: Workshop) -> None:
    """An upload of many documents is a task that can be asked for; when it is over all of them are there, with segments and tags."""
    project = lab.project()
    at = {"project_id": project}
    tagged = {
        "text": "The bed was soft.",
        "segments": [{"text": "The bed was soft.", "tags": [{"class": "Comfort", "label": "POS"}]}],
    }
    made = lab.ok("upload_documents", at, json=[{"text": text, "stars": 4} for text in TEXTS] + [tagged])
    seen = watched(
        lab, "get_task", {**at, "task_id": made["task_id"]}, lambda one: one["status"] in ("FINISHED", "FAILED")
    )
    goes_its_way(lab, seen, ["CREATED", "STARTED", "FINISHED"], "get_task")
    shown = lab.ok("list_documents", at, query={"details": "segments,tags,meta"})["documents"]
    lab.expect(
        [one["text"] for one in shown] == [*TEXTS, tagged["text"]],
        "the documents are not those that were uploaded",
        "list_documents",
    )
    lab.expect(
        all(one.get("stars") == 4 for one in shown[:-1]),
        "attributes that were uploaded are not shown",
        "list_documents",
    )
    tags = [(tag["class"], tag["label"]) for part in shown[-1]["segments"] for tag in part["tags"]]
    lab.expect(tags == [("Comfort", "POS")], f"a tag that was uploaded is shown as {tags}", "list_documents")
