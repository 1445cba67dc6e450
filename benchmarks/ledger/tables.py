"""Rounds in which every arm has its turn, and what they say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

Arm = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Rounds:
    """`number` of rounds; `seconds` of each arm in each of them."""

    number: int
    seconds: float

    def of(self, arms: Mapping[str, Arm]) -> dict[str, list[float]]:
        """Arm -> what it gave in each round; all arms take turns in every round."""
        found: dict[str, list[float]] = {name: [] for name in arms}
        for _ in range(self.number):
            for name, arm in arms.items():
                found[name].append(arm())
        return found


def ratio(found: Mapping[str, list[float]], over: str, under: str) -> float:
    """The median over the rounds of one arm divided by another of the same round."""
    return median(a / b for a, b in zip(found[over], found[under], strict=True))


def show(title: str, found: Mapping[str, list[float]], unit: str) -> None:
    print(f"\n{title}\n\n| arm | median {unit} | rounds |\n|---|---|---|")
    for name, values in found.items():
        print(f"| {name} | {median(values):,.4g} | {' '.join(f'{value:.4g}' for value in values)} |", flush=True)


def gate(name: str, found: float, wanted: float, *, most: bool = False) -> None:
    """One line: what was wanted, what was found, and whether that is enough."""
    is_reached = found <= wanted if most else found >= wanted
    print(f"{name}: {found:.2f}, wanted {'at most' if most else 'at least'} {wanted}: {'yes' if is_reached else 'NO'}")
