"""The calculator of chapter V of gradients that are summed over a network."""

import altair as alt

from llmbook import network
from llmbook.charts.calculator import Calculator, Slider, Stage
from llmbook.charts.pictures import curve_with_point, powers
from llmbook.quantities import GB, MS


def gradient_calculator(gradient_bytes, n_members, link_bandwidth, link_latency, step_seconds):
    """Return the calculator of a training step that ends with a sum over a ring.

    Parameters
    ----------
    gradient_bytes, n_members, link_bandwidth, link_latency, step_seconds : float
        Where the controls start.

    Returns
    -------
    Calculator
    """
    inputs = [
        Slider("gradient_bytes", gradient_bytes, "Gradients of a member", "GB", 0.5, 1000, 0.5, GB),
        Slider("n_members", n_members, "Members of the ring", "", 2, 4096, 1),
        Slider("link_bandwidth", link_bandwidth, "Link of each", "GB/s", 0.05, 100, 0.05, GB),
        Slider("link_latency", link_latency, "One way", "ms", 0, 150, 0.001, MS),
        Slider("step_seconds", step_seconds, "Computing a step", "s", 0.1, 60, 0.1),
        Slider("overlapped_share", 0.0, "Share of it that hides the sum", "", 0, 1, 0.01),
        Slider("steps_between", 1.0, "Steps from sum to sum", "", 1, 1000, 1),
    ]
    stages = [
        Stage("communication_seconds", network.allreduce_seconds, "One sum", "s", ",.2f"),
        Stage(
            "step",
            network.synchronised_step_seconds,
            "A step with its part of the sum",
            "s",
            ",.2f",
        ),
    ]
    return Calculator(
        inputs,
        stages,
        _picture,
        title="How long a training step takes, by the bandwidth of the links",
        description="A falling curve on log axes of the seconds of a step against the bandwidth of "
        "a link, with a point at the bandwidth that is set. A dashed line marks the computing "
        "alone. All move with the controls.",
        name="gradients",
    )


def _picture(known):
    sums = network.allreduce_seconds(
        known["gradient_bytes"], known["n_members"], alt.datum.place * GB, known["link_latency"]
    )
    curve = network.synchronised_step_seconds(
        known["step_seconds"], sums, known["overlapped_share"], known["steps_between"]
    )
    return curve_with_point(
        powers(-2, 2),
        curve,
        (known["link_bandwidth"] / GB, known["step"] * 1.0),
        {"title": "GB/s of a link (log scale)", "scale": alt.Scale(type="log")},
        {"title": "seconds of a step", "scale": alt.Scale(type="log")},
        known["step_seconds"] * 1.0,
    )
