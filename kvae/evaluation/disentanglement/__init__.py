"""Does each latent stand for one known factor? Scores of codes, beside the factors.

Pure functions on arrays, of any model: codes (N, d), such as `encode(vae, x).z_mean`,
and factors (N, K), the factors that a picture was rendered with, or attributes of a
table. `as_levels` says what is done with attributes that are continuous.

| score | asks | identity | random | each latent twice |
| --- | --- | --- | --- | --- |
| `mig` | how much more the best latent knows of a factor than the next | 1 | 0 | 0 |
| `sap` | the same, by levels told apart with thresholds | 1 | 0 | 0 |
| `dci` | does a latent tell of one factor (D), a factor need one latent (C), \
and how well are levels told (I) | 1, 1, 1 | 0, 0, 0 | 1, < 1, 1 |
| `factor_vae_score` | which latent varies least where a factor is fixed | 1 | 0 | 1 |
| `beta_vae_score` | which factor is fixed, by differences of pairs | 1 | 0 | 1 |
| `active_units` | how many latents vary with x | K | d | 2 K |

`sap`, `dci` (I), `factor_vae_score` and `beta_vae_score` are adjusted for chance: as
published they do not start at 0, or do not reach 1. `adjusted=False` is the plain form.

Reference: Locatello et al. 2019, Challenging Common Assumptions in the Unsupervised
Learning of Disentangled Representations, compares them all: they do not always agree.
"""

from kvae.evaluation.disentanglement.active_units import active_units
from kvae.evaluation.disentanglement.beta_vae_score import beta_vae_score
from kvae.evaluation.disentanglement.dci import DCI, dci
from kvae.evaluation.disentanglement.factor_vae_score import factor_vae_score
from kvae.evaluation.disentanglement.known_factors import as_levels
from kvae.evaluation.disentanglement.mig import mig
from kvae.evaluation.disentanglement.sap import sap

__all__ = [
    "DCI",
    "active_units",
    "as_levels",
    "beta_vae_score",
    "dci",
    "factor_vae_score",
    "mig",
    "sap",
]
