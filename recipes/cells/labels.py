"""A bundle of image cells that use unlabelled images: one seed and row of a table.

The method of the table, "doubted rows", is `kvae.augmentation.refined_codes` itself;
its rivals are made of the same parts.
"""

import dataclasses
import functools
import time

import numpy as np

import kvae.data
from kvae import random
from kvae.augmentation.methods import BASELINE, METHODS, PROPAGATE, SHIFTS
from kvae.augmentation.refinement import ALPHA, DrawClassifiers, K, refined_codes
from kvae.checks import expect_one_of
from kvae.data.guarded import Rows
from kvae.experiments.scoring import score_on_test
from kvae.experiments.vae_cache import latent_graph, load_source, single_vae
from kvae.latent.agreement import refine, refine_in_rounds, relabel
from kvae.latent.codes import encode
from kvae.latent.spreading import spread
from kvae.training.budget import Budget
from kvae.training.classifiers import predict_convnet
from kvae.training.vaes import VAESettings

PROPAGATE_SHIFTS = "propagate+shifts"
REFINED = "propagate+shifts, refined"
SAME_LABELS = "same labels, real images"
SAME_LABELS_REFINED = "same labels, real images+shifts, refined"
PCA = "PCA labels, real images+shifts, refined"
DECK_AT_AMOUNT = "extrapolate+noise, as many"
DOUBTED = "propagate+shifts, refined twice, doubted rows"
SAME_LABELS_DOUBTED = "same labels, real images+shifts, refined twice, doubted rows"
PCA_DOUBTED = "PCA labels, real images+shifts, refined twice, doubted rows"
LABEL_METHODS = (
    BASELINE,
    SHIFTS,
    DECK_AT_AMOUNT,
    PROPAGATE,
    PROPAGATE_SHIFTS,
    REFINED,
    SAME_LABELS,
    SAME_LABELS_REFINED,
    PCA,
    DOUBTED,
    SAME_LABELS_DOUBTED,
    PCA_DOUBTED,
)


@dataclasses.dataclass(frozen=True)
class LabelSettings:
    """How labels are spread over all training images, and drawn from.

    Args:
        vae: VAESettings of the VAE whose latent space the labels spread in; trained
            on all training images, without labels.
        amount: int, generated images per class.
        pca_dim: int, dimensions of the rival's space.
    """

    vae: VAESettings
    amount: int = 1000
    pca_dim: int = 32


def train_label_cells(
    data,
    shots,
    seed,
    settings,
    labels,
    cells,
    development=0,
    data_dir=None,
    cache=None,
):
    """Trains and scores a convnet for each cell, on the same labelled rows.

    "+shifts": real and generated images are moved, turned and scaled at random, as
    the rival's are. Labels in PCA space are refined by a convnet of their own.
    "doubted rows": two rounds of refinement that drop no row; draws are around rows in
    proportion to a convnet's doubt about them.

    Args:
        data: str, name of a data set.
        shots: int, labelled rows per class.
        seed: int.
        settings: Settings.
        labels: LabelSettings.
        cells: list of dicts: `method`, of LABEL_METHODS; maybe `parameters`, a dict
            {sampler: its arguments}.
        development: int, as in `load_source`.
        data_dir: tfds folder.
        cache: path, folder of trained VAEs and of graphs.

    Returns:
        A list of one row for each cell. label_accuracy is the share of unlabelled
        training images whose label is right, of those that have one (label_share).
    """
    for cell in cells:
        expect_one_of("methods of train_label_cells", cell["method"], LABEL_METHODS)
    source = load_source(data, data_dir, development)
    table = SpreadRow(
        source, shots, seed, settings=settings, labels=labels, cache=cache
    )
    rows, weights = [], []
    for cell in cells:
        start = time.perf_counter()
        real, new, label = table.training_rows(cell)
        generation = time.perf_counter() - start
        if cell["method"] == PROPAGATE_SHIFTS:
            convnet, seconds = table.first_convnet
        else:
            convnet, seconds = table.classifiers.convnet(real, new)
        weights.append(convnet)
        rows.append(
            {
                "data": source.name,
                "shots": shots,
                "amount": 0 if new is None else labels.amount,
                "method": cell["method"],
                "seed": seed,
                **table.rightly_labelled(label),
                "generation_seconds": round(generation, 2),
                "training_seconds": round(seconds, 2),
            }
        )

    def predict(x):
        return [predict_convnet(convnet, x, source.num_classes) for convnet in weights]

    scored, _ = score_on_test(source, predict, rows)
    return [[row] for row in scored]


