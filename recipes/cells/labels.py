"""A bundle of image cells that use unlabelled images: one seed and row of a table."""

import dataclasses
import os
import time
from pathlib import Path

import numpy as np
from scipy.special import softmax

import kvae.data
from kvae import random
from kvae.augmentation import rivals
from kvae.augmentation.methods import generate_for
from kvae.checks import expect_one_of
from kvae.data.guarded import Rows
from kvae.evaluation.scores import score
from kvae.experiments.protocol import BASELINE, SHIFTS
from kvae.experiments.vae_cache import load_source, single_vae
from kvae.latent.agreement import refine, refine_in_rounds, relabel
from kvae.latent.codes import decode, encode
from kvae.latent.neighbours import neighbours
from kvae.latent.spreading import spread
from kvae.samplers.posterior import Posterior
from kvae.training.classifiers import convnet_logits, predict_convnet, train_convnet
from kvae.training.vaes import VAESettings

PROPAGATE = "propagate"
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
)
DOUBTED_METHODS = (DOUBTED, SAME_LABELS_DOUBTED)
PCA_DOUBTED_METHODS = (PCA_DOUBTED,)
EVERY_METHOD = LABEL_METHODS + DOUBTED_METHODS + PCA_DOUBTED_METHODS


@dataclasses.dataclass(frozen=True)
class LabelSettings:
    """How labels are spread over all training images, and drawn from.

    Args:
        vae: VAESettings of the VAE whose latent space the labels spread in; trained
            on all training images, without labels.
        amount: int, generated images per class.
        k: int, neighbours in the graph.
        alpha: float, how far labels spread.
        share: float, of `kvae.latent.agreement`.
        refine_alpha: float, its alpha.
        pca_dim: int, dimensions of the rival's space.
    """

    vae: VAESettings
    amount: int = 1000
    k: int = 10
    alpha: float = 0.995
    share: float = 0.7
    refine_alpha: float = 0.9
    pca_dim: int = 32


def train_label_cells(
    where, shots, seed, settings, labels, cache, parameters=None, methods=LABEL_METHODS
):
    """Trains and scores a convnet for each method, on the same labelled rows.

    "+shifts": real and generated images are moved, turned and scaled at random, as
    the rival's are. Labels in PCA space are refined by a convnet of their own.
    "doubted rows": two rounds of refinement that drop no row; draws are around rows in
    proportion to a convnet's doubt about them.

    Args:
        where: dict, the arguments of `load_source`.
        shots: int, labelled rows per class.
        seed: int.
        settings: Settings.
        labels: LabelSettings.
        cache: path, folder of trained VAEs and of graphs.
        parameters: dict {sampler: its arguments}.
        methods: tuple of str, some of EVERY_METHOD.

    Returns:
        List of dicts, a row for each method. label_accuracy is the share of unlabelled
        training images whose label is right, of those that have one (label_share).
    """
    for method in methods:
        expect_one_of("methods of train_label_cells", method, EVERY_METHOD)
    wanted = set(methods)
    cells = _Cells(where, shots, seed, settings, labels, cache)
    real, moved = cells.draw.rows, cells.moved(cells.draw.rows, "real")
    if BASELINE in wanted:
        cells.train(BASELINE, real, None)
    if SHIFTS in wanted:
        cells.train(SHIFTS, real, cells.moved(real, "rival"))
    if DECK_AT_AMOUNT in wanted:
        cells.train(DECK_AT_AMOUNT, real, cells.by_the_deck(parameters))
    first = cells.spread(cells.latent_graph)
    new = cells.drawn(first, PROPAGATE)
    if PROPAGATE in wanted:
        cells.train(PROPAGATE, real, new, first)
    if {PROPAGATE_SHIFTS, REFINED, SAME_LABELS_REFINED} & wanted:
        weights = cells.train(PROPAGATE_SHIFTS, moved, cells.moved(new, "new"), first)
        second = cells.refine(cells.latent_graph, first, weights)
    if REFINED in wanted:
        new = cells.drawn(second, REFINED)
        cells.train(REFINED, moved, cells.moved(new, "new"), second)
    if SAME_LABELS in wanted:
        cells.train(SAME_LABELS, real, cells.images(first), first)
    if SAME_LABELS_REFINED in wanted:
        new = cells.moved(cells.images(second), "new")
        cells.train(SAME_LABELS_REFINED, moved, new, second)
    if PCA in wanted:
        graph = cells.pca_graph()
        first = cells.spread(graph)
        new = cells.moved(cells.images(first), "new")
        second = cells.refine(graph, first, cells.weights(moved, new)[0])
        new = cells.moved(cells.images(second), "new")
        cells.train(PCA, moved, new, second)
    if set(DOUBTED_METHODS) & wanted:
        labels, codes = cells.doubted(cells.latent_graph, moved, cells.decoded)
        draws = cells.draws(codes, DOUBTED)
        new = cells.moved(cells.decoded(draws), "new")
        cells.train(DOUBTED, moved, new, labels)
        if SAME_LABELS_DOUBTED in wanted:
            new = cells.moved(cells.parents(draws), "new")
            cells.train(SAME_LABELS_DOUBTED, moved, new, labels)
    if PCA_DOUBTED in wanted:
        labels, codes = cells.doubted(cells.pca_graph(), moved, cells.parents)
        new = cells.moved(cells.parents(cells.draws(codes, DOUBTED)), "new")
        cells.train(PCA_DOUBTED, moved, new, labels)
    return [row for row in cells.scored() if row["method"] in wanted]


