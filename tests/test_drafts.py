"""Laws of drafts: however a text is divided, its segments cover it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.studio.domain.drafts import DocumentConflict, draft, drafted


@given(st.text(st.sampled_from("ab .\n"), max_size=40), st.data())
@settings(max_examples=150, deadline=None)
def test_segments_cover_every_word_once_in_order(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    spans = [{"span": [start, end]} for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    try:
        made = draft(text, segments=spans)
    except DocumentConflict:
        assert any(not text[slice(*one["span"])].strip() for one in spans)
        return
    ends = [0, *(end for _, end in made.spans)]
    for before, (start, end) in zip(ends, made.spans, strict=False):
        assert before <= start < end <= len(text)
        assert not text[before:start].strip()
    assert not text[ends[-1] :].strip()
    assert {tuple(one["span"]) for one in spans} <= set(made.spans) or not spans


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_a_document_given_with_its_own_segments_is_divided_the_same(text: str) -> None:
    made = draft(text)
    again = drafted({"text": text, "segments": [{"text": text[start:end]} for start, end in made.spans]})
    assert again == made
