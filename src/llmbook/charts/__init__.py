"""Charts, tables and calculators for notebooks and for the pages of the book."""

from llmbook.charts.areas import areas
from llmbook.charts.calculator import Bundle, Calculator, Choice, Slider, Stage
from llmbook.charts.drawings import Drawing
from llmbook.charts.figure import Figure, on_site
from llmbook.charts.plots import agreement, bars, lines, ranges, stacked, timeline
from llmbook.charts.tables import Table, show_frames
from llmbook.charts.theme import COLORS, enable
from llmbook.charts.trade_off import trade_off

__all__ = [
    "COLORS",
    "Bundle",
    "Calculator",
    "Choice",
    "Drawing",
    "Figure",
    "Slider",
    "Stage",
    "Table",
    "agreement",
    "areas",
    "bars",
    "enable",
    "lines",
    "ranges",
    "stacked",
    "timeline",
    "trade_off",
]

enable()
if on_site():
    show_frames()
