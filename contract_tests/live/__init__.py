"""The live companion: what recorded or passing traffic of a real deployment says of the contract, and what can be made of it.

`traffic` reads recordings, `judging` holds one exchange against the contract, `drift` counts and proposes, `proxy` passes on and judges,
`fallback` lets the stand-in answer what a deployment lacks, `parity` plays the same stories to a deployment and to the stand-in, `applying`
lets the documents say what was observed.
Not here: the checks of a run (`contract_tests.check`), whose stories and model `parity` shares.
"""
