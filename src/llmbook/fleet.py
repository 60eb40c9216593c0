"""A fleet that serves many users: requests, copies of the model, cards, racks, energy, money."""

from llmbook.carbon.accounting import energy_kwh
from llmbook.elementwise import whole_units
from llmbook.glossary import checked
from llmbook.quantities import DAY, HOUR, MONTH, YEAR


@checked
def mean_rate(n_users, messages_per_day):
    """Return the requests a second of all users, over the whole day.

    Parameters
    ----------
    n_users : float
    messages_per_day : float
        Of one user.

    Returns
    -------
    float
        Requests a second.
    """
    return 1.0 * n_users * messages_per_day / DAY


@checked
def peak_rate(mean_rate, peak_factor):
    """Return the requests a second of the busiest hour.

    Parameters
    ----------
    mean_rate : float
    peak_factor : float
        The busiest hour over the mean hour, 1 or more.

    Returns
    -------
    float
        Requests a second.
    """
    return 1.0 * mean_rate * peak_factor


@checked
def request_tokens(prompt_tokens, answer_tokens):
    """Return the tokens that a request holds in the KV cache when it is answered.

    Parameters
    ----------
    prompt_tokens, answer_tokens : float

    Returns
    -------
    float
        Tokens.
    """
    return 1.0 * prompt_tokens + answer_tokens


@checked
def tokens_after_cut(n_tokens, kept_tokens):
    """Return the mean length of what is left when the longest are cut at the context.

    Parameters
    ----------
    n_tokens : float
        Mean length before.
    kept_tokens : float
        Share of all tokens that is left.

    Returns
    -------
    float
        Tokens.
    """
    return 1.0 * n_tokens * kept_tokens


@checked
def share_of_context(n_tokens, longest_request):
    """Return the tokens of the mean request over the most that the model takes.

    Parameters
    ----------
    n_tokens, longest_request : float

    Returns
    -------
    float
        Above 1 the model cannot be asked this.
    """
    return 1.0 * n_tokens / longest_request


@checked
def full_rate(batch_size, prompt_seconds, decode_seconds, answer_tokens):
    """Return the requests a second of an instance that is always full.

    Parameters
    ----------
    batch_size : float
        Requests that it decodes at once.
    prompt_seconds : float
        To process one prompt, while the others wait.
    decode_seconds : float
        Of a decode step.
    answer_tokens : float

    Returns
    -------
    float
        Requests a second: in the time of one answer each place of the batch reads one prompt,
        which gives the first token, and takes part in a step for each further one.
    """
    steps = decode_seconds * (answer_tokens - 1.0)
    return 1.0 * batch_size / (batch_size * prompt_seconds + steps)


@checked
def instance_rate(full_rate, kept_share):
    """Return the requests a second that an instance may be given under a service level.

    Parameters
    ----------
    full_rate : float
        Of the instance when it is always full.
    kept_share : float
        Goodput over that rate; see `llmbook.goodput`.

    Returns
    -------
    float
        Requests a second.
    """
    return 1.0 * full_rate * kept_share


@checked
def instances_needed(peak_rate, instance_rate, availability):
    """Return the copies of the model that the busiest hour needs.

    Parameters
    ----------
    peak_rate : float
    instance_rate : float
        Of one copy.
    availability : float
        Share of its time in which a copy is not restarting after a failure.

    Returns
    -------
    int
        Whole copies.
    """
    return whole_units(1.0 * peak_rate / (1.0 * instance_rate * availability))


@checked
def instances_with_reserve(n_instances, n_sites):
    """Return the copies when each site has one more than it needs, N + 1.

    Parameters
    ----------
    n_instances : float
        Needed by all sites together.
    n_sites : float
        Sites that share them evenly.

    Returns
    -------
    float
        Whole copies.
    """
    return n_sites * (whole_units(1.0 * n_instances / n_sites) + 1.0)


@checked
def fleet_cards(n_instances, tensor_parallel, spare_share):
    """Return the cards of a fleet, those under repair included.

    Parameters
    ----------
    n_instances : float
        Copies of the model, the reserve included.
    tensor_parallel : float
        Cards of one copy.
    spare_share : float
        Cards under repair for each card at work; see `costs.spares_for_repair`.

    Returns
    -------
    int
        Whole cards.
    """
    return whole_units(1.0 * n_instances * tensor_parallel * (1.0 + spare_share))


@checked
def servers_of_site(n_devices, n_sites, devices_per_host):
    """Return the servers of one of the sites that share the cards evenly.

    Parameters
    ----------
    n_devices : float
        Of all sites.
    n_sites, devices_per_host : float

    Returns
    -------
    int
        Whole servers.
    """
    return whole_units(whole_units(1.0 * n_devices / n_sites) / devices_per_host)


