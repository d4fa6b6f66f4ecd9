"""Pictures of figures: painted on screens, in PNG, SVG and PDF by the same code."""

from app.ui.charts.view import ChartView

__all__ = ["ChartView"]
