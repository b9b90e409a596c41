"""Encoders, decoders, the beta-VAE, stacks of models, and classifiers."""

from kvae.models.beta_schedule import BetaSchedule
from kvae.models.beta_tcvae import BetaTCVAE
from kvae.models.beta_vae import BetaVAE
from kvae.models.classifiers import MLP, convnet, logistic_regression
from kvae.models.conditional_vae import ConditionalVAE
from kvae.models.conv import ConvDecoder, ConvEncoder
from kvae.models.dense import DenseDecoder, DenseEncoder
from kvae.models.generative_classifier import GenerativeClassifier
from kvae.models.multi_vae import MultiVAE
from kvae.models.replicas import stack, take
from kvae.models.semi_supervised_vae import SemiSupervisedVAE

__all__ = [
    "MLP",
    "BetaSchedule",
    "BetaTCVAE",
    "BetaVAE",
    "ConditionalVAE",
    "ConvDecoder",
    "ConvEncoder",
    "DenseDecoder",
    "DenseEncoder",
    "GenerativeClassifier",
    "MultiVAE",
    "SemiSupervisedVAE",
    "convnet",
    "logistic_regression",
    "stack",
    "take",
]
