"""Names for units, so that ``65 * BILLION`` and ``80 * GB`` read as they are meant.

Everything in the package is in SI base units: bytes, seconds, watts, FLOP, FLOP/s.
"""

THOUSAND = 1e3
MILLION = 1e6
BILLION = 1e9
TRILLION = 1e12

KB, MB, GB, TB, PB = 1e3, 1e6, 1e9, 1e12, 1e15
KIB, MIB, GIB, TIB = 2.0**10, 2.0**20, 2.0**30, 2.0**40

MS = 1e-3
MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
YEAR = 365.25 * DAY
MONTH = YEAR / 12.0

TFLOPS = 1e12

TONNE = 1e3

PERCENT = 1e-2
