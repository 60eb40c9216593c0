"""The public training runs of the tables, with what follows from them."""

from llmbook import data
from llmbook.quantities import HOUR
from llmbook.training import model_flops_utilization, training_flops
from llmbook.transformer import model_active_params


def run_params(run):
    """Return the parameters that a token used in a run.

    Parameters
    ----------
    run : object
        A row of ``training_runs``.

    Returns
    -------
    float
        Counted from the shape where the table has it, else as the authors report.
    """
    return model_active_params(data.model(run.model)) if run.model else run.n_params


def held_out_runs():
    """Return the runs with known hours that are not the paper's own example or its siblings.

    Returns
    -------
    list of dict
        ``run``, ``accelerator``, ``quality``, ``flops`` (6ND), ``peak_flops`` (of a card),
        ``reported hours`` (card-hours) and ``mfu``, in the order of the table.
    """
    return [
        _described(run) for run in data.table("training_runs") if run.held_out and run.device_hours
    ]


def _described(run):
    params, peak = run_params(run), data.accelerator(run.accelerator).fp16_flops
    return {
        "run": run.name,
        "accelerator": run.accelerator,
        "quality": run.quality,
        "flops": training_flops(params, run.n_tokens),
        "peak_flops": peak,
        "reported hours": run.device_hours,
        "mfu": model_flops_utilization(params, run.n_tokens, run.device_hours * HOUR, peak),
    }
