"""The deck's pictures: latent space, blur, and what they say in numbers."""

from tools.pages.numbers import at, markdown, number, pick, read

KINDS = {
    "held-out rows": "real images, held out",
    "reconstructions": "their reconstructions",
    "half-way within a class": "half-way within a class",
    "half-way between classes": "half-way between classes",
    "drawn at random": "drawn from the prior, or from where codes are",
}


def latent_space():
    """Where classes are, and what the gaps decode to."""
    table = read("latent_space")
    lines = []
    for kind, name in KINDS.items():
        cells = [name]
        for d in (2, 50):
            for model in ("autoencoder", "VAE"):
                own = pick(table, kind=kind, latent_dim=d, model=model)
                away, sure = (at(own, measure=m)["mean"] for m in ("distance", "sure"))
                cells.append(f"{number(away, digits=2)}, {100 * sure:.0f} %")
        lines.append(cells)
    header = ["decoded", "autoencoder, d = 2", "VAE, d = 2"]
    header += ["autoencoder, d = 50", "VAE, d = 50"]
    agree = pick(table, kind="held-out rows", measure="neighbours_agree")
    shares = [
        f"{at(agree, model=model, latent_dim=d)['mean']:.2f} ({model}, d = {d})"
        for d in (2, 50)
        for model in ("autoencoder", "VAE")
    ]
    return f"""## Latent space

`python -m recipes.latent_space`: MNIST, {int(table["runs"].min())} seeds. How far a
decoded image is from the nearest real one (1: as far as real images held out are), and
for how many of them a classifier is sure of a class.

{markdown(header, lines)}
Of an image's ten nearest codes, this share has its class: {", ".join(shares)}.

![Codes of digits by class](latent_space/codes.png)

![The plane, decoded](latent_space/grid.png)

![From one digit to another](latent_space/interpolations.png)
"""


def blur():
    """How sharp reconstructions are."""
    table = read("blur")
    over = read("blur", "over_bernoulli")
    lines = [
        [
            line["architecture"],
            f"`{line['likelihood']}`",
            f"{line['beta']:g}",
            number(line["sharpness"], digits=2),
            number(line["rmse"]),
            number(line["kl"], digits=0),
        ]
        for _, line in table.iterrows()
    ]
    header = ["hidden units", "reconstruction", "β", "sharpness", "error, rms", "KL"]
    ratio = at(over, what="ratio of sharpness")
    wide = pick(table, architecture="dense 512-256").set_index(["likelihood", "beta"])
    kls = " against ".join(
        number(wide.loc[(name, 0.5), "kl"], digits=0)
        for name in ("optimal_gaussian", "bernoulli")
    )
    sharp = wide["sharpness"]
    low = sharp["optimal_gaussian", 0.1] / sharp["bernoulli", 0.1]
    f1 = at(over, what="weighted F1, minus bernoulli")
    return f"""## Blur

`python -m recipes.blur`: MNIST, reconstructions of held-out images; sharpness is that
of the originals where it is 1.

{markdown(header, lines)}
With `reconstruction="optimal_gaussian"` (the optimal σ-VAE) images are
{number(ratio["mean"], digits=2)} times as sharp as Bernoulli's at β = 0.5 and the same
latent_dim [{number(ratio["low"], digits=2)}, {number(ratio["high"], digits=2)}], and
closer to the originals. Part of that is a weaker KL: codes say {kls}
nats. At β = 0.1 the ratio is {number(low, digits=2)} (one seed), and Bernoulli there
is as sharp as the other at β = 2. No gain of a convnet is seen: weighted F1 at 5 per
class changes by {_interval(f1)}, {int(f1["runs"])} seeds.

![Sharpness over beta](blur/sharpness.png)

![Reconstructions](blur/reconstructions.png)
"""