@checked
def racks_needed(n_servers, servers_per_rack, n_sites):
    """Return the racks of all sites.

    Parameters
    ----------
    n_servers : float
        Of one site.
    servers_per_rack, n_sites : float

    Returns
    -------
    int
        Whole racks, without those of network and storage; no rack stands at two sites.
    """
    return n_sites * whole_units(1.0 * n_servers / servers_per_rack)


@checked
def site_watts(n_devices, system_power_watts, pue):
    """Return the power that must be connected: all cards at their rated draw.

    Parameters
    ----------
    n_devices : float
    system_power_watts : float
        Rated draw of one card with its share of the server.
    pue : float

    Returns
    -------
    float
        W.
    """
    return 1.0 * n_devices * system_power_watts * pue


@checked
def yearly_energy_kwh(n_devices, system_power_watts, load_share, pue):
    """Return the energy of a year.

    Parameters
    ----------
    n_devices : float
        Cards that are switched on all year.
    system_power_watts : float
        Rated draw of one card with its share of the server.
    load_share : float
        Mean draw over rated draw.
    pue : float

    Returns
    -------
    float
        kWh, data centre included.
    """
    return energy_kwh(1.0 * system_power_watts * load_share, n_devices * YEAR, pue)


@checked
def usd_per_user_month(n_devices, usd_per_hour, n_users):
    """Return what the fleet costs for each user and month.

    Parameters
    ----------
    n_devices : float
        Cards that are paid for in every hour.
    usd_per_hour : float
        Of one card.
    n_users : float

    Returns
    -------
    float
        USD.
    """
    return 1.0 * n_devices * usd_per_hour * (MONTH / HOUR) / n_users


@checked
def grams_per_message(total_kg, mean_rate):
    """Return what one answer emits.

    Parameters
    ----------
    total_kg : float
        Of a year.
    mean_rate : float
        Requests a second over the whole year.

    Returns
    -------
    float
        g CO2e.
    """
    return total_kg * 1e3 / (mean_rate * YEAR)


@checked
def failures_per_day(n_devices, failures_per_year):
    """Return how many cards of a fleet fail in a day.

    Parameters
    ----------
    n_devices : float
    failures_per_year : float
        Of one card.

    Returns
    -------
    float
        Failures.
    """
    return n_devices * (failures_per_year * (DAY / YEAR))


@checked
def share_of_largest(n_devices, largest_fleet):
    """Return the cards over those of the largest fleet known.

    Parameters
    ----------
    n_devices, largest_fleet : float

    Returns
    -------
    float
        Above 1 nobody has built it yet.
    """
    return 1.0 * n_devices / largest_fleet


@checked
def checkpoint_interval(checkpoint_seconds, card_failures, n_devices):
    """Return after how much work a training run is best saved.

    Parameters
    ----------
    checkpoint_seconds : float
        Time in which the run stands still to save its state.
    card_failures : float
        Of one card in a year, above 0: without failures nothing need be saved.
    n_devices : float
        Cards that stop together.

    Returns
    -------
    float
        Seconds.

    Notes
    -----
    Young 1974, "A first order approximation to the optimum checkpoint interval": the square root
    of twice the time of saving times the mean time between failures.
    """
    between = YEAR / (1.0 * card_failures * n_devices)
    return (2.0 * checkpoint_seconds * between) ** 0.5


@checked
def checkpoint_loss(checkpoint_seconds, card_failures, n_devices, recovery_seconds):
    """Return the share of its time that a training run loses to failures, saved at its best.

    Parameters
    ----------
    checkpoint_seconds, card_failures, n_devices : float
        As in `checkpoint_interval`.
    recovery_seconds : float
        To start again, the work since the last saving not counted.

    Returns
    -------
    float
        Share of all its time: saving, half an interval done again, starting.
    """
    interval = checkpoint_interval(checkpoint_seconds, card_failures, n_devices)
    each_second = card_failures * n_devices / YEAR
    # Seconds lost for each second of work.
    lost = checkpoint_seconds / interval + (0.5 * interval + recovery_seconds) * each_second
    return lost / (1.0 + lost)


@checked
def overtaking_days(training_energy_kwh, energy_kwh):
    """Return after how many days of serving the fleet has used as much energy as the training.

    Parameters
    ----------
    training_energy_kwh : float
    energy_kwh : float
        Of a year of serving.

    Returns
    -------
    float
        Days.
    """
    return training_energy_kwh / (energy_kwh * (DAY / YEAR))
