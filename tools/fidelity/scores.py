"""How good generated rows are, by judges that know nothing of who made them."""

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from kvae import evaluation
from kvae.preprocessing.grids import find_grid
from kvae.preprocessing.relations import determined_pairs, ordered_pairs

SPIKE = 0.1  # share of rows that have one value, of a column with many
MANY = 20
WIDE_GAP = 5  # between a spike and the next value, in usual distances of values


def score(problem, rows, seed):
    """Returns a dict of scores of generated rows (N, columns), classes included."""
    train, target = problem.train, problem.target
    words = [name for name in train if not _is_number(train[name])]
    measures = {
        f"{how}_{judge}": value
        for judge in JUDGES
        for how, value in _by_judge(judge, problem, rows, seed).items()
    }
    encoder = _encoder(train.drop(columns=target)).fit(_as_numbers(train, train))
    real, held_out, new = (
        np.asarray(encoder.transform(_as_numbers(part, train)), float)
        for part in (train, problem.held_out, rows)
    )
    copies = evaluation.copy_check(new, real, held_out, seed=seed)
    measures["detection"] = evaluation.detection_score(real, new, seed=seed)
    measures["nearer_to_training"] = copies.share
    measures["near_duplicates"] = len(copies.duplicates) / len(rows)
    known = set(map(tuple, train.astype(str).to_numpy()))
    same = [tuple(row) in known for row in rows.astype(str).to_numpy()]
    measures["exact_copies"] = float(np.mean(same))
    measures["holes"] = float((rows.isna().mean() - train.isna().mean()).abs().max())
    measures.update(_of_columns(train.drop(columns=words), rows))
    measures["impossible_dates"] = _impossible_dates(train, rows)
    measures["unseen_pairs"] = _unseen_pairs(train.drop(columns=target), rows)
    measures["broken_orders"] = _broken_orders(train.drop(columns=target), rows)
    return measures


def _by_judge(judge, problem, rows, seed):
    """Returns weighted F1 of a judge that learned from new, real, and both rows."""
    target, scores = problem.target, {}
    both = pd.concat([problem.train, rows], ignore_index=True)
    # Half of the weight to new rows, however many there are.
    shares = np.repeat(
        [0.5 / len(problem.train), 0.5 / len(rows)], [len(problem.train), len(rows)]
    )
    sets = {"new": (rows, None), "real": (problem.train, None), "both": (both, shares)}
    for how, (frame, weights) in sets.items():
        frame = _as_numbers(frame, problem.train)
        if frame[target].nunique() < 2:
            predicted = np.full(len(problem.held_out), frame[target].iloc[0])
        else:
            model = make_pipeline(
                _encoder(problem.train.drop(columns=target)), JUDGES[judge](seed)
            )
            step = model.steps[-1][0]
            weights = None if weights is None else weights * len(weights)
            model.fit(
                frame.drop(columns=target),
                frame[target],
                **{f"{step}__sample_weight": weights},
            )
            held_out = _as_numbers(problem.held_out, problem.train)
            predicted = model.predict(held_out.drop(columns=target))
        truth = problem.held_out[target]
        scores[how] = f1_score(truth, predicted, average="weighted", zero_division=0)
    return {**scores, "gain": scores["both"] - scores["real"]}


JUDGES = {
    "linear": lambda seed: LogisticRegression(max_iter=2000),
    "forest": lambda seed: RandomForestClassifier(
        200, min_samples_leaf=2, random_state=seed, n_jobs=1
    ),
}


def _encoder(frame):
    """Returns a transform of a table: numbers scaled, holes marked, words one-hot."""
    frame = _as_numbers(frame, frame)
    numbers = [name for name in frame if _is_number(frame[name])]
    words = [name for name in frame if name not in numbers]
    return make_column_transformer(
        (
            make_pipeline(
                SimpleImputer(add_indicator=True, keep_empty_features=True),
                StandardScaler(),
            ),
            numbers,
        ),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), words),
    )


