"""A model on cards: the times, the memory and the batches of one deployment."""

from dataclasses import dataclass, field
from functools import cached_property

from llmbook import attention, data, parallelism, serving
from llmbook.experts import experts_touched, touched_params
from llmbook.formula import apply, check
from llmbook.glossary import GLOSSARY
from llmbook.quantities import GB
from llmbook.transformer import mlp_params, model_active_params, model_params

EIGHT_BIT_ARITHMETIC = ("fp8", "int8")
COMPUTE_FORMATS = (None, "fp16", "bf16", *EIGHT_BIT_ARITHMETIC)


# Arguments of prefill and decode that depend on the request.
_OF_REQUEST = ("prompt_tokens", "n_active_params", "attention_flops")


@dataclass(frozen=True)
class Constants:
    """What the shapes do not say: how near programs come to the peaks, and what they wait for.

    Parameters
    ----------
    compute_efficiency, eight_bit_efficiency : float
        Share of the peak rate that matrix products reach, in 16 bits (attention over a prompt
        too) and in 8 bits, where numbers must be converted beside.
    unhidden_share : float
        Share of the shorter of arithmetic and reading weights that the longer does not hide.
    memory_efficiency : float
        Share of the bandwidth that reading weights reaches.
    kv_efficiency : float
        Share of the bandwidth that decode attention reaches.
    sum_latency : float
        Seconds of one sum between cards of almost nothing.
    layer_latency : float
        Seconds that a layer costs whatever it computes.
    link_efficiency : float
        Share of the bandwidth of the links that sums between cards reach.
    """

    compute_efficiency: float = 1.0
    eight_bit_efficiency: float = 1.0
    unhidden_share: float = 0.0
    memory_efficiency: float = 1.0
    kv_efficiency: float = 1.0
    sum_latency: float = 0.0
    layer_latency: float = 0.0
    link_efficiency: float = 1.0


ROOFLINE = Constants()


def fitted_constants():
    """Return the constants of ``serving_constants``, fitted by `llmbook.calibration`."""
    return Constants(
        **{row.id.replace("-", "_"): row.value for row in data.table("serving_constants")}
    )


@dataclass(frozen=True)
class StaticBatch:
    """What a batch that starts and ends together gives.

    Parameters
    ----------
    ttft : float
        Seconds to the first token of every answer: all prompts are processed first.
    tpot : float
        Mean seconds from one token of an answer to the next.
    seconds : float
        Of the whole batch.
    tokens_per_second : float
        Output tokens of all sequences and cards together.
    """

    ttft: float
    tpot: float
    seconds: float
    tokens_per_second: float


