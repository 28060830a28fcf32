"""The operations tagged Books."""


async def list_books(call):
    return _answer(call)


def create_book(call):
    return _answer(call)


def get_newest_book(call):
    return _answer(call)


def get_book(call):
    return _answer(call)


def delete_book(call):
    return _answer(call)


def get_shared_book(call):
    return _answer(call)


def _answer(call):
    return call
