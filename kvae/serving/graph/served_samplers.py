"""Samplers inside the served graph: what a request may ask for, and its formulas.

Nothing of a sampler is written here. Those of `kvae.samplers.SAMPLERS` that have a
`request_parameter` are offered, and their own `step` moves the points.
"""

from kvae.samplers import SAMPLERS
from kvae.serving.graph import randomness


def offered(*inputs):
    """Returns {name: sampler class} of what a request can ask for.

    Args:
        *inputs: which of "partner" and "sigma" are known where it is asked.

    Example:
        >>> list(offered("partner", "sigma")), list(offered("sigma"))
        (['interpolate', 'noise', 'posterior'], ['noise', 'posterior'])
    """
    known = {*inputs, "noise"}
    return {
        name: sampler
        for name, sampler in SAMPLERS.items()
        if sampler.request_parameter is not None
        and known.issuperset(sampler.step_inputs)
    }


def moved(z, seeds, amounts, **inputs):
    """Returns points moved by each sampler of a request, one after another.

    Args:
        z: float32 tensor (B, d).
        seeds: int64 tensor (B, 2).
        amounts: dict {name: float32 tensor (B,)}; samplers that are left out, and
            amounts of 0, move nothing.
        **inputs: `partner` and `sigma`, as `Sampler.step` takes them, where known.

    Returns:
        float32 tensor (B, d).
    """
    for name, sampler in offered(*inputs).items():
        if name in amounts:
            known = dict(inputs)
            if "noise" in sampler.step_inputs:
                known["noise"] = randomness.noise(seeds, name, z.shape[-1])
            needed = {key: known[key] for key in sampler.step_inputs}
            z = sampler.step(z, amounts[name][:, None], **needed)
    return z
