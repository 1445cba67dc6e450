"""What a check of the books is. Its query runs on SQLite and PostgreSQL alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Check:
    """`number` is I1 to I18, with a letter where an invariant takes several questions; `invariant` says it in words.

    `query` gives (row, seq, what) of broken rows of community `:c`, the first one first; `seq` is the transaction
    concerned, NULL when the row belongs to none. `values` are further ones that the query names.
    """

    number: str
    invariant: str
    query: str
    values: Mapping[str, object] = field(default_factory=dict)
