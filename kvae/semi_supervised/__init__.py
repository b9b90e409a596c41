"""Classifiers of tables that learn from rows without a label, too."""

from kvae.semi_supervised.added_features import AddedFeatures
from kvae.semi_supervised.candidates import CLASSIFIERS, make
from kvae.semi_supervised.class_shares import ClassShares
from kvae.semi_supervised.classifier import SemiSupervisedClassifier
from kvae.semi_supervised.graph_labels import GraphLabels
from kvae.semi_supervised.opinion_pool import OpinionPool
from kvae.semi_supervised.self_training import SelfTraining
from kvae.semi_supervised.vae_classifier import VAEClassifier

__all__ = [
    "CLASSIFIERS",
    "AddedFeatures",
    "ClassShares",
    "GraphLabels",
    "OpinionPool",
    "SelfTraining",
    "SemiSupervisedClassifier",
    "VAEClassifier",
    "make",
]