class SpreadRow:
    """What the cells of one seed and row share; each part is made when it is needed."""

    def __init__(self, source, shots, seed, settings, labels, cache):
        self.source, self.seed, self.settings = source, seed, settings
        self.labels, self.cache = labels, cache
        self.draw = kvae.data.few_shot(source, shots, seed)
        self.vae = single_vae(source, seed, labels.vae, cache=cache)
        x, truth = source.train
        self.y = np.full(len(x), -1)
        self.y[self.draw.labelled] = truth[self.draw.labelled]
        self.classifiers = self._classifiers()

    def training_rows(self, cell):
        """Returns (real Rows, generated Rows or None, labels (N,) or None)."""
        method, real = cell["method"], self.draw.rows
        if method in (BASELINE, SHIFTS):
            new = None
            if method == SHIFTS:
                new = self.classifiers.moved(real, "rival")
            return real, new, None
        if method == DECK_AT_AMOUNT:
            sampler = METHODS["extrapolate+noise"]
            sampler = dataclasses.replace(
                sampler, parameters=cell.get("parameters") or {}
            )
            vaes = {"single": self.vae}
            _, new, _ = sampler.rows(real, self.seed, vaes=vaes, n=self.labels.amount)
            return real, new, None
        if method == PROPAGATE:
            return (
                real,
                self._drawn(self.spread_labels, method),
                self.spread_labels.label,
            )
        if method == SAME_LABELS:
            label = self.spread_labels.label
            return real, self._images(label), label
        new, label = {
            PROPAGATE_SHIFTS: self._propagated,
            REFINED: self._refined,
            SAME_LABELS_REFINED: self._same_labels_refined,
            PCA: self._pca,
            DOUBTED: self._doubted,
            SAME_LABELS_DOUBTED: self._same_labels_doubted,
            PCA_DOUBTED: self._pca_doubted,
        }[method]()
        return self.moved_real, self.classifiers.moved(new, "new"), label

    def rightly_labelled(self, label):
        """Returns how many unlabelled images have a label, and how many a right one."""
        if label is None:
            return {"label_accuracy": None, "label_share": None}
        unlabelled = self.y < 0
        told = unlabelled & (label >= 0)
        right = label[told] == self.source.train.y[told]
        return {
            "label_accuracy": float(right.mean()),
            "label_share": float(told.sum() / unlabelled.sum()),
        }

    @functools.cached_property
    def moved_real(self):
        """The labelled images, moved."""
        return self.classifiers.moved(self.draw.rows, "real")

    @functools.cached_property
    def codes(self):
        """Codes of all training images."""
        return encode(self.vae, self.source.train.x, self.y, unlabelled=-1)

    @functools.cached_property
    def graph(self):
        """The graph of the latent means."""
        name = {"seed": self.seed, "vae": self.labels.vae}
        return latent_graph(self.source, name, self.codes.z_mean, k=K, cache=self.cache)

    @functools.cached_property
    def pca_graph(self):
        """The graph of the rival's space; the same for every seed."""
        from sklearn.decomposition import PCA as Components

        flat = self.source.train.x.reshape(len(self.y), -1)
        dim = min(self.labels.pca_dim, flat.shape[1])
        z = Components(dim, random_state=0).fit_transform(flat)
        return latent_graph(self.source, {"pca": dim}, z, k=K, cache=self.cache)

    @functools.cached_property
    def spread_labels(self):
        """What the graph of the latent means makes of the labels."""
        return self._spread(self.graph)

    @functools.cached_property
    def first_convnet(self):
        """(Weights, seconds) of the convnet that refinement begins with."""
        new = self.classifiers.moved(self._propagated()[0], "new")
        return self.classifiers.convnet(self.moved_real, new)

    @functools.cached_property
    def refined_labels(self):
        """A second spreading, from rows on which graph and the first convnet agree."""
        probability = self.classifiers.convnet_probability(self.first_convnet[0])
        return refine(self.graph, self.y, self.spread_labels, probability=probability)

    @functools.cached_property
    def doubted_codes(self):
        """Codes after two rounds of refinement, with a doubt for each."""
        budget = self.classifiers.budget
        return refined_codes(
            self.vae,
            self.source.train.x,
            self.y,
            seed=self.seed,
            unlabelled=-1,
            budget=budget,
            graph=self.graph,
            amount=self.labels.amount,
        )

    @property
    def doubted_label(self):
        """Labels (N,) of all images after two rounds of refinement; -1 for none."""
        return self._label_of(self.doubted_codes)

    def _propagated(self):
        return self._drawn(self.spread_labels, PROPAGATE), self.spread_labels.label

    def _refined(self):
        return self._drawn(self.refined_labels, REFINED), self.refined_labels.label

    def _same_labels_refined(self):
        label = self.refined_labels.label
        return self._images(label), label

    def _pca(self):
        first = self._spread(self.pca_graph)
        probability = self.classifiers.probability(self._images(first.label), "new")
        label = refine(self.pca_graph, self.y, first, probability=probability).label
        return self._images(label), label

    def _doubted(self):
        draws = self.classifiers.draws(self.doubted_codes, DOUBTED)
        return self.classifiers.new_rows(draws), self.doubted_label

    def _same_labels_doubted(self):
        draws = self.classifiers.draws(self.doubted_codes, DOUBTED)
        new = self._classifiers(real_rows=True).new_rows(draws)
        return new, self.doubted_label

    def _pca_doubted(self):
        classifiers = self._classifiers(real_rows=True)
        _, codes = refine_in_rounds(
            self.pca_graph,
            self.codes,
            classifiers.classify,
            num_classes=self.source.num_classes,
            alpha=ALPHA,
        )
        draws = classifiers.draws(codes, DOUBTED)
        return classifiers.new_rows(draws), self._label_of(codes)

    def _classifiers(self, real_rows=False):
        budget = Budget(
            steps=self.settings.steps,
            batch_size=self.settings.batch_size,
            learning_rate=self.settings.learning_rate,
            convnet_dtype=self.settings.convnet_dtype,
        )
        return DrawClassifiers(
            self.vae,
            self.source.train.x,
            self.y,
            seed=self.seed,
            budget=budget,
            amount=self.labels.amount,
            real_rows=real_rows,
        )

    def _spread(self, graph):
        return spread(
            *graph, label=self.y, num_classes=self.source.num_classes, alpha=ALPHA
        )

    def _drawn(self, reached, purpose):
        """Decoded draws around the images that a label reached."""
        codes = relabel(self.codes, reached)
        return self.classifiers.new_rows(self.classifiers.draws(codes, purpose))

    def _images(self, label):
        """As many real images with the labels that reached them."""
        taken = []
        for c in range(self.source.num_classes):
            stream = random.generator(self.seed, "images", c)
            order = stream.permutation(np.flatnonzero(label == c))
            taken.append(order[: self.labels.amount])
        taken = np.concatenate(taken)
        return Rows(self.source.train.x[taken], label[taken])

    def _label_of(self, codes):
        """Returns the labels (N,) of all images, -1 where none is among the codes."""
        label = np.full(len(self.y), -1)
        label[codes.row_id] = codes.label
        return label
