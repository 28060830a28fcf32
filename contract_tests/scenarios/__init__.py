"""Stories of typical use, written by hand, for any target: each is asked of the target and of the model, and every answer is compared.

`stories/*.yaml` are the stories, `reading` their form, `playing` plays one, `telling` all of them. Not here: stories made by
chance (`contract_tests.model`).
"""
