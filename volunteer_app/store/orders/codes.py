"""Pick-up codes: six digits, the last of which checks the others."""

import hashlib
import hmac
from dataclasses import dataclass

CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Codes:
    """Pick-up codes under the application's secret: nobody with the database alone can tell or find one."""

    secret: str

    def code(self, community_id: int, order_id: int, turn: int) -> str:
        """Six digits for an order, the last of which checks the others; `turn` gives another one when a waiting order
        has the same.
        """
        number = int(self.digest(f"code:{community_id}:{order_id}:{turn}")[:15], 16) % 10 ** (CODE_DIGITS - 1)
        digits = f"{number:0{CODE_DIGITS - 1}d}"
        return digits + check_digit(digits)

    def hash(self, community_id: int, code: str) -> str:
        """What is stored to find the order by its code."""
        return self.digest(f"find:{community_id}:{code}")

    def digest(self, message: str) -> str:
        key = f"pick-up codes of {self.secret}".encode()
        return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


QUASIGROUP = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
"""Damm's table: one wrong digit and two neighbours that changed places are always noticed.
Source: Damm 2004, Total anti-symmetrische Quasigruppen.
"""


def check_digit(digits: str) -> str:
    """The digit that makes `digits` a code."""
    found = 0
    for digit in digits:
        found = int(QUASIGROUP[found][int(digit)])
    return str(found)


def is_mistyped(code: str) -> bool:
    """Six digits of which the last doesn't fit the others."""
    return len(code) == CODE_DIGITS and check_digit(code[:-1]) != code[-1]
