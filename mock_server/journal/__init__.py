"""The journal of a sandbox: what was asked of it and what it answered, bounded, and everything that can be asked of that.

Writing costs a request next to nothing: references are kept, and what they look like is worked out when somebody reads. Nothing
here changes a world.
"""