def claims_of_pictures():
    """The deck's claims that its pictures make, judged."""
    plain = pick(read("blur"), likelihood="bernoulli", architecture="dense 512-256")
    sharp = plain.set_index("beta")["sharpness"].items()
    sharp = [f"{number(value, digits=2)} at β = {beta:g}" for beta, value in sharp]
    table = read("latent_space")
    agree = pick(table, kind="held-out rows", measure="neighbours_agree")
    agree = pick(agree, latent_dim=50).set_index("model")["mean"]
    half = pick(table, latent_dim=50, measure="sure", kind="half-way between classes")
    half = half.set_index("model")["mean"]
    clusters = read("thyroid_clusters")
    best, classes = clusters.iloc[0], at(clusters, attribute="class")
    return [
        [
            "high β blurs",
            "confirmed; less with a learned variance",
            f"sharpness of reconstructions (1: originals) {', '.join(sharp)}",
            "`python -m recipes.blur`",
        ],
        [
            "a useful latent structure",
            "confirmed for classes; a plain autoencoder has it as well. What lies "
            "between classes is no digit in either",
            f"of the ten nearest codes {agree['VAE']:.0%} share the class, d = 50 "
            f"(autoencoder {agree['autoencoder']:.0%}); half-way between classes a "
            f"classifier is sure of {half['VAE']:.0%} ({half['autoencoder']:.0%})",
            "`python -m recipes.latent_space`",
        ],
        [
            "clusters by a discrete attribute (thyroid)",
            "confirmed for some rare levels; k-means hardly finds them",
            f"highest of {len(clusters) - 1} attributes: silhouette of "
            f"{best['attribute']} {number(best['silhouette'], digits=2)} "
            f"[{number(best['silhouette_low'], digits=2)}, "
            f"{number(best['silhouette_high'], digits=2)}], mutual information "
            f"{number(best['mutual_information'], digits=2)}; silhouette of the class "
            f"{number(classes['silhouette'], digits=2)}",
            "`python -m recipes.thyroid_clusters`",
        ],
    ]


def _interval(line):
    return (
        f"{number(line['mean'], '+')} [{number(line['low'], '+')}, "
        f"{number(line['high'], '+')}]"
    )


def beta_influence():
    """What beta changes."""
    table = read("beta_influence")
    names = {
        "sharpness": "sharpness",
        "nats": "reconstruction, nats",
        "kl": "KL",
        "active_units": "active units of 16",
        "weighted_f1": "weighted F1, 5 per class",
    }
    lines = []
    for beta, own in table.groupby("beta"):
        values = [at(own, measure=measure)["mean"] for measure in names]
        digits = 2, 0, 1, 1, 3
        shown = [number(v, digits=d) for v, d in zip(values, digits, strict=True)]
        lines.append([f"{beta:g}", *shown])
    return f"""## The influence of β

`python -m recipes.beta_influence`: MNIST, {int(table["runs"].min())} seeds; all β are
one stack, from the same weights and on the same batches.

{markdown(["β", *names.values()], lines)}
A high β blurs, and closes latents; at 32 nothing passes. What that costs a convnet is
within the noise of so few seeds.

![Measures over beta](beta_influence/measures.png)

![Codes in the plane](beta_influence/codes.png)

![Reconstructions](beta_influence/reconstructions.png)
"""


def thyroid_clusters():
    """What thyroid's latent space is grouped by."""
    table = read("thyroid_clusters")
    lines = [
        [
            line["attribute"],
            line["rows_of_smaller"],
            *(
                f"{number(line[m], digits=2)} [{number(line[f'{m}_low'], digits=2)}, "
                f"{number(line[f'{m}_high'], digits=2)}]"
                for m in ("silhouette", "mutual_information")
            ),
        ]
        for _, line in table.iterrows()
    ]
    header = ["attribute", "rows of the rarer level", "silhouette"]
    header += ["adjusted mutual information with k-means' clusters"]
    return f"""## Thyroid's clusters

`python -m recipes.thyroid_clusters`: VAEs in the plane, all 3,600 training rows,
{int(table["runs"].min())} seeds. A silhouette of 1 is a cluster of its own.

{markdown(header, lines)}
Some rare levels of discrete attributes set rows apart; the classes do not. Attributes
are sorted by silhouette, which was decided after both scores had been seen: by mutual
information none is above {number(table["mutual_information"].max(), digits=2)}.

![Codes by attribute](thyroid_clusters/codes.png)
"""


def sampler_draws():
    """What samplers draw from the same parents."""
    table = read("sampler_draws")
    lines = [
        [line["sampler"], number(line["distance"], digits=2)]
        for _, line in table.iterrows()
    ]
    return f"""## What samplers draw

`python -m recipes.sampler_draws`: MNIST, a VAE in the plane, five labelled images of
class 2, 40 draws of each sampler with the parameters of the published tables; the mean
distance to the nearest parent, in standard deviations of the class's codes.

{markdown(["sampler", "distance"], lines)}
![Draws in the plane](sampler_draws/codes.png)

![Draws, decoded](sampler_draws/images.png)

![Rows of each class's VAE](sampler_draws/split.png)
"""


def curves():
    """F1 with intervals over the rows of the few-shot tables."""
    titles = {
        "tabular_auto": "PROBEN1, `auto`",
        "mnist_few_shot": "MNIST, few labelled images",
        "mnist_labels": "MNIST, labels spread over 60,000 images",
    }
    shown = "\n\n".join(f"![{t}]({name}/f1.png)" for name, t in titles.items())
    return f"""## F1 curves

Weighted F1 with 95 % intervals over seeds, drawn by the recipes of the tables
(`--stored` draws them again).

{shown}
"""
