"""Labelled images: what labels spread to, more of them, and whether they help."""

import dataclasses
import math

import numpy as np
from sklearn.decomposition import PCA

from kvae import random
from kvae.augmentation.methods import BASELINE, get, image_methods
from kvae.augmentation.refinement import refined_labels
from kvae.cli.class_folders import ClassFolders
from kvae.data.labels import stratified_folds
from kvae.latent.neighbours import neighbours
from kvae.latent.spreading import spread
from kvae.resampling.resampler import VAEOverSampler
from kvae.training.budget import Budget
from kvae.training.plan import choose_plan
from kvae.verdicts.from_rows import verdict_from_rows

FOLDS = 5
COMPONENTS = 32
HARD = 0.7  # of held-out labels are right: with fewer, labels that spread mislead
LARGE = 64 * 64 * 3  # numbers of an image; a dense VAE of more is slow and blurred
ROUNDS = 2
LEAST, MOST_OF_CLASS, MOST = 10, 1000, 10_000  # new images
BETA = 0.2  # of images, in all of the published tables of digits


@dataclasses.dataclass(frozen=True)
class MyImages:
    """Images in folders, and how to augment them.

    Args:
        folders: ClassFolders.
        rows: int, new images for each class; None for as many as there are labelled
            ones in the largest, at least 10; by `propagate` 1,000, 10,000 in all.
        method: str, a sampler; None for `propagate` where there are images without a
            label, else extrapolate.
        features: optional float array (N, D), for the graph that labels spread in.
        steps: int, gradient steps of the VAE; None to choose.
        seed: int.
    """

    folders: ClassFolders
    rows: int | None = None
    method: str | None = None
    features: np.ndarray | None = None
    steps: int | None = None
    seed: int = 0

    @property
    def classes(self):
        """List of str, sorted."""
        return list(self.folders.counts)

    @property
    def index(self):
        """Int array (N,): the class of each image, -1 for none."""
        place = {None: -1, **{name: i for i, name in enumerate(self.classes)}}
        return np.array([place[label] for label in self.folders.labels])

    @property
    def sampler(self):
        """str: what draws new images."""
        return self.method or (
            "propagate" if self.folders.num_unlabelled else "extrapolate"
        )

    @property
    def wanted(self):
        """int: new images for each class."""
        if self.rows is not None:
            return self.rows
        largest = max(LEAST, *self.folders.counts.values())
        if self.sampler != "propagate":
            return largest
        # Labels reach images unlike those that are labelled; few draws show few.
        return max(largest, min(MOST_OF_CLASS, MOST // len(self.classes)))

    def plan(self):
        """Returns lines: what was found, and what would be trained."""
        folders = self.folders
        n, height, width, channels = folders.x.shape
        counts = ", ".join(f"{count} of {c!r}" for c, count in folders.counts.items())
        kind = "grey" if channels == 1 else "RGB"
        lines = [
            f"{n} images of {height} x {width} pixels (height x width), {kind}",
            f"labelled: {counts}",
            f"without a label: {folders.num_unlabelled}",
        ]
        few = [c for c, count in folders.counts.items() if count == 1]
        if few:
            lines.append(
                f"classes of one image: {', '.join(map(repr, few))}. They teach, but "
                "whether new images help is judged only if each class has two or more"
            )
        lines.append(
            f"new images: {self.wanted} of each class, drawn by {self.sampler!r}"
        )
        if height * width * channels > LARGE:
            lines.append(
                f"images of {height} x {width} are large for a VAE: it will be slow, "
                "and what it draws blurred. --size 64 64, or smaller, helps"
            )
        reach = [self.reach()] if folders.num_unlabelled else []
        return [*lines, *self._vae_plan().notes, *reach]

    def reach(self):
        """Returns a sentence: how often labels that spread are right.

        Each fifth of the labelled images is hidden in turn, and labels spread to it
        from the others, over the graph of the features, or of the pixels (their 32
        principal components: what is known before a VAE is trained).
        """
        right, judged = self.right_labels()
        by = "pixels" if self.features is None else "--features"
        if not judged:
            return (
                f"whether labels spread rightly over {by} cannot be said: no class has "
                "two labelled images. Label more"
            )
        sentence = (
            f"labels spread over {by}: of {judged} labelled images, each hidden once, "
            f"{right} get the right label ({right / judged:.0%}; by guessing "
            f"{1 / len(self.classes):.0%})"
        )
        if right >= HARD * judged:
            return sentence
        if self.features is not None:
            return (
                f"{sentence}. That is little: try features of another model, or label "
                "more images"
            )
        return (
            f"{sentence}. These pixels are probably too hard: images of one class do "
            "not look alike, pixel by pixel. Do not trust labels.csv; hand in what a "
            "network that knows such images says about them: --features MODEL.keras"
        )

    def right_labels(self):
        """Returns (labelled images whose hidden label was found, those hidden)."""
        label, right, judged = self.index, 0, 0
        graph = self._graph()
        seed = random.derive(self.seed, "reach")
        fold = np.full(len(label), -1)
        known = label >= 0
        fold[known] = stratified_folds(label[known], FOLDS, seed)
        for number in range(FOLDS):
            hidden = np.flatnonzero(fold == number)
            shown = label.copy()
            shown[hidden] = -1
            if not len(hidden):
                continue
            found = spread(*graph, shown, num_classes=len(self.classes)).label[hidden]
            right += int((found == label[hidden]).sum())
            judged += len(hidden)
        return right, judged

    def verdict(self, classifier=None, repeats=None, seconds=None):
        """Returns the Verdict of `verdict_from_rows` on `image_methods`.

        What is written is judged: in each training part a VAE of the same size learns
        as long, labels spread over the same kind of graph and are refined as often, and
        as many images are drawn.

        Args:
            classifier: as in `get_judge`; by default Keras' MNIST convnet.
            repeats: int, how often the rows are split anew; by default once.
            seconds: float, after which it is given up.
        """
        methods = {method.name: method for method in image_methods(self.index)}
        methods.setdefault(self.sampler, get(self.sampler))
        baseline = dataclasses.replace(methods[BASELINE], name="real images only")
        methods[BASELINE] = baseline
        methods[self.sampler] = dataclasses.replace(
            methods[self.sampler], amount=0.0, least=self.wanted, refine=ROUNDS
        )
        return verdict_from_rows(
            self.folders.x,
            self.folders.labels,
            methods=tuple(methods.values()),
            classifier=classifier,
            budget=Budget(folds=FOLDS, repeats=repeats or 1, seconds=seconds),
            seed=self.seed,
            vae=self._vae_plan().settings,
            verbose=True,
            features=self.features,
        )

    def augment(self):
        """Returns (new images, their labels, labels of all images, fitted sampler).

        Returns:
            (float32 array (M, H, W, C), array (M,) of str; Spread of the N images, its
            columns the classes; VAEOverSampler).
        """
        counts = self.folders.counts
        sampler = VAEOverSampler(
            sampling_strategy=dict(counts),
            method=self.sampler,
            conditional=False,
            beta=BETA,
            steps=self.steps,
            random_state=self.seed,
        )
        sampler.fit_resample(self.folders.x, self.folders.labels)
        found, codes = refined_labels(
            sampler.vae_,
            self.folders.x,
            self.index,
            rounds=ROUNDS,
            seed=random.derive(self.seed, "refine"),
            unlabelled=-1,
            graph=None if self.features is None else self._graph(),
            verbose=True,
        )
        if self.sampler == "propagate":
            sampler.draw_around(codes)
        seed = random.derive(self.seed, "new images")
        new, labels, _ = sampler.sample(self.wanted, seed)
        return new, labels, found, sampler

    def _vae_plan(self):
        """Returns the Plan of the VAE that `augment` trains, and each training part."""
        n, *shape = self.folders.x.shape
        return choose_plan(
            num_rows=n,
            num_attributes=math.prod(shape),
            smallest_class=min(self.folders.counts.values()),
            beta=BETA,
            steps=self.steps,
            image=True,
        )

    def _graph(self):
        """Returns (indices, distances) of the features, or of the pixels."""
        if self.features is not None:
            return neighbours(self.features)
        flat = self.folders.x.reshape(len(self.folders.x), -1)
        components = min(COMPONENTS, *flat.shape)
        return neighbours(PCA(components, random_state=0).fit_transform(flat))
