"""A chart's table as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io

from django.http import HttpResponse

from apps.analytics.charts import Chart
from apps.audit.table import safe


def as_csv(chart: Chart) -> HttpResponse:
    """Numbers as numbers; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([safe(str(name)) for name in chart.head])
    for row in chart.cells:
        writer.writerow([safe("" if cell is None else str(cell)) for cell in row])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{chart.ident}.csv"'
    return response
