"""Parity: the same stories to a live deployment and to the stand-in, and every difference in their answers.

`command` is `studio-mock parity`, `opening` asks a deployment who the people are and what is there before, `stories` says which stories,
`teller` plays those written by hand, `comparing` asks both sides and goes on after a difference, `reads` is for where nothing may be
written, `record` counts, `snapshots` keeps what the deployment said, `report` tells. The stand-in is here as the model of a check
(`contract_tests.model.oracle`): its domain without a socket.
"""
