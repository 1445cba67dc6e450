"""Keys that nobody can guess, and their fingerprints."""

import hashlib
import secrets


def new_key() -> str:
    """32 hex digits: one-time form keys, API tokens, worker names."""
    return secrets.token_hex(16)


def digits(length: int) -> str:
    """Random decimal code with leading zeros allowed, for example a pick-up code of 6 digits."""
    return "".join(secrets.choice("0123456789") for _ in range(length))


def fingerprint(text: str) -> str:
    """SHA-256 of UTF-8 text as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
