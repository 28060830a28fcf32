"""Parity: the same stories to a live deployment and to the stand-in, and every difference in their answers.

`command` is `studio-mock parity`, `comparing` plays a story to both and goes on after a difference, `stories` says which stories, `reads`
what is compared where nothing may be written, `record` counts, `snapshots` keeps what the deployment said, `report` tells. The
stand-in is here as the model of a check (`contract_tests.model.oracle`): its domain without a socket.
"""
