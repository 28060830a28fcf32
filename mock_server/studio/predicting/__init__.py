"""A small tagger: learns words from tagged segments, predicts tags of a segment, measures how well. Pure; knows no world and no HTTP.

The same examples make the same tagger in whatever order they come, and the same text always gets the same answer.
"""

from mock_server.studio.predicting.measuring import Measured, Metrics, enough, evaluate, split
from mock_server.studio.predicting.tagger import (
    ClassInfo,
    Example,
    Kind,
    Prediction,
    Tagger,
    Topic,
    learn,
    predict,
)

__all__ = [
    "ClassInfo",
    "Example",
    "Kind",
    "Measured",
    "Metrics",
    "Prediction",
    "Tagger",
    "Topic",
    "enough",
    "evaluate",
    "learn",
    "predict",
    "split",
]
