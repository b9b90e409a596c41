"""Taking replicas out of a stack, and stacking models: exact copies of weights."""

import numpy as np

from kvae.models.beta_vae import BetaVAE
from kvae.models.multi_vae import MultiVAE

# Arguments that hold one value for each replica, at any depth of a config.
_PER_REPLICA = ("beta", "capacity", "seeds")


def take(model, replicas):
    """Returns some replicas of a stacked model, as a new model.

    Args:
        model: a built model with a replica axis (BetaVAE, DenseEncoder, MLP, ...).
        replicas: int, for one model without the axis; or ints, for a smaller stack.

    Returns:
        A built model of the same class with copies of the weights; a single replica of
        a MultiVAE is a BetaVAE. The optimizer's state is not copied.

    Raises:
        ValueError: where the model has no replica axis, or is not built.
        IndexError: for replicas that do not exist.

    Example:
        >>> from kvae.models import DenseDecoder
        >>> decoder = DenseDecoder((4,), seeds=(7, 8, 9))
        >>> decoder.build((3, None, 2))
        >>> take(decoder, 1).seeds, take(decoder, [0, 2]).seeds
        (8, (7, 9))
    """
    if model.replicas is None:
        raise ValueError(
            f"take expects a model with a replica axis. Received: {model.name!r} "
            "without one. Make it with seeds=(s_1, ..., s_R)."
        )
    index = int(replicas) if np.ndim(replicas) == 0 else [int(r) for r in replicas]
    for replica in np.atleast_1d(index):
        if not 0 <= replica < model.replicas:
            raise IndexError(
                f"take expects replicas from 0 to {model.replicas - 1}. "
                f"Received: {replica}."
            )

    def pick(values):
        values = values[0]
        if not isinstance(values, list):
            return values  # one beta for all
        return values[index] if isinstance(index, int) else [values[r] for r in index]

    config = _walk([model.get_config()], pick)
    shape = _input_shape(model)[1:]
    shape = shape if isinstance(index, int) else (len(index), *shape)
    weights = [weight.numpy()[index] for weight in model.weights]
    cls = type(model)
    if isinstance(index, int) and issubclass(cls, MultiVAE):
        cls = BetaVAE
    return _rebuild(cls, config, shape, weights=weights)


def stack(models):
    """Returns one model whose replicas are the given models, in their order.

    Args:
        models: built models of one class and one structure, with or without a
            replica axis.

    Returns:
        A built model with copies of the weights.

    Raises:
        ValueError: where there are no models, one is not built, or they differ in
            class, arguments (seeds and beta aside) or input shape.

    Example:
        >>> from kvae.models import DenseDecoder
        >>> decoders = [DenseDecoder((4,), seeds=seed) for seed in (7, 8)]
        >>> for decoder in decoders:
        ...     decoder.build((None, 2))
        >>> stack(decoders).seeds
        (7, 8)
    """
    models = list(models)
    if not models:
        raise ValueError("stack expects at least one model. Received: none.")
    counts = [model.replicas or 1 for model in models]
    # Without the replica axis, so that single models and stacks compare.
    shapes = [_input_shape(model)[bool(model.replicas) :] for model in models]
    configs = [model.get_config() for model in models]
    for model, shape, config in zip(models, shapes, configs, strict=True):
        same = _walk([config], _ignore) == _walk(configs[:1], _ignore)
        if type(model) is not type(models[0]) or shape != shapes[0] or not same:
            raise ValueError(
                "stack expects models of one class, one input shape and equal "
                f"arguments, seeds and beta aside. Received: {model.name!r}, which "
                f"differs from {models[0].name!r}."
            )

    def join(values):
        if all(isinstance(value, float) and value == values[0] for value in values):
            return values[0]  # one beta for all
        joined = []
        for value, count in zip(values, counts, strict=True):
            joined += value if isinstance(value, list) else [value] * count
        return joined

    weights = [
        np.concatenate(
            [
                weight.numpy() if model.replicas else weight.numpy()[None]
                for model, weight in zip(models, column, strict=True)
            ]
        )
        for column in zip(*(model.weights for model in models), strict=True)
    ]
    config, shape = _walk(configs, join), (sum(counts), *shapes[0])
    return _rebuild(type(models[0]), config, shape, weights=weights)


def _walk(configs, change):
    """Returns the first config, with every per-replica argument changed.

    `change` receives the argument's values in all configs. Shapes of nested models are
    left out: they hold the old number of replicas, and are found anew when the model is
    built. So are names of models, which do not tell them apart; that of a dtype stays.
    """
    first = configs[0]
    if not isinstance(first, dict):
        return first
    return {
        key: (
            change([config[key] for config in configs])
            if key in _PER_REPLICA
            else _walk([config.get(key) for config in configs], change)
        )
        for key in first
        if key != "build_config" and not (key == "name" and "trainable" in first)
    }


def _ignore(values):
    return None


def _input_shape(model):
    """Returns the shape the model was built for, its batch axis B open."""
    shape = (model.get_build_config() or {}).get("input_shape")
    if shape is None or not model.weights:
        raise ValueError(
            f"take and stack expect built models. Received: {model.name!r}, which is "
            "not built yet. Call it once, or call its build(input_shape)."
        )
    batch_axis = 0 if model.replicas is None else 1
    return (*shape[:batch_axis], None, *shape[batch_axis + 1 :])


def _rebuild(cls, config, shape, weights):
    try:
        model = cls.from_config(config)
        model.build(shape)
        for variable, weight in zip(model.weights, weights, strict=True):
            variable.assign(weight)
    except (ValueError, TypeError) as error:
        raise ValueError(
            "take and stack expect models that are made from their seeds, such as "
            f"those of kvae.models. Received: a {cls.__name__} that could not be "
            f"rebuilt for inputs {shape}: {error}"
        ) from error
    return model
