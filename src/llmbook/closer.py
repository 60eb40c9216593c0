"""The same answer on a phone, at an edge and in a cloud: the case on which chapter V rests.

How many areas a cloud pools and what is asked are choices, not measurements.
"""

from llmbook import devices
from llmbook.engines import Engine
from llmbook.placement import Fleet, OnDevice, Request

MODEL = "llama-2-7b"
PHONE = "phone-iphone-15-pro"
CARD = "a100-80"
AREAS = 100  # that one cloud serves
EDGE_CARDS, CLOUD_CARDS = 8, 1000  # that can be had at most
LOADS = (0.003, 0.01, 0.03, 0.1, 0.3, 1, 3)  # requests a second in one area

ANSWER = Request(prompt_tokens=500, answer_tokens=200, load=0.1)
ANSWER_LIMIT = 5.0  # seconds
PHRASE = Request(prompt_tokens=500, answer_tokens=10, load=0.1)
PHRASE_LIMIT = 1.0


def phone(usd_per_kwh, as_stated=False):
    """Return the phone, with the model in four bits.

    Parameters
    ----------
    usd_per_kwh : float
    as_stated : bool
        Whether it is as fast as its source states, or as fast as its memory and its arithmetic
        allow at most.

    Returns
    -------
    OnDevice
    """
    machine = devices.machine(PHONE)
    ceiling = 1 / devices.draft_step_seconds(MODEL, "int4", PHONE)
    share = machine.stated_rate / ceiling if as_stated else 1.0
    return OnDevice(machine, MODEL, "int4", usd_per_kwh, share_of_ceiling=share)


def fleets(usd_per_hour, radio, cable):
    """Return an edge that serves one area and a cloud that serves many, on the same cards.

    Parameters
    ----------
    usd_per_hour : float
        Of a card, in both.
    radio : float
        Round trip of the wireless link in seconds, which the edge stands behind.
    cable : float
        Round trip from there to the cloud.

    Returns
    -------
    tuple of Fleet
        The edge and the cloud.
    """
    engine = Engine.of(MODEL, CARD)
    return (
        Fleet("edge", engine, usd_per_hour, radio, EDGE_CARDS),
        Fleet("cloud", engine, usd_per_hour, radio + cable, CLOUD_CARDS, AREAS),
    )
