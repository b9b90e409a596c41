"""The signatures of an export: what a server is asked, and by which names.

Those of one seed or one count take single values and are asked in TF Serving's
columnar form. Each has a twin `..._batch` in which every input has a row for each row
of the answer: it may be asked in row form, and requests of many users may be batched.
"""

import dataclasses
import json
from collections.abc import Callable

import tensorflow as tf

from kvae.samplers import Normal
from kvae.serving.graph import guards, randomness
from kvae.serving.graph.served_samplers import moved, offered

_LATENT_AT_MOST = 1000.0  # of |z|: far beyond, a decoder's numbers overflow


@dataclasses.dataclass(frozen=True)
class Signature:
    """A named function of named tensors.

    Args:
        name: str.
        inputs: dict {name: tf.TensorSpec}.
        function: dict of tensors -> dict of tensors.
        summary: str, what it does, in one line.
        rows: the row format of its inputs.
    """

    name: str
    inputs: dict
    function: Callable
    summary: str
    rows: object

    def positional(self, *tensors):
        """Calls the function with its inputs in their order."""
        return self.function(dict(zip(self.inputs, tensors, strict=True)))

    @property
    def batchable(self):
        """Whether every input has a row for each row of the answer."""
        return all(
            spec.shape.rank and not spec.shape[0] for spec in self.inputs.values()
        )


def describe(parts, rows):
    """Returns the signature by which a model answers what it is.

    Args:
        parts: dict {key: value for JSON}, of the model's description.
        rows: row format, which takes no part.
    """

    def answer(who, tensors):
        keys = guards.checked_class(
            who, "key", tensors["key"], class_names=list(parts), shape=(None,)
        )
        texts = [json.dumps(value, default=str) for value in parts.values()]
        return {"value": tf.gather(tf.constant(texts), keys)}

    return Signature(
        "describe",
        {"key": tf.TensorSpec([None], tf.string)},
        lambda tensors: answer("describe", tensors),
        summary="parts of the description, as JSON",
        rows=rows,
    )