class _Cells:
    """What the cells of one seed and row share."""

    def __init__(self, where, shots, seed, settings, labels, cache):
        self.source = load_source(**where)
        self.draw = kvae.data.few_shot(self.source, shots, seed)
        self.seed, self.settings, self.labels = seed, settings, labels
        self.cache = Path(cache)
        self._rounds = labels.share, labels.refine_alpha
        own = dataclasses.replace(settings, single_vae=labels.vae)
        self.vae = single_vae(self.source, seed, own, cache)
        x, truth = self.source.train
        self.label = np.full(len(x), -1)
        self.label[self.draw.labelled] = truth[self.draw.labelled]
        self.codes = encode(self.vae, x, self.label, unlabelled=-1)
        self.latent_graph = self._graph(f"{seed} {labels.vae!r}", self.codes.z_mean)
        self.trained, self.start = {}, time.perf_counter()

    def pca_graph(self):
        """The graph of the rival's space; the same for every seed."""
        from sklearn.decomposition import PCA

        flat = self.source.train.x.reshape(len(self.label), -1)
        space = PCA(min(self.labels.pca_dim, flat.shape[1]), random_state=0)
        name = f"PCA {self.labels.pca_dim}"
        return self._graph(name, space.fit_transform(flat))

    def spread(self, graph):
        return spread(*graph, self.label, self.source.num_classes, self.labels.alpha)

    def refine(self, graph, reached, weights):
        probability = self._probability(weights)
        return refine(graph, self.label, reached, probability, *self._rounds)

    def doubted(self, graph, moved, rows):
        """Two rounds that drop no row; returns (Spread, codes weighted by doubt).

        Args:
            graph: (indices, distances).
            moved: Rows, the labelled images, moved.
            rows: Draws -> Rows, `decoded` or `parents`: what convnets are shown.
        """
        names = (PROPAGATE, "new"), ("doubted, first round", "doubted, first round")

        def classify(codes, number):
            drawn, moves = names[number]
            new = self.moved(rows(self.draws(codes, drawn)), moves)
            return self._probability(self.weights(moved, new)[0])

        about = graph, self.codes, classify, self.source.num_classes
        return refine_in_rounds(*about, self.labels.alpha, len(names), *self._rounds)

    def _probability(self, weights):
        """Returns a convnet's probabilities for all training images."""
        x, num_classes = self.source.train.x, self.source.num_classes
        return softmax(convnet_logits(weights, x, num_classes), axis=-1)

    def by_the_deck(self, parameters):
        """As many draws of the deck's best sampler."""
        about = self.draw, self.seed, self.settings, self.vae, None
        return generate_for("extrapolate+noise", *about, self.labels.amount, parameters)

    def drawn(self, reached, name):
        """Decoded draws around the images that a label reached."""
        return self.decoded(self.draws(relabel(self.codes, reached), name))

    def draws(self, codes, name):
        seed = random.derive(self.seed, "generate", name)
        return Posterior().draw_around(codes, self.labels.amount, seed)

    def decoded(self, draws):
        return Rows(decode(self.vae, draws).astype("float32"), draws.label)

    def parents(self, draws):
        """The real images that draws are around, as often."""
        return Rows(self.source.train.x[draws.parent], draws.label)

    def images(self, reached):
        """As many real images with the labels that reached them."""
        taken = []
        for c in range(self.source.num_classes):
            own = np.flatnonzero(reached.label == c)
            order = random.generator(self.seed, "images", c).permutation(own)
            taken.append(order[: self.labels.amount])
        taken = np.concatenate(taken)
        return Rows(self.source.train.x[taken], reached.label[taken])

    def moved(self, rows, purpose):
        places = self.settings.steps * self.settings.batch_size // 2
        seed = random.derive(self.seed, "moved", purpose)
        return rivals.moved_copies(rows, seed, places)

    def weights(self, real, new):
        """Returns (weights of a convnet trained on these rows, seconds)."""
        num_classes = self.source.num_classes
        return train_convnet(self.seed, real, new, num_classes, self.settings)

    def train(self, method, real, new, reached=None):
        generation = time.perf_counter() - self.start
        weights, seconds = self.weights(real, new)
        row = {
            "data": self.source.name,
            "shots": len(self.draw.labelled) // self.source.num_classes,
            "amount": 0 if new is None else self.labels.amount,
            "method": method,
            "seed": self.seed,
            **self._rightly_labelled(reached),
            "generation_seconds": round(generation, 2),
            "training_seconds": round(seconds, 2),
        }
        self.trained[method] = row, weights
        self.start = time.perf_counter()
        return weights

    def scored(self):
        """Scores every convnet on the test images, after all training."""
        num_classes = self.source.num_classes
        rows = []
        with self.source.scoring() as test:
            for row, weights in self.trained.values():
                said = predict_convnet(weights, test.x, num_classes)
                scores = score(test.y, said, num_classes)
                rows.append(row | {n: round(v, 5) for n, v in scores.items()})
        return rows

    def _rightly_labelled(self, reached):
        if reached is None:
            return {"label_accuracy": None, "label_share": None}
        unlabelled = self.label < 0
        told = unlabelled & (reached.label >= 0)
        right = reached.label[told] == self.source.train.y[told]
        return {
            "label_accuracy": round(float(right.mean()), 5),
            "label_share": round(float(told.sum() / unlabelled.sum()), 5),
        }

    def _graph(self, name, z):
        key = random.derive(0, f"{self.source.name} {len(z)} {self.labels.k} {name}")
        path = self.cache / f"graph_{self.source.name.replace('/', '-')}_{key:08x}.npz"
        if not path.exists():
            indices, distances = neighbours(z, self.labels.k)
            part = path.with_suffix(f".{os.getpid()}.npz")
            np.savez(part, indices=indices.astype("int32"), distances=distances)
            part.replace(path)
        with np.load(path) as graph:
            return graph["indices"], graph["distances"]
