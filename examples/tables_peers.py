"""tables_peers.py FOLDER RUN ...: AUROC of scikit-learn's detectors, tab-separated, on the splits of tables.mk.

RUN is NAME-SEED; FOLDER/RUN.train.csv, .normal.csv and .anomalous.csv have a header, and a label in the last
column. Numbers are standardised by the training rows, missing ones take their median, categories become an
indicator a level: one setting for all tables. A line for each table, means over the seeds, and their mean.
"""
import csv
import sys
import warnings

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors
from sklearn.svm import OneClassSVM


def read(path):
    with open(path, newline="") as f:
        return [row[:-1] for row in csv.reader(f)][1:]


def number(cell):
    try:
        return float(cell)
    except ValueError:
        return None


def encode(train, test):
    columns = []
    for a, b in zip(zip(*train), zip(*test)):
        if all(number(v) is not None for v in a + b if v):
            x, y = (np.array([float(v) if v else np.nan for v in column]) for column in (a, b))
            middle = np.nanmedian(x)
            x[np.isnan(x)] = middle
            y[np.isnan(y)] = middle
            if x.std() > 0:
                columns.append(((x - x.mean()) / x.std(), (y - x.mean()) / x.std()))
        else:
            columns += [tuple(np.array([float(v == level) for v in column]) for column in (a, b))
                        for level in sorted(set(a))]
    return (np.array(part).T for part in zip(*columns))


# The greater, the more anomalous.
detectors = {
    "IForest": lambda a, b, seed: -IsolationForest(random_state=seed).fit(a).score_samples(b),
    "LOF": lambda a, b, seed: -LocalOutlierFactor(n_neighbors=20, novelty=True).fit(a).score_samples(b),
    "kNN": lambda a, b, seed: NearestNeighbors(n_neighbors=5).fit(a).kneighbors(b)[0][:, -1],
    "OCSVM": lambda a, b, seed: -OneClassSVM().fit(a[:10000]).score_samples(b),
    "GMM": lambda a, b, seed: -GaussianMixture(4, random_state=seed, reg_covar=1e-3).fit(a).score_samples(b),
}


def aurocs(folder, run):
    train, normal, anomalous = (read("%s/%s.%s.csv" % (folder, run, part))
                                for part in ("train", "normal", "anomalous"))
    a, b = encode(train, normal + anomalous)
    labels = [0] * len(normal) + [1] * len(anomalous)
    seed = int(run.rpartition("-")[2])
    return [roc_auc_score(labels, detect(a, b, seed)) for detect in detectors.values()]


def main(folder, *runs):
    warnings.filterwarnings("ignore")
    tables = {}
    for run in runs:
        tables.setdefault(run.rpartition("-")[0], []).append(aurocs(folder, run))
    means = {table: np.mean(rows, axis=0) for table, rows in tables.items()}
    print("table", *detectors, sep="\t")
    for table, values in [*means.items(), ("mean", np.mean(list(means.values()), axis=0))]:
        print(table, *("%.4f" % v for v in values), sep="\t")


main(*sys.argv[1:])