class SignatureFactory:
    """Makes the signatures of a model for one format of rows.

    Args:
        model: ServedModel.
        rows: row format, such as ArrayRows.
        target: str, what class names are called in answers.
        max_rows: int, the greatest n of a request.
    """

    def __init__(self, model, rows, target="label", max_rows=1000):
        self.model, self.rows = model, rows
        self.target, self.max_rows = target, max_rows

    def all(self):
        """Returns the signatures that the model can answer, a list."""
        made = [self.decode(), self.encode(), self.reconstruct()]
        made += [self.sample(batch) for batch in (False, True)]
        made += [self.augment_rows(batch) for batch in (False, True)]
        if self.model.reference is not None:
            made += [self.augment_class(batch) for batch in (False, True)]
        if self.model.judge_model is not None:
            made.append(self.classify())
        return made

    def decode(self):
        """Z to mean rows."""
        d = self.model.latent_dim

        def decode(who, tensors):
            limits = {"low": -_LATENT_AT_MOST, "high": _LATENT_AT_MOST}
            z = guards.checked(who, "z", tensors["z"], shape=(None, d), **limits)
            z, index = self._with_class(who, tensors, z=z)
            return self.rows.write(self.model.decode(z, index))

        inputs = {"z": tf.TensorSpec([None, d], tf.float32), **self._class_spec()}
        summary = "latent points to rows"
        return self._signature("decode", inputs, decode, summary=summary)

    def encode(self):
        """Rows to z_mean and z_log_var."""

        def encode(who, tensors):
            x, index = self._read(who, tensors)
            z_mean, z_log_var = self.model.encode(x, index)
            return {"z_mean": z_mean, "z_log_var": z_log_var}

        inputs = self._row_specs()
        summary = "rows to latent points"
        return self._signature("encode", inputs, encode, summary=summary)

    def reconstruct(self):
        """Rows to the decoded means of their codes."""

        def reconstruct(who, tensors):
            x, index = self._read(who, tensors)
            z_mean, _ = self.model.encode(x, index)
            return self.rows.write(self.model.decode(z_mean, index))

        inputs = self._row_specs()
        summary = "rows through encoder and decoder"
        return self._signature("reconstruct", inputs, reconstruct, summary=summary)

    def sample(self, batch):
        """Seeds, and a class where the model knows some, to new rows."""
        named = self.model.by_class or self.model.reference is not None

        def sample(who, tensors):
            seeds = self._seeds(who, tensors, batch)
            index = self._index(who, tensors, seeds, batch=batch) if named else None
            if self.model.by_class or not named:
                noise = randomness.noise(seeds, "prior", self.model.latent_dim)
                z = Normal.step(None, 1.0, noise=noise)
            else:
                amounts = {"posterior": tf.ones(tf.shape(seeds)[:1])}
                z = self.model.reference.around(index, seeds, amounts)
            return self._answer(z, index, seeds)

        inputs = {**self._seed_specs(batch), **self._class_spec(batch, named)}
        summary = "new rows" + (" of a class" if named else " from the prior")
        return self._signature("sample", inputs, sample, summary=summary, batch=batch)

    def augment_rows(self, batch):
        """Rows to new rows around them."""
        samplers = offered("sigma")

        def augment_rows(who, tensors):
            x, index = self._read(who, tensors)
            if batch:
                seeds = guards.checked(who, "seeds", tensors["seeds"], shape=(None, 2))
                x, seeds = guards.same_length(who, x=x, seeds=seeds)
            else:
                seed = guards.checked(who, "seed", tensors["seed"], shape=())
                seeds = randomness.row_seeds(seed, tf.shape(x)[0])
            amounts = self._amounts(who, tensors, samplers, seeds=seeds, batch=batch)
            z_mean, z_log_var = self.model.encode(x, index)
            z = moved(z_mean, seeds, amounts, sigma=tf.exp(0.5 * z_log_var))
            return self._answer(z, index, seeds)

        seeds = self._seed_specs(batch)
        seeds.pop("n", None)
        inputs = {
            **self.rows.specs,
            **self._amount_specs(samplers, batch),
            **seeds,
            **self._class_spec(),
        }
        summary = "a new row around each row"
        return self._signature(
            "augment_rows", inputs, augment_rows, summary=summary, batch=batch
        )

    def augment_class(self, batch):
        """A class to new rows around the exported codes of its rows."""
        samplers = offered("partner", "sigma")

        def augment_class(who, tensors):
            seeds = self._seeds(who, tensors, batch)
            index = self._index(who, tensors, seeds, batch=batch)
            amounts = self._amounts(who, tensors, samplers, seeds=seeds, batch=batch)
            z = self.model.reference.around(index, seeds, amounts)
            return self._answer(z, index, seeds)

        inputs = {
            **self._class_spec(batch, True),
            **self._amount_specs(samplers, batch),
            **self._seed_specs(batch),
        }
        summary = "new rows of a class around the codes of its rows"
        return self._signature(
            "augment_class", inputs, augment_class, summary=summary, batch=batch
        )

    def classify(self):
        """Rows to the generative classifier's verdict."""

        def classify(who, tensors):
            return self._judged(self.rows.read(who, tensors))

        summary = "the generative classifier's label, score and acceptance"
        return self._signature(
            "classify", dict(self.rows.specs), classify, summary=summary
        )

    def _signature(self, name, inputs, function, *, summary, batch=False):
        name = name + "_batch" * batch + self.rows.suffix

        def named(tensors):
            return function(name, tensors)

        return Signature(name, inputs, named, summary=summary, rows=self.rows)

    def _answer(self, z, index, seeds):
        x = self.model.draw(z, index, seeds)
        label = {} if index is None else {self.target: self.model.names(index)}
        judged = self._judged(x, index) if self.model.judge_model else {}
        return {**self.rows.write(x), **judged, **label}

    def _judged(self, x, index=None):
        label, score, accepted = self.model.judge(x, index)
        return {
            self.target: self.model.names(label),
            "score": score,
            "accepted": accepted,
        }

    def _read(self, who, tensors):
        x = self.rows.read(who, tensors)
        return self._with_class(who, tensors, x=x)

    def _with_class(self, who, tensors, **rows):
        """Returns rows, given by their name in messages, and class indices or None."""
        if not self.model.by_class:
            return *rows.values(), None
        class_names = self.model.class_names
        if self.rows.label is not None and "class" not in tensors:
            index = self.rows.read_classes(who, tensors, class_names)
            return *rows.values(), index
        index = guards.checked_class(
            who, "class", tensors["class"], class_names=class_names, shape=(None,)
        )
        return guards.same_length(who, **rows, **{"class": index})

    def _index(self, who, tensors, seeds, *, batch):
        index = guards.checked_class(
            who,
            "class",
            tensors["class"],
            class_names=self.model.class_names,
            shape=(None,) if batch else (),
        )
        if not batch:
            return tf.fill(tf.shape(seeds)[:1], index)
        _, index = guards.same_length(who, seeds=seeds, **{"class": index})
        return index

    def _seeds(self, who, tensors, batch):
        if batch:
            return guards.checked(who, "seeds", tensors["seeds"], shape=(None, 2))
        n = guards.checked(who, "n", tensors["n"], shape=(), low=0, high=self.max_rows)
        seed = guards.checked(who, "seed", tensors["seed"], shape=())
        return randomness.row_seeds(seed, n)

    def _amounts(self, who, tensors, samplers, *, seeds, batch):
        """Returns how much of each sampler a request asks for, {name: (B,)}."""
        amounts, shape = {}, (None,) if batch else ()
        for name, sampler in samplers.items():
            parameter = sampler.request_parameter
            limits = {"low": parameter.least, "high": parameter.greatest}
            amount = guards.checked(who, name, tensors[name], shape=shape, **limits)
            if batch:
                _, amount = guards.same_length(who, seeds=seeds, **{name: amount})
            else:
                amount = tf.fill(tf.shape(seeds)[:1], amount)
            amounts[name] = amount
        return amounts

    def _class_spec(self, batch=True, named=None):
        named = self.model.by_class if named is None else named
        shape = [None] if batch else []
        return {"class": tf.TensorSpec(shape, tf.string)} if named else {}

    def _row_specs(self):
        """Returns the inputs that hold rows, and their classes where they are apart."""
        if self.rows.label is not None:
            return dict(self.rows.specs)
        return {**self.rows.specs, **self._class_spec()}

    def _seed_specs(self, batch):
        if batch:
            return {"seeds": tf.TensorSpec([None, 2], tf.int64)}
        return {"n": tf.TensorSpec([], tf.int32), "seed": tf.TensorSpec([], tf.int64)}

    def _amount_specs(self, samplers, batch):
        shape = [None] if batch else []
        return {name: tf.TensorSpec(shape, tf.float32) for name in samplers}
