"""The paper's two block diagrams in our own lettering: boxes, arrows and words as inline SVG.

Lines and words take the colour of the page's text, so that both themes show them.
"""

import hashlib
import html
from dataclasses import dataclass, field

from llmbook.charts.theme import COLORS

_WIDTH = 360  # of all drawings: at the width of a phone a unit is about a pixel
_LETTERS = 13
_LINE = 16
_TONES = {"plain": "none", "main": COLORS["blue"], "other": COLORS["orange"]}


@dataclass(frozen=True)
class Box:
    """A rectangle with lines of words in its middle, or at its top if it holds other boxes.

    Parameters
    ----------
    x, y, width, height : float
    words : str
        Lines separated by line breaks.
    tone : str
        Of `_TONES`: a tint behind the words.
    holds : bool
        Whether other boxes are drawn inside.
    """

    x: float
    y: float
    width: float
    height: float
    words: str
    tone: str = "plain"
    holds: bool = False

    def svg(self):
        middle = self.x + self.width / 2
        lines = len(self.words.split("\n"))
        first = self.y + (20 if self.holds else (self.height - lines * _LINE) / 2 + 12)
        return (
            f'<rect x="{self.x:g}" y="{self.y:g}" width="{self.width:g}" '
            f'height="{self.height:g}" rx="6" stroke="currentColor" '
            f'fill="{_TONES[self.tone]}" fill-opacity="0.16"/>'
            + _words(self.words, middle, first, "middle", bold=self.holds)
        )


@dataclass(frozen=True)
class Arrow:
    """A line from one point to another, with a head at its end or at both.

    Parameters
    ----------
    x, y, to_x, to_y : float
    both : bool
    """

    x: float
    y: float
    to_x: float
    to_y: float
    both: bool = True

    def svg(self):
        start = ' marker-start="url(#MARKER)"' if self.both else ""
        return (
            f'<line x1="{self.x:g}" y1="{self.y:g}" x2="{self.to_x:g}" y2="{self.to_y:g}" '
            f'stroke="currentColor" stroke-width="1.5" marker-end="url(#MARKER)"{start}/>'
        )


@dataclass(frozen=True)
class Words:
    """Lines of words beside an arrow.

    Parameters
    ----------
    x, y : float
        Where the first line starts.
    text : str
    anchor : str
        ``"start"``, ``"middle"`` or ``"end"``.
    """

    x: float
    y: float
    text: str
    anchor: str = "start"

    def svg(self):
        return _words(self.text, self.x, self.y, self.anchor)


@dataclass(frozen=True)
class Drawing:
    """A diagram with a title and with what is seen in it, for those who cannot see it.

    Parameters
    ----------
    title, description : str
    height : float
    parts : list of Box, Arrow or Words
    """

    title: str
    description: str
    height: float
    parts: list = field(default_factory=list)

    def html(self):
        """Return the drawing as a figure of the page.

        Returns
        -------
        str
        """
        inside = "".join(part.svg() for part in self.parts)
        key = "drawing-" + hashlib.sha256((self.title + inside).encode()).hexdigest()[:12]
        title, description = html.escape(self.title), html.escape(self.description)
        marker = (
            f'<defs><marker id="{key}-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" '
            'markerHeight="6" orient="auto-start-reverse">'
            '<path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>'
        )
        return (
            f'<figure class="llmbook-drawing"><figcaption class="llmbook-title">{title}'
            f'</figcaption><svg xmlns="http://www.w3.org/2000/svg" role="img" fill="none" '
            f'viewBox="0 0 {_WIDTH} {self.height:g}" font-size="{_LETTERS}" '
            f'aria-labelledby="{key}-title {key}-desc"><title id="{key}-title">{title}</title>'
            f'<desc id="{key}-desc">{description}</desc>{marker}'
            f"{inside.replace('MARKER', f'{key}-head')}</svg></figure>"
        )

    def _repr_html_(self):
        return self.html()

    def __repr__(self):
        return f"{self.title} {self.description}"


