import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook import data, network, topologies
from llmbook.training import seconds_at_rate
from llmbook.transformer import model_params


def test_fat_tree_by_hand():
    # Four ports: 4 pods of 2 + 2 switches and 4 hosts, 4 switches on top.
    assert topologies.fat_tree(4) == {
        "topology": "fat-tree",
        "radix": 4,
        "hosts": 16,
        "switches": 20,
        "bisection_links": 8,
        "bisection_share": 1,
    }
    assert topologies.fat_tree(48)["hosts"] == 27648  # Al-Fares et al., abstract of section 3
    assert topologies.fat_tree(64)["hosts"] == 65536


def test_dragonfly_by_hand():
    # p = 2: 4 switches a group, 9 groups, 72 hosts (figure 5 of Kim et al.); 4 x 5 pairs.
    assert topologies.dragonfly(7) == {
        "topology": "dragonfly",
        "radix": 7,
        "hosts": 72,
        "switches": 36,
        "bisection_links": 20,
        "bisection_share": 20 / 36,
    }
    # p = 16: over 256 K hosts of 63 ports.
    assert topologies.dragonfly(63)["hosts"] == 2 * 256 * 513


@pytest.mark.parametrize("radix", [7, 63])
def test_dragonfly_uses_every_port(radix):
    p = (radix + 1) / 4
    # p hosts, 2p - 1 neighbours in the group, p links to other groups.
    assert p + (2 * p - 1) + p == radix
    # All pairs of groups that a cut down the middle of the groups separates.
    groups = int(network.dragonfly_groups(p))
    pairs = sum(1 for a in range(groups) for b in range(a) if b < groups // 2 <= a)
    assert network.dragonfly_bisection_links(p) == pairs


@pytest.mark.parametrize("radix", [5, 63])
def test_an_odd_radix_makes_no_fat_tree(radix):
    with pytest.raises(ValueError, match="radix must be even for a fat-tree"):
        topologies.fat_tree(radix)


@pytest.mark.parametrize("radix", [8, 64, 9])
def test_a_radix_that_no_balanced_dragonfly_has(radix):
    with pytest.raises(ValueError, match=r"radix must be 3, 7, 11 … .* got"):
        topologies.dragonfly(radix)
    assert topologies.largest_dragonfly(radix)["radix"] <= radix


@pytest.mark.parametrize("radix", [0, -4, 4.5, float("nan"), float("inf"), True, "64", None])
@pytest.mark.parametrize(
    "build", [topologies.fat_tree, topologies.dragonfly, topologies.largest_dragonfly]
)
def test_ports_are_whole(build, radix):
    with pytest.raises(ValueError, match="radix must be a whole number of at least"):
        build(radix)


def test_ring_by_hand():
    # Two members swap halves twice: 2 x (50 B at 10 B/s + 1 s).
    assert network.allreduce_seconds(100, 2, 10, 1) == 12
    # Four: 6 messages of 25 B.
    assert network.allreduce_seconds(100, 4, 10, 0) == 15
    assert network.allreduce_seconds(100, 1, 10, 1) == 0


def test_gradients_of_llama_65b_against_its_step():
    run = data.row("training_runs", "llama-65b")
    tokens = data.row("training_batches", "llama-65b").batch_tokens
    # 4e6 / (2048 x 380)
    step = seconds_at_rate(tokens, run.n_devices, run.tokens_per_device_s)
    assert step == pytest.approx(5.14, abs=5e-3)
    hdr = data.row("links", "infiniband-hdr")
    there = hdr.up_bytes_per_s, hdr.round_trip_s / 2
    # 2 x 2047 x (130.57 GB / 2048 / 25 GB/s + 1 us): twice the step, had each card all gradients.
    gradients = 2 * model_params(data.model("llama-65b"))
    whole = network.allreduce_seconds(gradients, 2048, *there)
    assert whole == pytest.approx(10.4446, abs=5e-4)
    # An eighth each, with eight cards sharing every layer: 510 x (63.76 MB / 25 GB/s + 1 us).
    assert network.allreduce_seconds(gradients / 8, 256, *there) == pytest.approx(1.301, abs=5e-4)
    # Half of the servers at each of two sites: 254 x (127.5 MB / 25 GB/s + 1 us).
    assert network.allreduce_seconds(gradients / 8, 128, *there) == pytest.approx(1.296, abs=5e-4)
    # Between them, 2 x (130.57 GB / 2 / 50 GB/s + 1.7 ms).
    zones = data.row("links", "wan-zones").round_trip_s / 2
    cable = data.row("links", "ethernet-400").up_bytes_per_s
    assert network.allreduce_seconds(gradients, 2, cable, zones) == pytest.approx(2.615, abs=5e-4)


def test_synchronisation_by_hand():
    assert network.synchronised_step_seconds(5, 2, 0, 1) == 7
    assert network.synchronised_step_seconds(5, 2, 0.5, 1) == 5
    assert network.synchronised_step_seconds(5, 12.5, 0.5, 1) == 15
    assert network.synchronised_step_seconds(5, 12.5, 0.5, 500) == 5.02


def test_sending_and_encrypting_by_hand():
    assert network.transfer_seconds(256_000, 1.25e6) == pytest.approx(0.2048)
    # A TLS 1.3 record: 5 bytes of header, 1 of type, 16 of tag.
    assert network.encryption_factor(16384, 22) == pytest.approx(1.00134, abs=1e-5)
    assert network.encryption_factor(100, 0) == 1


@given(
    size=st.floats(1e3, 1e13),
    members=st.integers(1, 10**5),
    bandwidth=st.floats(1e5, 1e12),
    latency=st.floats(0, 0.2),
)
def test_a_larger_ring_or_a_slower_link_never_is_faster(size, members, bandwidth, latency):
    def seconds(**changed):
        setting = {"members": members, "bandwidth": bandwidth, "latency": latency} | changed
        return network.allreduce_seconds(size, *setting.values())

    slack = 1 + 1e-9
    assert seconds() <= seconds(members=members + 1) * slack
    assert seconds() <= seconds(bandwidth=bandwidth / 2) * slack
    assert seconds() <= seconds(latency=latency + 0.1) * slack
    # No ring needs more than twice the bytes on each link.
    assert seconds(latency=0) <= 2 * size / bandwidth * slack


@given(
    step=st.floats(0.01, 100),
    communication=st.floats(0, 1e5),
    share=st.floats(0, 1),
    between=st.integers(1, 1000),
)
def test_overlap_and_rarer_synchronisation_never_slow_a_step(step, communication, share, between):
    plain = network.synchronised_step_seconds(step, communication, 0, 1)
    found = network.synchronised_step_seconds(step, communication, share, between)
    assert step <= found <= plain * (1 + 1e-12)
    rarer = network.synchronised_step_seconds(step, communication, share, between + 1)
    assert rarer <= found * (1 + 1e-12)


@given(radix=st.integers(1, 64))
def test_a_fat_tree_never_starves_and_a_dragonfly_gives_half(radix):
    assert topologies.fat_tree(2 * radix)["bisection_share"] == 1
    assert 0.5 <= topologies.dragonfly(4 * radix - 1)["bisection_share"] <= 2 / 3
