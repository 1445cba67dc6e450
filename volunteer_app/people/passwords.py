"""Passwords: argon2id through argon2-cffi. Knows nothing of people."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


@cache
def hasher(time_cost: int, memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib)


def hash_password(password: str, *, time_cost: int = 3, memory_kib: int = 65536) -> str:
    """The argon2id hash with its parameters inside; costs come from Settings."""
    return hasher(time_cost, memory_kib).hash(password)


def password_matches(stored: str | None, typed: str) -> bool:
    """False for a wrong password and for a person who has none."""
    if stored is None:
        return False
    try:
        return hasher(1, 8192).verify(stored, typed)
    except (VerificationError, InvalidHashError):
        return False
