"""Trains the model that says what a sentence of a report tells, and writes its weights.

usage: python benchmarks/train_extraction.py DATA [--out weights.json] [--left-out FOLDER]

DATA is the folder with `ob_eb_s2r.jsonl` (OB, EB, S2R by hand) and `sections_weak.jsonl` (all
labels, weak). Needs scikit-learn, which the package itself does not. The same data and versions
give the same file: the solver is deterministic, the seed fixed, weights are whole numbers.

How: logistic regression for each label over the cues of a piece, of its two neighbours and of the
piece that opens its paragraph. The
hand-labelled set trains OB, EB and S2R, helped by the weak set at a low weight; the weak set trains
ENV and ERR. Features with small weights are dropped, the rest fitted again. Thresholds come from
predictions for projects that were left out of training; each project counts the same.
`--left-out` writes, for each set, what a model says that saw nothing of the report's project (its
threshold neither), in the format that `escalation extract` writes, to be scored.
"""

from __future__ import annotations

import argparse
import bisect
import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from connector.core.extraction.cues import cues_of, name_of
from connector.core.extraction.reader import labels_of, report_pieces
from connector.core.extraction.sentences import openers_of
from connector.core.extraction.values import LABELS

if TYPE_CHECKING:
    from connector.core.extraction.sentences import Piece

FILES = ("ob_eb_s2r.jsonl", "sections_weak.jsonl")
WEIGHTS = Path(__file__).resolve().parents[1] / "connector" / "core" / "extraction" / "weights.json"
BY_HAND = ("OB", "EB", "S2R")
STRENGTH = {"OB": 0.02, "EB": 0.02, "S2R": 0.02, "ENV": 0.06, "ERR": 0.06}
WEAK_WEIGHT = {"OB": 0.3, "EB": 0.2, "S2R": 0.1, "ENV": 1.0, "ERR": 1.0}
FEWEST = 12
STEPS = 400
AS_GOOD = 0.01
LACKS = {"EB": 0.5, "S2R": 0.5}
SCALE = 64
KEPT = 1850
FREED = ("rule OB", "rule EB")
FREE = 8.0
"""These cues are held back less than others: their columns are so many times larger."""

MOST_BYTES = 60_000
WORD = re.compile(r"[^\W_]+")


class Model(NamedTuple):
    """Which features are kept, their weights as whole numbers (label by label), intercepts."""

    kept: np.ndarray
    whole: np.ndarray
    intercepts: np.ndarray


class Rows(NamedTuple):
    """One row a piece: its features, its labels, whether it counts, its project, its set."""

    features: list[list[str]]
    labels: np.ndarray
    counts: np.ndarray
    project: np.ndarray
    by_hand: np.ndarray
    report: np.ndarray
    piece: list[Piece]


