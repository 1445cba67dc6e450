"""Runs the parts and prints their tables: python -m benchmarks.ledger [--pgledger FILE] [--only PART ...].

Every ratio compares arms that took turns in the same rounds; the table gives the median of the rounds and all of them.
Each part ends after its rounds whatever they gave, and can be run alone and again.
"""

import argparse
from pathlib import Path

from benchmarks.ledger import growth, http, postgresql, sqlite
from benchmarks.ledger.tables import Rounds

PARTS = ("postgresql", "sqlite", "growth", "http")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger")
    parser.add_argument("--pgledger", type=Path, help="pgledger's SQL, its ULID function included; not part of this")
    parser.add_argument("--within", type=Path, help="a folder for PostgreSQL's files: /dev/shm takes the disk out")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each arm in each round")
    parser.add_argument("--rates", nargs="+", type=int, default=[http.RATE], help="redemptions a second, of http")
    asked = parser.parse_args()
    rounds = Rounds(asked.rounds, asked.seconds)
    if "postgresql" in asked.only:
        postgresql.measure(rounds, asked.pgledger, asked.within)
    if "sqlite" in asked.only:
        sqlite.measure(rounds)
    if "growth" in asked.only:
        growth.measure(rounds)
    if "http" in asked.only:
        http.measure(asked.rates)


if __name__ == "__main__":
    main()
