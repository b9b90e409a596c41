"""The results on disentanglement: scores over beta, and what latents change."""

from tools.pages.numbers import at, change, markdown, marked, number, pick, read

NAME = "disentanglement"
COMMAND = f"python -m recipes.{NAME}"
BASE = 0.5
COLUMNS = {
    "mig": "MIG",
    "sap": "SAP",
    "disentanglement": "D",
    "completeness": "C",
    "informativeness": "I",
    "factor_vae_score": "FactorVAE",
    "beta_vae_score": "β-VAE",
    "active_units": "active",
    "kl": "KL",
    "reconstruction": "reconstruction",
}
WHOLE = ("active_units", "kl", "reconstruction")  # not between 0 and 1


def scores():
    """Scores of codes of rendered shapes over beta, and the figures."""
    table = read(NAME)
    plain = pick(table, model="beta-VAE")
    best = best_beta(plain)
    gain = at(plain, metric="mig", beta=best)
    share = at(read(NAME, "factors"), model="beta-VAE", beta=best)
    leads = {name: share[f"gap_{name}"] for name in FACTORS}
    found = [name for name, lead in leads.items() if lead > 0.2]
    lost = [name for name in leads if name not in found]
    seeds = int(plain["runs"].min())
    return f"""## Disentanglement

`{COMMAND}`: rendered shapes with five known factors, VAEs with 10 latents that start
from the same weights and differ in β, {seeds} seeds, scored on 10,000 images that none
has seen. D, C and I are DCI's; 0 is chance and 1 is best; KL and reconstruction are
nats per image. **Bold**, *italic*: clearly above, below β = 0.5.

{markdown(["β", *COLUMNS.values()], lines_of(plain))}
![Scores of codes over beta]({NAME}/metrics.png)

A higher β disentangles, up to a point: MIG is
{number(at(plain, metric="mig", beta=BASE)["mean"])} at β = 0.5 and
{number(gain["mean"])} at β = {best:g}, a difference of {change(gain)}. There
{at(plain, metric="active_units", beta=best)["mean"]:.1f} latents are active, and the
best knows of {and_(found)} what no other does (MIG of each factor alone:
{", ".join(f"{name} {number(leads[name], digits=2)}" for name in leads)}); {and_(lost)}
are given up, and the reconstruction with them:
{number(at(plain, metric="reconstruction", beta=BASE)["mean"], digits=1)} nats become
{number(at(plain, metric="reconstruction", beta=best)["mean"], digits=1)}. Beyond it
latents close. The β-VAE score does not follow: it is generous to entangled codes.

The β-TCVAE, whose β weights what latents share alone, compared with its own β = 0.5:

{markdown(["β", *COLUMNS.values()], lines_of(pick(table, model="beta-TCVAE")))}
![Latents of shapes, moved one by one]({NAME}/sweeps_shapes.png)

{faces()}"""


FACTORS = ("shape", "scale", "rotation", "x", "y")


def faces():
    """The deck's sweeps of faces."""
    sweeps = read(NAME, "sweeps")
    own = sweeps[~sweeps["data"].str.startswith("shapes")]
    name = {"olivetti": "the Olivetti faces"}.get(own["data"].iloc[0], "CelebA")
    said = []
    for beta, latents in own.groupby("beta"):
        active = latents[latents["kl"] > 0.1]
        said.append(
            f"at β = {beta:g} (the KL counts {latents['coefficient'].iloc[0]:.3g}) "
            f"{len(active)} of {len(latents)} latents say more than 0.1 nats, "
            f"{latents['kl'].sum():.0f} together"
        )
    return f"""The deck's sweeps, on {name} (AT&T Laboratories Cambridge), with
normalised β: {"; ".join(said)}. There are no known factors to score them by.

![Latents of faces, moved one by one]({NAME}/sweeps_faces.png)
"""


def claims_of_disentanglement():
    """The deck's claim about disentanglement, judged."""
    plain = pick(read(NAME), model="beta-VAE", metric="mig")
    best = best_beta(plain)
    gain = at(plain, beta=best)
    last = plain.sort_values("beta").iloc[-1]
    return [
        [
            "a high β disentangles independent features",
            "confirmed on rendered shapes, up to a point; what is not disentangled is "
            "given up",
            f"MIG at β = {best:g} minus at 0.5: {change(gain)}; at β = "
            f"{last['beta']:g}: {change(last)}",
            f"`{COMMAND}`",
        ]
    ]


def best_beta(table):
    """The beta with the highest mean MIG."""
    mig = pick(table, metric="mig")
    return float(mig.loc[mig["mean"].idxmax(), "beta"])


def lines_of(table):
    """A line for each beta, a cell for each score."""
    lines = []
    for beta, own in table.groupby("beta"):
        cells = [f"{beta:g}"]
        for metric in COLUMNS:
            line = at(own, metric=metric)
            shown = number(line["mean"], digits=1 if metric in WHOLE else 2)
            cells.append(shown if metric in WHOLE else marked(shown, line))
        lines.append(cells)
    return lines


def and_(names):
    """Names in a sentence: a, b and c."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
