"""The live companion: what recorded or passing traffic of a real deployment says of the contract, and what can be made of it.

`traffic` reads recordings, `judging` holds one exchange against the contract, `drift` counts and proposes, `proxy` passes on and judges,
`fallback` lets the stand-in answer what a deployment lacks.
Not here: the checks of a run (`contract_tests.check`), which send requests of their own.
"""
