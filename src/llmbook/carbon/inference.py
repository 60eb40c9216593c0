"""What answering emits, from the power of the servers and the tokens that they make a second.

LLMCarbon takes 2PD at a training run's efficiency; a server that makes one token at a time reaches
a small part of it.
"""

from llmbook.carbon.accounting import energy_kwh
from llmbook.glossary import checked
from llmbook.quantities import MILLION, THOUSAND


@checked
def token_energy_kwh(n_devices, system_power_watts, pue, tokens_per_second):
    """Return the energy of one token of an answer, data centre included.

    Parameters
    ----------
    n_devices : float
        Cards that serve one copy of the model.
    system_power_watts : float
        Mean draw of one device with its share of the server.
    pue : float
    tokens_per_second : float
        Of all answers that those cards write at once.

    Returns
    -------
    float
        kWh.
    """
    return energy_kwh(system_power_watts, 1.0 * n_devices / tokens_per_second, pue)


@checked
def mtok_carbon_kg(token_energy_kwh, carbon_intensity):
    """Return what a million tokens emit.

    Parameters
    ----------
    token_energy_kwh : float
        Of one token.
    carbon_intensity : float
        kg CO2e a kWh.

    Returns
    -------
    float
        kg CO2e.
    """
    return MILLION * token_energy_kwh * carbon_intensity


@checked
def words_carbon_g(token_energy_kwh, carbon_intensity, words_per_token):
    """Return what 1,000 words of an answer emit.

    Parameters
    ----------
    token_energy_kwh : float
        Of one token.
    carbon_intensity : float
        kg CO2e a kWh.
    words_per_token : float

    Returns
    -------
    float
        g CO2e.
    """
    kg_per_word = 1.0 * token_energy_kwh * carbon_intensity / words_per_token
    return kg_per_word * THOUSAND * THOUSAND


@checked
def overtaking_tokens(training_energy_kwh, token_energy_kwh):
    """Return after how many tokens answering has taken as much energy as the training.

    Parameters
    ----------
    training_energy_kwh : float
    token_energy_kwh : float
        Of one token.

    Returns
    -------
    float
        Tokens; on the same grid also those after which it has emitted as much.
    """
    return 1.0 * training_energy_kwh / token_energy_kwh
