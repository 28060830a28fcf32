"""The second half of the Studio API in one story over real HTTP: train, wait on the clock, analyse, correct, retrain."""

from typing import Any

from tests.test_story import Person, base_url, register  # noqa: F401  # base_url is a fixture

GOOD = {
    "Breakfast": [
        "The breakfast was wonderful",
        "Fresh bread and good coffee at breakfast",
        "We loved the breakfast buffet",
    ],
    "Noise": ["It was quiet all night", "A calm and quiet street", "We slept in silence"],
    "Staff": ["The staff was friendly", "Reception helped us with a smile", "A helpful and kind team"],
}
BAD = {
    "Breakfast": [
        "The breakfast was awful",
        "Cold coffee and old bread at breakfast",
        "The breakfast buffet was empty",
    ],
    "Noise": ["The street was terribly noisy", "Loud music kept us awake", "The noise of the lift was awful"],
    "Staff": ["The staff was rude", "Reception was unfriendly", "An unhelpful team that ignored us"],
}


def rows(part: slice) -> list[tuple[str, str, str]]:
    """Labelled sentences: text, class, label."""
    found = []
    for label, sentences in (("POS", GOOD), ("NEG", BAD)):
        for name, texts in sentences.items():
            found += [(f"{text}.", name, label) for text in texts[part]]
    return found


def labelled(person: Person, project: str, data: list[tuple[str, str, str]]) -> int:
    """Upload labelled data and return the id of its session, ready to be trained from."""
    lines = ["text,class,label", *(f'"{text}",{name},{label}' for text, name, label in data)]
    file = {"file": ("labelled.csv", "\n".join(lines), "text/csv")}
    made = person.do("POST", f"{project}/annotations/upload", 200, files=file)
    person.wait_for(f"{project}/annotations/{made['id']}", "status", "FINISHED")
    session_id: int = made["id"]
    return session_id


def trained(person: Person, project: str, name: str, train: list[int], test: int) -> Any:
    """Train a model and wait until it is ready."""
    body = {"display_name": name, "trainset_annotation_ids": train, "testset_annotation_ids": [test]}
    made = person.do("POST", f"{project}/models", 201, json=body)
    assert made["status"] in ("CREATED", "QUEUED")
    return person.wait_for(f"/models/{made['id']}", "status", "READY")


def test_train_analyse_correct_and_train_again(base_url: str) -> None:  # noqa: F811
    owner = register(base_url, "nora")
    project = f"/projects/{owner.do('POST', '/projects', 201, json={'name': 'Reviews', 'type': 'ABSA'})['id']}"
    owner.do("POST", f"{project}/upload-classes", 201, json=[{"name": name} for name in GOOD])
    few, test = labelled(owner, project, rows(slice(0, 1))), labelled(owner, project, rows(slice(1, 3)))
    first = trained(owner, project, "First", [few], test)
    assert 0 <= first["score"] <= 1
    _analyses(owner, first["id"])
    correction = _correct(owner, project, first["id"])
    second = trained(owner, project, "Second", [few, correction, test], test)
    assert second["score"] > first["score"]
    titles = [entry["title"] for entry in owner.do("GET", "/notifications", 200)]
    assert any("model" in title.lower() or "training" in title.lower() for title in titles), titles
    assert any("analysis" in title.lower() for title in titles), titles


def _analyses(owner: Person, model_id: int) -> None:
    text = "The breakfast was wonderful. The street was terribly noisy."
    answer = owner.do("POST", "/analyze", 200, json={"model_id": model_id, "documents": [{"text": text}]})
    tags = [[(tag["class"], tag["label"]) for tag in part["tags"]] for part in answer["documents"][0]["segments"]]
    assert tags == [[("Breakfast", "POS")], [("Noise", "NEG")]]
    body = {"name": "March", "model_id": model_id, "documents": [{"text": text}, {"text": "The staff was rude."}]}
    made = owner.do("POST", "/analyses", 201, json=body)
    done = owner.wait_for(f"/analyses/{made['id']}", "status", "FINISHED")
    assert (done["progress"], done["document_count"]) == (100, 2)
    page = owner.do("GET", f"/analyses/{made['id']}/documents?details=segments,tags&limit=1", 200)
    assert (page["count"], page["has_more"]) == (1, True)
    assert page["documents"][0]["segments"][1]["tags"][0]["class"] == "Noise"
    assert b"rude" in owner.request("GET", f"/analyses/{made['id']}/documents/download?format=csv").content


def _correct(owner: Person, project: str, model_id: int) -> int:
    body = {"model_id": model_id, "sample_size": 6, "name": "What the model got wrong"}
    made = owner.do("POST", f"{project}/corrections", 201, json=body)
    path = f"{project}/corrections/{made['id']}"
    owner.wait_for(path, "status", "ANNOTATING")
    shown = owner.do("GET", f"{path}/documents?details=segments,tags", 200)
    assert len(shown["documents"]) == 6
    for document in shown["documents"]:
        for segment in document["segments"]:
            here = f"{path}/documents/{document['id']}/segments/{segment['id']}"
            for tag in segment["tags"]:
                owner.do("POST", f"{here}/tags/{tag['id']}/statuses", 200, json={"name": "READY", "status": "READY"})
            owner.do("POST", f"{here}/statuses", 200, json={"name": "ANNOTATED"})
    done = owner.do("GET", path, 200)
    assert (done["progress"], done["status"], done["predicted_score"]) == (100, "FINISHED", 100)
    correction_id: int = made["id"]
    return correction_id
