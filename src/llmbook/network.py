"""The network of an AI data centre: how many cards it joins, how long gradients take over it."""

from llmbook.elementwise import maximum
from llmbook.glossary import checked


@checked
def fat_tree_hosts(radix):
    """Return the hosts that a fat-tree of three levels joins.

    Parameters
    ----------
    radix : float
        Ports of each switch, an even number.

    Returns
    -------
    float
        Hosts.

    Notes
    -----
    Al-Fares et al. 2008, section 3: k pods of k/2 switches with k/2 hosts each.
    """
    return (1.0 * radix) ** 3 / 4.0


@checked
def fat_tree_switches(radix):
    """Return the switches of a fat-tree of three levels.

    Parameters
    ----------
    radix : float
        Ports of each switch, an even number.

    Returns
    -------
    float
        Switches: k in each of k pods, and a quarter of k squared on top.

    Notes
    -----
    Al-Fares et al. 2008, section 3.
    """
    return 5.0 * radix**2 / 4.0


@checked
def fat_tree_bisection_links(radix):
    """Return the links that join the two halves of a fat-tree.

    Parameters
    ----------
    radix : float
        Ports of each switch, an even number.

    Returns
    -------
    float
        Links: one for each host of a half, so that both halves can talk at full rate.

    Notes
    -----
    Al-Fares et al. 2008, section 3.
    """
    return (1.0 * radix) ** 3 / 8.0


@checked
def dragonfly_hosts(hosts_per_switch):
    """Return the hosts that a balanced dragonfly of the largest size joins.

    Parameters
    ----------
    hosts_per_switch : float
        p; a group has 2p switches with p links to other groups each.

    Returns
    -------
    float
        Hosts: 2p squared plus one groups, of 2p switches with p hosts.

    Notes
    -----
    Kim et al. 2008, section 3: a = 2p = 2h, and N = ap(ah + 1).
    """
    return 2.0 * hosts_per_switch**2 * dragonfly_groups(hosts_per_switch)


@checked
def dragonfly_groups(hosts_per_switch):
    """Return the groups of a balanced dragonfly of the largest size.

    Parameters
    ----------
    hosts_per_switch : float

    Returns
    -------
    float
        Groups: each has one link to every other.

    Notes
    -----
    Kim et al. 2008, section 3.
    """
    return 2.0 * hosts_per_switch**2 + 1.0


@checked
def dragonfly_bisection_links(hosts_per_switch):
    """Return the links that join the two halves of a balanced dragonfly.

    Parameters
    ----------
    hosts_per_switch : float

    Returns
    -------
    float
        Links: one between every two groups of different halves, and the odd group goes to one
        of them.  They are little more than half of the hosts of a half.

    Notes
    -----
    Counted from Kim et al. 2008, section 3: g groups, g odd, have (g squared - 1)/4 such pairs.
    """
    groups = dragonfly_groups(hosts_per_switch)
    return (groups - 1.0) * (groups + 1.0) / 4.0


@checked
def allreduce_seconds(gradient_bytes, n_members, link_bandwidth, link_latency):
    """Return the time in which all members of a ring come to have the sum of their gradients.

    Parameters
    ----------
    gradient_bytes : float
        That each member holds.
    n_members : float
        Cards, or sites that each speak for their cards.
    link_bandwidth : float
        Of each member, in one direction.
    link_latency : float
        From one member to the next.

    Returns
    -------
    float
        Seconds.

    Notes
    -----
    Two rounds of n - 1 messages of an n-th: Patarasuk and Yuan 2009, who show that no algorithm
    sends less.
    """
    hops = 2.0 * (n_members - 1.0)
    return hops * (gradient_bytes / (1.0 * n_members * link_bandwidth) + link_latency)


@checked
def transfer_seconds(payload_bytes, link_bandwidth):
    """Return the time that bytes take to get onto a link.

    Parameters
    ----------
    payload_bytes, link_bandwidth : float

    Returns
    -------
    float
        Seconds; the way along the link comes on top.
    """
    return payload_bytes / (1.0 * link_bandwidth)


@checked
def encryption_factor(payload_bytes, overhead_bytes):
    """Return how many times more bytes a link carries when each packet is encrypted.

    Parameters
    ----------
    payload_bytes : float
        Of one packet or record.
    overhead_bytes : float
        Headers, padding and authentication tag that encryption adds to it.

    Returns
    -------
    float
        Ratio, 1 or more.
    """
    return (1.0 * payload_bytes + overhead_bytes) / payload_bytes


@checked
def synchronised_step_seconds(step_seconds, communication_seconds, overlapped_share, steps_between):
    """Return the time of a training step with its part of the synchronisation.

    Parameters
    ----------
    step_seconds : float
        Of computing alone.
    communication_seconds : float
        Of one synchronisation.
    overlapped_share : float
        Part of a step during which the network can work too.
    steps_between : float
        Steps from one synchronisation to the next; 1 in ordinary data parallelism.

    Returns
    -------
    float
        Seconds a step: of the communication only what does not fit behind the computing counts.

    Notes
    -----
    With `steps_between` above 1 the training is another one, as in Douillard et al. 2023
    (arXiv 2311.08105).
    """
    hidden = overlapped_share * (1.0 * step_seconds)
    return step_seconds + maximum(communication_seconds - hidden, 0.0) / steps_between
