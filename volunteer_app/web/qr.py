"""QR codes as pictures."""

from io import BytesIO

import segno
from flask import Response


def picture_of(text: str, *, scale: int = 8) -> Response:
    """SVG of a QR code that says `text`; `scale` is pixels a square. Never kept by a browser: codes end."""
    drawn = BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", scale=scale, border=4)
    return Response(drawn.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})
