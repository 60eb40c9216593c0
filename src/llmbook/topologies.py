"""Topologies by the ports of their switches: what each can join, and which sizes it can have.

The formulas of `network` take any number; a switch has whole ports, and not every count of them
makes a tree or a dragonfly.
"""

from llmbook import network

FAT_TREE, DRAGONFLY = "fat-tree", "dragonfly"


def fat_tree(radix):
    """Describe the fat-tree of three levels that switches of one size make.

    Parameters
    ----------
    radix : int
        Ports of a switch.

    Returns
    -------
    dict
        ``topology``, ``radix``, ``hosts``, ``switches``, ``bisection_links`` and
        ``bisection_share``, which is 1 if both halves can talk at full rate.

    Raises
    ------
    ValueError
        If the radix is no whole even number of at least 2.
    """
    _check_whole("radix", radix, 2)
    if radix % 2:
        raise ValueError(f"radix must be even for a fat-tree, half up and half down, got {radix!r}")
    hosts = network.fat_tree_hosts(radix)
    links = network.fat_tree_bisection_links(radix)
    return _described(FAT_TREE, radix, hosts, network.fat_tree_switches(radix), links)


def dragonfly(radix):
    """Describe the largest balanced dragonfly that switches of one size make.

    Parameters
    ----------
    radix : int
        Ports of a switch.

    Returns
    -------
    dict
        As `fat_tree`.

    Raises
    ------
    ValueError
        If the radix is not one below a multiple of four: p hosts, 2p - 1 neighbours, p far links.
    """
    _check_whole("radix", radix, 3)
    if (radix + 1) % 4:
        raise ValueError(
            "radix must be 3, 7, 11 … for a balanced dragonfly, one below a multiple of 4, "
            f"got {radix!r}"
        )
    p = (radix + 1) / 4
    hosts, links = network.dragonfly_hosts(p), network.dragonfly_bisection_links(p)
    return _described(DRAGONFLY, radix, hosts, 2 * p * network.dragonfly_groups(p), links)


def largest_dragonfly(radix):
    """Describe the largest balanced dragonfly of switches with at least these ports, some unused.

    Parameters
    ----------
    radix : int
        Ports of a switch, at least 3.

    Returns
    -------
    dict
        As `fat_tree`; its ``radix`` counts the ports in use.
    """
    _check_whole("radix", radix, 3)
    return dragonfly((radix + 1) // 4 * 4 - 1)


def _described(name, radix, hosts, switches, links):
    return {
        "topology": name,
        "radix": radix,
        "hosts": hosts,
        "switches": switches,
        "bisection_links": links,
        "bisection_share": links / (hosts / 2),
    }


def _check_whole(name, value, least):
    # True == 1 and nan != nan: both are refused.
    whole = not isinstance(value, bool) and isinstance(value, (int, float)) and value % 1 == 0
    if not whole or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {value!r}")