def _as_numbers(frame, like):
    """Returns a table whose written dates are days, and whose words are objects."""
    frame = frame[list(like.columns)].copy()
    for name in frame:
        if _is_number(like[name]):
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)
        elif _is_written_date(like[name]):
            days = pd.to_datetime(frame[name], errors="coerce")
            frame[name] = (days - pd.Timestamp(0)) / pd.Timedelta(days=1)
        else:
            frame[name] = frame[name].astype(object).where(frame[name].notna(), "?")
    return frame


def _of_columns(train, rows):
    """Returns how wrong spikes are, how much lies in gaps, how much on the grids."""
    spikes, gaps, grids = [], [], []
    for name, column in train.items():
        real = column.dropna().to_numpy(float)
        new = pd.to_numeric(rows[name], errors="coerce").dropna().to_numpy(float)
        distinct, counts = np.unique(real, return_counts=True)
        if len(distinct) < 2 or not len(new):
            continue
        for place in np.flatnonzero(counts > SPIKE * len(real)):
            if len(distinct) <= MANY:
                break
            spike = distinct[place]
            spikes.append(abs(np.mean(new == spike) - counts[place] / len(real)))
            for end in distinct[[max(place - 1, 0), min(place + 1, len(distinct) - 1)]]:
                low, high = sorted((spike, end))
                if high - low > WIDE_GAP * np.median(np.diff(distinct)):
                    gaps.append(np.mean((new > low) & (new < high)))
        grid = find_grid(real)
        if grid is not None and len(distinct) > 2:
            decimals, origin, step = grid
            places = (real * 10.0**decimals - origin) / step
            share = np.isclose(places, np.rint(places), atol=1e-6).mean()
            places = (new * 10.0**decimals - origin) / step
            on = np.isclose(places, np.rint(places), atol=1e-6).mean()
            grids.append(min(1.0, on / share))
    return {
        "worst_spike": max(spikes, default=np.nan),
        "in_gaps": max(gaps, default=np.nan),
        "on_grid": min(grids, default=np.nan),
    }


def _impossible_dates(train, rows):
    shares = []
    for name, column in train.items():
        if not _is_number(column) and _is_written_date(column):
            form = None
        elif _is_number(column) and _is_day_number(column):
            form = "%Y%m%d"
        else:
            continue
        new = rows[name].dropna()
        text = new.astype("int64").astype(str) if form else new
        shares.append(pd.to_datetime(text, format=form, errors="coerce").isna().mean())
    return max(shares, default=np.nan)


def _unseen_pairs(train, rows):
    shares = []
    for pair in map(list, determined_pairs(train)):
        known = set(map(tuple, train[pair].astype(str).to_numpy()))
        new = rows[pair].dropna().astype(train[pair].dtypes.to_dict()).astype(str)
        shares.append(np.mean([tuple(row) not in known for row in new.to_numpy()]))
    return max(shares, default=np.nan)


def _broken_orders(train, rows):
    numbers, new = _as_numbers(train, train), _as_numbers(rows, train)
    shares = [
        np.mean(new[low] > new[high])
        for low, high in ordered_pairs(numbers.select_dtypes(float))
    ]
    return max(shares, default=np.nan)


def _is_number(column):
    return pd.api.types.is_numeric_dtype(column) and column.dtype != bool


def _is_written_date(column):
    words = column.dropna().astype(str)
    return bool(words.str.fullmatch(r"\d{4}-\d\d-\d\d").all())


def _is_day_number(column):
    values = column.dropna()
    if len(values) < MANY or (values % 1 != 0).any():
        return False
    text = values.astype("int64").astype(str)
    return bool(
        text.str.fullmatch(r"(19|20)\d{6}").all()
        and pd.to_datetime(text, format="%Y%m%d", errors="coerce").notna().all()
    )