def main() -> None:
    """Reads, trains, writes."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--out", type=Path, default=WEIGHTS)
    arguments.add_argument("--left-out", type=Path)
    chosen = arguments.parse_args()
    rows = rows_of([chosen.data / name for name in FILES])
    names, matrix = matrix_of(rows.features)
    held_out = left_out_scores(matrix, rows)
    if chosen.left_out:
        write_answers(rows, over_left_out_thresholds(held_out, rows), chosen.left_out)
    model = trained(matrix, rows, np.ones(len(rows.counts), dtype=bool))
    limits = best_thresholds(held_out, rows, np.ones(len(rows.counts), dtype=bool))
    text = text_of(names, model, limits, chosen.data)
    chosen.out.write_text(text, encoding="utf-8")
    print(f"{chosen.out.name}: {len(text.encode())} bytes", file=sys.stderr)
    if len(text.encode()) > MOST_BYTES:
        raise SystemExit(f"more than {MOST_BYTES} bytes: keep fewer features")


def rows_of(paths: list[Path]) -> Rows:
    """Every piece of every report with its features and the labels of the words it covers."""
    features: list[list[str]] = []
    labels, counts, project, by_hand, ids = [], [], [], [], []
    pieces: list[Piece] = []
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            report = json.loads(line)
            found, titles = report_pieces(report["title"] or "", report["body"] or "")
            features += [list(one) for one in features_of(found, titles)]
            truth, known = truth_of(report, found, titles)
            labels += truth
            counts += known
            project += [project_of(report)] * len(found)
            by_hand += [path.name == FILES[0]] * len(found)
            ids += [report["id"]] * len(found)
            pieces += found
    return Rows(
        features,
        np.array(labels, dtype=float).reshape(-1, len(LABELS)),
        np.array(counts, dtype=bool),
        np.array(project),
        np.array(by_hand, dtype=bool),
        np.array([str(key) for key in ids]),
        pieces,
    )


def project_of(report: dict[str, Any]) -> str:
    """The unit that is left out; the many small npm projects are one."""
    project = str(report["project"])
    big = {"docker", "eclipse", "firefox", "httpd", "openmrs", "wordpress-android"}
    if project in big:
        return project
    if project != "matomo":
        return "npm"
    return f"matomo {int(hashlib.sha256(str(report['id']).encode()).hexdigest(), 16) % 3}"


def features_of(found: list[Any], titles: int) -> list[list[str]]:
    """What the model adds up for each piece, the cues of others with a sign in front."""
    openers = openers_of(found)
    cues = cues_of(found, title=titles)
    rows = []
    own = [[name_of(cue) for cue in one.own] for one in cues]
    for number, one in enumerate(cues):
        row = [*own[number], *map(name_of, one.crossed)]
        if number:
            row += [f"-{cue}" for cue in own[number - 1]]
        if number + 1 < len(cues):
            row += [f"+{cue}" for cue in own[number + 1]]
        if openers[number] < number:
            row += [f"<{cue}" for cue in own[openers[number]]]
        rows.append(row)
    return rows


def truth_of(
    report: dict[str, Any], found: list[Any], titles: int
) -> tuple[list[list[bool]], list[bool]]:
    """A piece has the labels that most of its words have in the labelled sentences."""
    title, body = report["title"] or "", report["body"] or ""
    whole = f"{title}\n{body}".lower()
    words = [match.span() for match in WORD.finditer(whole)]
    starts = [start for start, _ in words]
    texts = [whole[start:end] for start, end in words]
    told = told_words(report, texts)
    truth, known = [], []
    for number, piece in enumerate(found):
        shift = 0 if number < titles else len(title) + 1
        first = bisect.bisect_left(starts, piece.start + shift)
        last = bisect.bisect_left(starts, piece.end + shift)
        sure = [labels for labels in told[first:last] if labels is not None]
        truth.append(
            [2 * sum(label in labels for labels in sure) > last - first for label in LABELS]
        )
        known.append(last > first and 2 * len(sure) >= last - first)
    return truth, known


def told_words(report: dict[str, Any], texts: list[str]) -> list[set[str] | None]:
    """For each word of the report the labels of its sentence; None where nobody is sure."""
    told: list[set[str] | None] = [None] * len(texts)
    at = 0
    places: dict[str, list[int]] = {}
    for number, word in enumerate(texts):
        places.setdefault(word, []).append(number)
    for sentence in report["sentences"]:
        wanted = WORD.findall(sentence["text"].lower())
        if not wanted:
            continue
        hits = [
            place
            for place in places.get(wanted[0], ())
            if texts[place : place + len(wanted)] == wanted
        ]
        if not hits:
            continue
        start = next((place for place in hits if place >= at), hits[0])
        at = max(at, start + len(wanted))
        if not sentence.get("unsure"):
            told[start : start + len(wanted)] = [set(sentence["labels"])] * len(wanted)
    return told


def matrix_of(features: list[list[str]]) -> tuple[list[str], sparse.csr_matrix]:
    """Features seen often enough, and which row has which."""
    seen = Counter(name for row in features for name in set(row))
    names = sorted(name for name, count in seen.items() if count >= FEWEST)
    place = {name: number for number, name in enumerate(names)}
    columns: list[int] = []
    ends = [0]
    for row in features:
        columns += sorted({place[name] for name in row if name in place})
        ends.append(len(columns))
    values = np.where([names[column] in FREED for column in columns], FREE, 1.0)
    return names, sparse.csr_matrix((values, columns, ends), shape=(len(features), len(names)))


def scored_rows(rows: Rows, label: str) -> np.ndarray:
    """Rows that thresholds are chosen on: the set that labels this best."""
    best: np.ndarray = rows.by_hand if label in BY_HAND else ~rows.by_hand
    return np.asarray(rows.counts & best)


def trained(matrix: Any, rows: Rows, among: np.ndarray) -> Model:
    """A model of the rows in `among`: fitted, cut to its largest weights, fitted again, rounded."""
    weights = np.array([fitted(matrix, rows, label, among).coef_[0] for label in LABELS])
    largest = (np.abs(weights) * np.asarray(matrix.max(axis=0).todense()).ravel()).max(axis=0)
    kept = np.sort(np.argsort(-largest, kind="stable")[:KEPT])
    models = [fitted(matrix[:, kept], rows, label, among) for label in LABELS]
    free = np.asarray(matrix[:, kept].max(axis=0).todense()).ravel()
    whole = np.rint(np.array([model.coef_[0] for model in models]) * free * SCALE).astype(int)
    return Model(kept, whole, np.array([float(model.intercept_[0]) for model in models]))


def fitted(matrix: Any, rows: Rows, label: str, among: np.ndarray) -> Any:
    """One label's logistic regression over the rows in `among`."""
    usable = among & (rows.counts if label in BY_HAND else scored_rows(rows, label))
    weight = np.where(rows.by_hand, 1.0, WEAK_WEIGHT[label])
    model = LogisticRegression(C=STRENGTH[label], solver="liblinear", max_iter=500, random_state=1)
    truth = rows.labels[usable, LABELS.index(label)]
    return model.fit(matrix[usable], truth, sample_weight=weight[usable])


