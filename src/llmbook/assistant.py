"""A spoken question to an assistant, from its last word to the first word of the answer."""

from llmbook.glossary import checked
from llmbook.qoe import exact_latency


@checked
def recognised_seconds(endpoint_seconds, speech_seconds, recognition_factor):
    """Return the time from the last word of a question to its text.

    Parameters
    ----------
    endpoint_seconds, speech_seconds, recognition_factor : float
        As in `turn_seconds`.

    Returns
    -------
    float
        Seconds.
    """
    return endpoint_seconds + speech_seconds * (1.0 * recognition_factor)


@checked
def turn_seconds(
    endpoint_seconds,
    speech_seconds,
    recognition_factor,
    round_trip,
    ttft,
    tpot,
    first_tokens,
    synthesis_seconds,
):
    """Return how long a user waits between asking aloud and hearing the answer begin.

    Parameters
    ----------
    endpoint_seconds : float
        Silence that the device waits for, to know that the question is over.
    speech_seconds : float
        Of the question; or of its part that is not recognised yet when it ends.
    recognition_factor : float
        Time of speech recognition over the time of the speech.
    round_trip : float
        Between the device and the model.
    ttft, tpot : float
        Of the language model.
    first_tokens : float
        Of the answer, that speech synthesis needs before it starts: a first phrase.
    synthesis_seconds : float
        From those tokens to the first sound.

    Returns
    -------
    float
        Seconds, the stages one after another as in section I of the paper.
    """
    heard = recognised_seconds(endpoint_seconds, speech_seconds, recognition_factor)
    return heard + round_trip + exact_latency(ttft, tpot, first_tokens) + synthesis_seconds
