"""The domain as oracle: a state machine asks the target and the model the same things and compares what they answer.

`oracle` is the model, `machine` what is asked, `story` who asks both and notices, `compare` what has to be alike, `curl` how it is told.
"""

from contract_tests.model.run import run

__all__ = ["run"]
