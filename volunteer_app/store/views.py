"""The blueprint of the store's pages, which its rooms fill, and who reads them."""

import re
from datetime import date

from flask import Blueprint, request

from volunteer_app.core.clock import month_start
from volunteer_app.web.access import local_today

blueprint = Blueprint("store", __name__)
CUSTOMERS = ("volunteer", "resident")
KEEPER = "keeper"
HOUSE = ("keeper", "coordinator", "admin")
OFFICE = ("coordinator", "admin")
READERS = (*OFFICE, "auditor")
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def asked_month() -> date:
    """`?month=2026-10`; the present month for anything else."""
    found = MONTH.fullmatch(request.args.get("month", "").strip())
    return date(int(found[1]), int(found[2]), 1) if found else this_month()


def this_month() -> date:
    return month_start(local_today())
