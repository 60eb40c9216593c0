import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook.carbon import inference
from llmbook.carbon.accounting import emissions_kg
from llmbook.glossary import GLOSSARY

SERVER = {
    "n_devices": 8,
    "system_power_watts": 1250,
    "pue": 1.2,
    "tokens_per_second": 1000,
}


def test_a_server_by_hand():
    # 10 kW and a fifth on top make 12 kJ a second, so 12 J a token: 12 / 3.6e6 kWh.
    token = inference.token_energy_kwh(**SERVER)
    assert token == pytest.approx(12 / 3.6e6)
    # 3.333 kWh a million tokens at 0.3 kg.
    assert inference.mtok_carbon_kg(token, 0.3) == pytest.approx(1.0)
    # Three quarters of a word a token: 1,333 tokens, 4.444 Wh, 1.333 g.
    assert inference.words_carbon_g(token, 0.3, 0.75) == pytest.approx(4 / 3)
    # 1 GWh of training are 3e11 such tokens.
    assert inference.overtaking_tokens(1e6, token) == pytest.approx(3e11)


def arguments(function):
    return st.fixed_dictionaries(
        {name: st.floats(*GLOSSARY[name].usual) for name in function.domains}
    )


@given(server=arguments(inference.token_energy_kwh), factor=st.floats(1, 100))
def test_faster_servers_take_less_for_a_token(server, factor):
    speed = server["tokens_per_second"] * factor
    faster = inference.token_energy_kwh(**server | {"tokens_per_second": speed})
    assert faster == pytest.approx(inference.token_energy_kwh(**server) / factor)


@given(case=arguments(inference.overtaking_tokens), grid=st.floats(0.01, 1))
def test_tokens_that_overtake_have_emitted_as_much_as_the_training(case, grid):
    tokens = inference.overtaking_tokens(**case)
    answered = tokens / 1e6 * inference.mtok_carbon_kg(case["token_energy_kwh"], grid)
    assert answered == pytest.approx(emissions_kg(case["training_energy_kwh"], grid))
