"""How results are measured: one protocol for every table and figure."""

from kvae.evaluation.training import (
    predict_convnet,
    predict_mlps,
    train_convnets,
    train_logistic_regression,
    train_mlps,
)
from kvae.experiments.auto_cells import (
    AUTO,
    train_auto_cells,
    train_auto_image_cell,
)
from kvae.experiments.filter_cells import (
    Filter,
    train_image_filters,
    train_table_filters,
)
from kvae.experiments.image_cells import train_image_cells, train_single_vae
from kvae.experiments.label_cells import (
    DOUBTED_METHODS,
    LABEL_METHODS,
    PCA_DOUBTED_METHODS,
    LabelSettings,
    train_label_cells,
)
from kvae.experiments.mixed_cells import train_mixed_cells
from kvae.experiments.protocol import (
    BASELINE,
    IMAGE_METHODS,
    MULTI_VAE,
    SHIFTS,
    SINGLE_VAE_METHODS,
    TABLE_METHODS,
    Settings,
    default_settings,
    fit_multi_vaes,
    fit_single_vaes,
    generate_for,
)
from kvae.experiments.results import Store
from kvae.experiments.runner import bundle_key, run
from kvae.experiments.sharpness_cells import (
    SHARPNESS_METHODS,
    train_sharpness_cells,
)
from kvae.experiments.table_cells import (
    load_table,
    smallest_class,
    train_filtered_cells,
    train_table_cells,
)

__all__ = [
    "AUTO",
    "BASELINE",
    "DOUBTED_METHODS",
    "Filter",
    "IMAGE_METHODS",
    "LABEL_METHODS",
    "MULTI_VAE",
    "PCA_DOUBTED_METHODS",
    "SHARPNESS_METHODS",
    "SHIFTS",
    "SINGLE_VAE_METHODS",
    "TABLE_METHODS",
    "LabelSettings",
    "Settings",
    "Store",
    "bundle_key",
    "default_settings",
    "fit_multi_vaes",
    "fit_single_vaes",
    "generate_for",
    "load_table",
    "predict_convnet",
    "predict_mlps",
    "run",
    "smallest_class",
    "train_auto_cells",
    "train_auto_image_cell",
    "train_convnets",
    "train_filtered_cells",
    "train_image_cells",
    "train_image_filters",
    "train_label_cells",
    "train_logistic_regression",
    "train_mlps",
    "train_mixed_cells",
    "train_sharpness_cells",
    "train_single_vae",
    "train_table_cells",
    "train_table_filters",
]