@dataclass(frozen=True)
class Engine:
    """A model that is served by tensor parallelism on some cards of one kind.

    Parameters
    ----------
    model : object
        A row of ``models``, or anything with the same attributes.
    accelerator : object
        A row of ``accelerators``.
    n_devices : float
        Cards that share each layer.
    weight_format, kv_format : str
        Rows of ``number_formats``.
    compute_format : str, optional
        Of the matrix products: as the weights if these are ``"fp8"``, else ``"fp16"``.  Eight-bit
        integers can multiply as such (``"int8"``) or only be stored.
    constants : Constants, optional
        Fitted ones unless given; `ROOFLINE` for the bound that nothing reaches.
    usable_share : float
        Share of the memory that weights and KV cache may take.
    latent_width : float, optional
        For multi-head latent attention, in place of the key and value heads.
    window_tokens : float, optional
        The most tokens of a sequence that attention looks back on.

    Raises
    ------
    ValueError
        If the weights alone do not fit, or the card lacks a number that is needed.
    """

    model: object
    accelerator: object
    n_devices: float = 1.0
    weight_format: str = "fp16"
    kv_format: str = "fp16"
    compute_format: str | None = None
    constants: Constants = field(default_factory=fitted_constants)
    usable_share: float = 0.9
    latent_width: float | None = None
    window_tokens: float = serving.NO_WINDOW

    def __post_init__(self):
        check("n_devices", self.n_devices, GLOSSARY["n_devices"])
        if self.n_devices != int(self.n_devices):
            raise ValueError(f"n_devices must be a whole number of cards, got {self.n_devices!r}")
        if self.compute_format not in COMPUTE_FORMATS:
            raise ValueError(
                f"compute_format must be one of {COMPUTE_FORMATS}, got {self.compute_format!r}"
            )
        if not 0 < self.usable_share <= 1:
            raise ValueError(f"usable_share must lie in 0..1, got {self.usable_share!r}")
        if self.capacity_tokens < 1:
            raise ValueError(
                f"{self.model.name} in {self.weight_format} needs {self.weight_bytes / GB:.1f} GB, "
                f"{self.n_devices:g} x {self.accelerator.name} give {self._usable_bytes / GB:.1f}"
            )

    @classmethod
    def of(cls, model, accelerator, n_devices=1.0, **others):
        """Return the engine of a model and a card of the tables.

        Parameters
        ----------
        model, accelerator : str
            Ids of ``models`` and ``accelerators``.
        n_devices : float
        **others
            As for the class.

        Returns
        -------
        Engine
        """
        return cls(data.model(model), data.accelerator(accelerator), n_devices, **others)

    # Memory

    @cached_property
    def weight_bytes(self):
        """Bytes of all weights."""
        return model_params(self.model) * _bytes(self.weight_format)

    @cached_property
    def kv_bytes_per_token(self):
        """Bytes of cache that a token takes on all cards together, copies included."""
        return self._cached_token_bytes * self.n_devices

    @cached_property
    def capacity_tokens(self):
        """Tokens whose cache fits beside the weights, of all sequences together."""
        return max((self._usable_bytes - self.weight_bytes) // self.kv_bytes_per_token, 0.0)

    def largest_batch(self, context_tokens):
        """Return how many sequences of this length fit.

        Parameters
        ----------
        context_tokens : float
            Prompt and answer together.

        Returns
        -------
        float
            Whole sequences, 0 if not one fits.
        """
        check("prompt_tokens", context_tokens, GLOSSARY["prompt_tokens"])
        return self.capacity_tokens // self._kept(context_tokens)

    # Times

    def prefill_seconds(self, n_tokens, n_sequences=1.0):
        """Return the time to process prompts at once: the TTFT of a request alone, or of a batch.

        Parameters
        ----------
        n_tokens : float
            Of each prompt.
        n_sequences : float

        Returns
        -------
        float
            Seconds.
        """
        check("prompt_tokens", n_tokens, GLOSSARY["prompt_tokens"])
        self._check_memory(n_sequences, n_sequences * self._kept(n_tokens), "n_sequences")
        return serving.prefill_seconds(
            n_sequences=n_sequences, **self.prefill_arguments(n_tokens, n_sequences)
        )

    def prefill_arguments(self, n_tokens, n_sequences=1.0):
        """Return what `serving.prefill_seconds` must know of model and cards.

        Parameters
        ----------
        n_tokens, n_sequences : float
            As for `prefill_seconds`.

        Returns
        -------
        dict of str to float
            All its arguments but the number of sequences.
        """
        return {
            "prompt_tokens": n_tokens,
            "n_active_params": serving.prefill_params(
                self.layer_params, self.head_params, n_tokens
            ),
            "read_bytes": self._read_bytes(1.0 * n_tokens * n_sequences),
            "attention_flops": apply(
                attention.causal_attention_flops,
                self.model,
                prompt_tokens=n_tokens,
                window_tokens=self.window_tokens,
            ),
            "attention_peak_flops": self._attention_peak,
            "seconds_per_token": self._seconds_per_token,
            **self._machine,
        }

    def decode_step_seconds(self, batch_size, cached_tokens):
        """Return the time of one decode step.

        Parameters
        ----------
        batch_size : float
        cached_tokens : float
            That attention reads, of all sequences together.

        Returns
        -------
        float
            Seconds: `decode_base_seconds` and `cached_token_seconds` for each cached token.
        """
        self._check_memory(batch_size, cached_tokens, "batch_size")
        return serving.decode_step_seconds(
            batch_size=batch_size,
            cached_tokens=cached_tokens,
            **self.decode_arguments(batch_size),
        )

    def decode_arguments(self, batch_size=1.0):
        """Return what `serving.decode_step_seconds` must know of model and cards.

        Parameters
        ----------
        batch_size : float
            Matters for a mixture of experts alone: how many of them are read.

        Returns
        -------
        dict of str to float
            All its arguments but batch and cached tokens.
        """
        return {
            "n_active_params": self.layer_params + self.head_params,
            "read_bytes": self._read_bytes(batch_size),
            "bytes_per_cached_token": self._cached_token_bytes,
            "kv_efficiency": self.constants.kv_efficiency,
            "seconds_per_token": self._seconds_per_token,
            **self._machine,
        }

    def shared_arguments(self):
        """Return what prefill and decode must know of model and cards, whatever is asked.

        Returns
        -------
        dict of str to float
            The arguments of both but those that depend on the request; of a mixture of experts
            those for one token.
        """
        known = self.prefill_arguments(1.0) | self.decode_arguments()
        return {name: value for name, value in known.items() if name not in _OF_REQUEST}

    def decode_base_seconds(self, batch_size):
        """Return the time of a decode step with nothing cached."""
        return self.decode_step_seconds(batch_size, 0.0)

    @cached_property
    def cached_token_seconds(self):
        """Seconds that each cached token adds to a decode step."""
        rate = self.accelerator.bandwidth_bytes_per_s * self.constants.kv_efficiency
        return self._cached_token_bytes / rate

    def static_batch(self, batch_size, prompt_tokens, answer_tokens):
        """Return the times of a batch that starts and ends together.

        Parameters
        ----------
        batch_size, prompt_tokens, answer_tokens : float

        Returns
        -------
        StaticBatch

        Raises
        ------
        ValueError
            If the batch is empty or its last tokens do not fit; the message says how many do.
        """
        for name, value in (("prompt_tokens", prompt_tokens), ("answer_tokens", answer_tokens)):
            check(name, value, GLOSSARY[name])
        context = 1.0 * prompt_tokens + answer_tokens
        self._check_batch(batch_size, context)
        ttft = self.prefill_seconds(prompt_tokens, batch_size)
        seconds = serving.static_batch_seconds(
            prompt_seconds=ttft,
            base_seconds=self.decode_base_seconds(batch_size),
            cached_token_seconds=self.cached_token_seconds,
            batch_size=batch_size,
            prompt_tokens=prompt_tokens,
            answer_tokens=answer_tokens,
            window_tokens=self.window_tokens,
        )
        return StaticBatch(
            ttft=ttft,
            tpot=(seconds - ttft) / max(answer_tokens - 1.0, 1.0),
            seconds=seconds,
            tokens_per_second=serving.output_rate(batch_size, answer_tokens, seconds),
        )

    # Cost

    def input_cost(self, usd_per_hour, prompt_tokens, n_sequences=1.0, utilization=1.0):
        """Return USD per million prompt tokens when the cards do nothing but prefill.

        Parameters
        ----------
        usd_per_hour : float
            Of one card.
        prompt_tokens, n_sequences, utilization : float

        Returns
        -------
        float
        """
        rate = n_sequences * prompt_tokens / self.prefill_seconds(prompt_tokens, n_sequences)
        return serving.cost_per_million_tokens(usd_per_hour, self.n_devices, rate, utilization)

    def output_cost(self, usd_per_hour, batch_size, context_tokens, utilization=1.0):
        """Return USD per million answer tokens when the cards do nothing but decode.

        Parameters
        ----------
        usd_per_hour : float
            Of one card.
        batch_size : float
        context_tokens : float
            Tokens that each sequence has cached, on average.
        utilization : float

        Returns
        -------
        float
        """
        step = self.decode_step_seconds(batch_size, batch_size * self._kept(context_tokens))
        rate = batch_size / step
        return serving.cost_per_million_tokens(usd_per_hour, self.n_devices, rate, utilization)

    # What the formulas need

    @cached_property
    def _usable_bytes(self):
        card = self.accelerator
        memory = card.usable_memory_bytes or card.memory_bytes
        return memory * self.n_devices * self.usable_share

    @cached_property
    def _lookup_params(self):
        """Parameters that are looked up and never multiplied: a separate input embedding."""
        return (self.model.n_embeddings - 1.0) * self.head_params

    @cached_property
    def head_params(self):
        """Parameters of the output matrix."""
        return self.model.vocab_size * self.model.d_model

    @cached_property
    def layer_params(self):
        """Parameters of all layers that a token uses."""
        return model_active_params(self.model) - self.head_params - self._lookup_params

    @cached_property
    def _cached_token_bytes(self):
        width = _bytes(self.kv_format)
        if self.latent_width:
            return attention.latent_token_bytes(self.model.n_layers, self.latent_width, width)
        return apply(
            attention.cached_token_bytes,
            self.model,
            bytes_per_value=width,
            tensor_parallel=self.n_devices,
        )

    def _read_bytes(self, n_tokens):
        multiplied = model_params(self.model) - self._lookup_params
        if self.model.n_experts > 1:
            multiplied = apply(
                touched_params,
                self.model,
                n_params=multiplied,
                experts_in_use=apply(experts_touched, self.model, n_tokens=n_tokens),
                params_per_expert=apply(mlp_params, self.model),
            )
        return multiplied * _bytes(self.weight_format)

    @cached_property
    def _machine(self):
        constants = self.constants
        return {
            "peak_flops": self._peak(self._arithmetic),
            "bandwidth": self.accelerator.bandwidth_bytes_per_s,
            "tensor_parallel": self.n_devices,
            "compute_efficiency": self._efficiency,
            "unhidden_share": constants.unhidden_share,
            "memory_efficiency": constants.memory_efficiency,
            "fixed_seconds": self._fixed_seconds,
        }

    @cached_property
    def _fixed_seconds(self):
        layers = self.model.n_layers
        waiting = parallelism.all_reduce_latency(layers, self.n_devices, self.constants.sum_latency)
        return layers * self.constants.layer_latency + waiting

    @cached_property
    def _seconds_per_token(self):
        moved = apply(parallelism.elementwise_bytes, self.model, tensor_parallel=self.n_devices)
        rate = self.accelerator.bandwidth_bytes_per_s * self.constants.memory_efficiency
        return moved / rate + self._sum_seconds_per_token

    @cached_property
    def _sum_seconds_per_token(self):
        if self.n_devices == 1:
            return 0.0
        return apply(
            parallelism.all_reduce_seconds_per_token,
            self.model,
            # Activations stay in 16 bits whatever the weights.
            bytes_per_value=2.0,
            tensor_parallel=self.n_devices,
            link_bandwidth=self._serving_card.link_bytes_per_s
            / 2.0
            * self.constants.link_efficiency,
        )

    @cached_property
    def _efficiency(self):
        constants = self.constants
        if self._arithmetic in EIGHT_BIT_ARITHMETIC:
            return constants.eight_bit_efficiency
        return constants.compute_efficiency

    @cached_property
    def _attention_peak(self):
        # Attention over a prompt stays in 16 bits; the formula has one efficiency for both.
        return self._peak("fp16") * self.constants.compute_efficiency / self._efficiency

    @cached_property
    def _serving_card(self):
        return data.row("serving_cards", self.accelerator.id)

    @cached_property
    def _arithmetic(self):
        return self.compute_format or ("fp8" if self.weight_format == "fp8" else "fp16")

    def _peak(self, number_format):
        card = self.accelerator
        if number_format == "fp8":
            peak = self._serving_card.fp8_flops
        elif number_format == "int8":
            peak = card.int8_ops
        else:
            peak = card.fp16_flops
        if peak is None:
            raise ValueError(f"no rate is known for {number_format} arithmetic on {card.name}")
        return peak

    def _kept(self, context_tokens):
        return attention.attended_tokens(context_tokens, self.window_tokens)

    def _check_batch(self, batch_size, context_tokens):
        most = self.largest_batch(context_tokens)
        if not 1 <= batch_size <= most:
            raise ValueError(
                f"batch_size must lie between 1 and {most:g}, which fit at {context_tokens:g} "
                f"tokens a sequence, got {batch_size!r}"
            )

    def _check_memory(self, count, cached_tokens, name):
        check(name, count, GLOSSARY[name])
        if not 0 <= cached_tokens <= self.capacity_tokens:
            raise ValueError(
                f"cached tokens must lie between 0 and {self.capacity_tokens:g}, which fit beside "
                f"the weights, got {cached_tokens!r}"
            )


def _bytes(number_format):
    return data.row("number_formats", number_format).bytes_per_value
