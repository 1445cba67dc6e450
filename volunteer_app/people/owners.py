"""The word by which books and audits know a person, person:17, and whom it names."""


def owner_of(person_id: int) -> str:
    return f"person:{person_id}"


def person_of(owner: str) -> int | None:
    """17 for `person:17`, None for anything that isn't a person."""
    word, _, number = owner.partition(":")
    return int(number) if word == "person" and number.isdigit() else None