def computer(title):
    """Redraw Fig. 1 of the paper: the language model in the place of the CPU.

    Parameters
    ----------
    title : str
        Says what the reader should take from it.

    Returns
    -------
    Drawing
    """
    return Drawing(
        title,
        "In the middle a box, the language model in the place of the CPU. Five boxes around it, "
        "each joined to it by an arrow with two heads: web browsers above on the left, other "
        "language models above on the right, local file systems on the left, legacy components "
        "of a PC on the right, and below images, audio, video and other media.",
        300,
        [
            Box(115, 110, 130, 80, "language model\nin the place\nof the CPU", "main"),
            Box(5, 10, 150, 50, "web browsers"),
            Box(205, 10, 150, 50, "other\nlanguage models", "other"),
            Box(2, 120, 80, 60, "local\nfile\nsystems"),
            Box(278, 120, 80, 60, "legacy\nparts of\na PC"),
            Box(55, 240, 250, 50, "images, audio, video\nand other media"),
            Arrow(110, 62, 145, 108),
            Arrow(250, 62, 215, 108),
            Arrow(84, 150, 113, 150),
            Arrow(276, 150, 247, 150),
            Arrow(180, 238, 180, 192),
        ],
    )


def hierarchy(title, wide_area, wireless, smaller):
    """Redraw Fig. 4 of the paper: data centre, edge clouds and devices, with what joins them.

    Parameters
    ----------
    title : str
        Says what the reader should take from it.
    wide_area, wireless : str
        Written on the two links, in two lines at most.
    smaller : str
        Written on the model of the devices.

    Returns
    -------
    Drawing
    """
    devices = ["vehicles", "XR headsets", "watches", "robots", "drones", "IoT"]
    places = [(14 + 112 * (n % 3), 396 + 38 * (n // 3)) for n in range(len(devices))]
    return Drawing(
        title,
        "Three levels from top to bottom. On top the AI data center of a central cloud with the "
        "full model: a training cluster, an inference cluster and storage, on a row of "
        "top-of-rack switches in a fat-tree or dragonfly. In the middle fog and edge clouds. At "
        "the bottom devices with a small model: vehicles, headsets, watches, robots, drones and "
        "the internet of things. An arrow with two heads joins each level to the next, and the "
        f"links read: {wide_area}; {wireless}. Beside them it says that drafted tokens go up and "
        "checked tokens come down, through firewalls and encrypted.".replace("\n", ", "),
        480,
        [
            Box(4, 4, 352, 150, "Central cloud: AI data center, full model", "main", holds=True),
            Box(14, 36, 105, 50, "training\ncluster"),
            Box(127, 36, 105, 50, "inference\ncluster"),
            Box(240, 36, 105, 50, "storage"),
            Box(
                14,
                96,
                331,
                48,
                "top-of-rack switches in a fat-tree or\ndragonfly, InfiniBand or Ethernet",
            ),
            Arrow(90, 156, 90, 218),
            Words(102, 180, wide_area),
            Box(4, 220, 352, 44, "Fog and edge clouds", "other"),
            Arrow(90, 266, 90, 358),
            Words(102, 288, wireless),
            Words(102, 326, "drafts go up, checked tokens come\ndown, encrypted, past firewalls"),
            Box(4, 360, 352, 114, f"Devices: {smaller}", "plain", holds=True),
            *(Box(x, y, 108, 30, word) for (x, y), word in zip(places, devices, strict=True)),
        ],
    )


def _words(text, x, y, anchor, bold=False):
    weight = ' font-weight="600"' if bold else ""
    return "".join(
        f'<text x="{x:g}" y="{y + place * _LINE:g}" text-anchor="{anchor}" fill="currentColor"'
        f"{weight}>{html.escape(line)}</text>"
        for place, line in enumerate(text.split("\n"))
    )
