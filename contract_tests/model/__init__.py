"""The domain as oracle: a state machine asks the target and the model the same things and compares what they answer.

`oracle` is the model, `machine` what is asked, `story` who asks both and notices, `compare` what has to be alike, `shorten` and `curl` how
it is told. Not here: stories written by hand (`contract_tests.scenarios`).
"""

from contract_tests.model.runner import compare, run

__all__ = ["compare", "run"]