def left_out_scores(matrix: Any, rows: Rows) -> np.ndarray:
    """Each row's scores by a model that has seen nothing of its project."""
    scores = np.zeros(rows.labels.shape)
    for project in sorted(set(rows.project)):
        here = rows.project == project
        model = trained(matrix, rows, ~here)
        shows = (matrix[here][:, model.kept] > 0).astype(float)
        scores[here] = shows @ model.whole.T / SCALE + model.intercepts
    return scores


def over_left_out_thresholds(scores: np.ndarray, rows: Rows) -> np.ndarray:
    """Each row's scores above thresholds that the rows of the other projects chose."""
    above = np.zeros(scores.shape)
    for project in sorted(set(rows.project)):
        here = rows.project == project
        above[here] = scores[here] - best_thresholds(scores, rows, ~here)
    return above


def best_thresholds(scores: np.ndarray, rows: Rows, among: np.ndarray) -> np.ndarray:
    """For each label the score above which the projects' mean is best; see `best_threshold`."""
    return np.array(
        [
            best_threshold(scores[:, place], rows, label, among & scored_rows(rows, label))
            for place, label in enumerate(LABELS)
        ]
    )


def best_threshold(scores: np.ndarray, rows: Rows, label: str, among: np.ndarray) -> float:
    """The middle of where the F1 of sentences is as good as at its best.

    With it, at half its weight, counts the F1 of finding the reports without any. Each project
    counts the same, however many reports it has. The very best threshold is an accident.
    """
    truth = rows.labels[:, LABELS.index(label)]
    projects = [
        (scores[one], truth[one], *by_report(scores[one], truth[one], rows.report[one]))
        for name in sorted(set(rows.project[among]))
        for one in [np.flatnonzero(among & (rows.project == name))]
    ]
    tried = np.linspace(np.quantile(scores[among], 0.5), scores[among].max(), STEPS)
    half = LACKS.get(label, 0.0)
    reached = np.array(
        [
            np.mean(
                [
                    f1(score > limit, true) + half * f1(highest <= limit, ~has)
                    for score, true, highest, has in projects
                ]
            )
            for limit in tried
        ]
    )
    return float(tried[reached >= reached.max() - AS_GOOD].mean())


def by_report(
    scores: np.ndarray, truth: np.ndarray, report: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Each report's highest score, and whether any of its rows has the label."""
    _, place = np.unique(report, return_inverse=True)
    highest = np.full(place.max() + 1, -np.inf)
    np.maximum.at(highest, place, scores)
    return highest, np.bincount(place, truth) > 0


def f1(said: np.ndarray, truth: np.ndarray) -> float:
    """F1 of yes and no against the truth."""
    return float(2 * (said & (truth > 0)).sum() / max(said.sum() + truth.sum(), 1))


def write_answers(rows: Rows, above: np.ndarray, folder: Path) -> None:
    """One file a set, one line a report."""
    folder.mkdir(parents=True, exist_ok=True)
    for by_hand, name in zip((True, False), FILES, strict=True):
        reports: dict[Any, list[dict[str, object]]] = {}
        for number in np.flatnonzero(rows.by_hand == by_hand):
            piece = rows.piece[number]
            labels = labels_of(piece, above[number])
            reports.setdefault(str(rows.report[number]), []).append(
                {"text": piece.text, "labels": labels}
            )
        lines = (json.dumps({"id": key, "sentences": told}) for key, told in reports.items())
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def text_of(names: list[str], model: Model, limits: np.ndarray, data: Path) -> str:
    """The JSON of the model; its thresholds hold the intercepts."""
    places: dict[str, dict[str, list[int]]] = {"own": {}, "before": {}, "after": {}}
    places["opens"] = {}
    signs = {"-": "before", "+": "after", "<": "opens"}
    for number, row in zip(model.kept, model.whole.T, strict=True):
        name = names[number]
        place = signs.get(name[0], "own")
        places[place][name if place == "own" else name[1:]] = [int(value) for value in row]
    made = {
        "labels": list(LABELS),
        "data": {name: hashlib.sha256((data / name).read_bytes()).hexdigest() for name in FILES},
        "scale": SCALE,
        "thresholds": [round(float(value) * SCALE) for value in limits - model.intercepts],
        **places,
    }
    return json.dumps(made, separators=(",", ":"), ensure_ascii=True) + "\n"


if __name__ == "__main__":
    main()
