"""Trains the model that says what a sentence of a report tells, and writes its weights.

usage: python benchmarks/train_extraction.py DATA [--out weights.json] [--left-out FOLDER]

DATA is the folder with `ob_eb_s2r.jsonl` (OB, EB, S2R by hand) and `sections_weak.jsonl` (all
labels, weak). Needs scikit-learn, which the package itself does not. The same data and versions
give the same file: the solver is deterministic, the seed fixed, weights are whole numbers.

How: logistic regression for each label over the cues of a piece and of its two neighbours. The
hand-labelled set trains OB, EB and S2R, helped by the weak set at half weight; the weak set trains
ENV and ERR. Thresholds come from predictions for projects that were left out of training. Small
weights are dropped until the file is within its size. `--left-out` writes, for each set, what a
model says that saw nothing of the report's project (its threshold neither), in the format that
`escalation extract` writes, to be scored.
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
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from connector.core.extraction.cues import cues_of
from connector.core.extraction.reader import report_pieces
from connector.core.extraction.values import LABELS

FILES = ("ob_eb_s2r.jsonl", "sections_weak.jsonl")
WEIGHTS = Path(__file__).resolve().parents[1] / "connector" / "core" / "extraction" / "weights.json"
BY_HAND = ("OB", "EB", "S2R")
STRENGTH = {"OB": 0.02, "EB": 0.02, "S2R": 0.02, "ENV": 0.06, "ERR": 0.06}
WEAK_WEIGHT = 0.5
FEWEST = 12
SCALE = 64
MOST_BYTES = 60_000
WORD = re.compile(r"[^\W_]+")


class Rows(NamedTuple):
    """One row a piece: its features, its labels, whether it counts, its project, its set."""

    features: list[list[str]]
    labels: np.ndarray
    counts: np.ndarray
    project: np.ndarray
    by_hand: np.ndarray
    report: list[Any]
    text: list[str]


def main() -> None:
    """Reads, trains, writes."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--out", type=Path, default=WEIGHTS)
    arguments.add_argument("--left-out", type=Path)
    chosen = arguments.parse_args()
    rows = rows_of([chosen.data / name for name in FILES])
    names, matrix = matrix_of(rows.features)
    weights = np.zeros((len(names), len(LABELS)))
    thresholds = []
    said = np.zeros(rows.labels.shape, dtype=bool)
    for place, label in enumerate(LABELS):
        held_out = left_out_scores(matrix, rows, label)
        usable = scored_rows(rows, label)
        said[:, place] = left_out_answers(held_out, rows, label)
        thresholds.append(best_threshold(held_out[usable], rows.labels[usable, place]))
        print(f"{label}: threshold {thresholds[-1]:.3f}", file=sys.stderr)
        model = fitted(matrix, rows, label, np.ones(len(rows.counts), dtype=bool))
        weights[:, place] = model.coef_[0]
        thresholds[-1] -= float(model.intercept_[0])
    if chosen.left_out:
        write_answers(rows, said, chosen.left_out)
    text = written(names, weights, thresholds, chosen.data)
    chosen.out.write_text(text, encoding="utf-8")
    print(f"{chosen.out.name}: {len(text.encode())} bytes", file=sys.stderr)


def rows_of(paths: list[Path]) -> Rows:
    """Every piece of every report with its features and the labels of the words it covers."""
    features: list[list[str]] = []
    labels, counts, project, by_hand, ids, texts = [], [], [], [], [], []
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            report = json.loads(line)
            found, titles = report_pieces(report["title"] or "", report["body"] or "")
            features += [list(one) for one in features_of(found, titles)]
            truth, known = labels_of(report, found, titles)
            labels += truth
            counts += known
            project += [project_of(report)] * len(found)
            by_hand += [path.name == FILES[0]] * len(found)
            ids += [report["id"]] * len(found)
            texts += [piece.text for piece in found]
    return Rows(
        features,
        np.array(labels, dtype=float).reshape(-1, len(LABELS)),
        np.array(counts, dtype=bool),
        np.array(project),
        np.array(by_hand, dtype=bool),
        ids,
        texts,
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
    """What the model adds up for each piece, its neighbours' cues with a sign in front."""
    cues = cues_of(found, title=titles)
    rows = []
    for number, one in enumerate(cues):
        row = [*one.own, *one.crossed]
        if number:
            row += [f"-{cue}" for cue in cues[number - 1].own]
        if number + 1 < len(cues):
            row += [f"+{cue}" for cue in cues[number + 1].own]
        rows.append(row)
    return rows


def labels_of(
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
    ones = np.ones(len(columns))
    return names, sparse.csr_matrix((ones, columns, ends), shape=(len(features), len(names)))


def scored_rows(rows: Rows, label: str) -> np.ndarray:
    """Rows that thresholds are chosen on: the set that labels this best."""
    return rows.counts & (rows.by_hand if label in BY_HAND else ~rows.by_hand)


def fitted(matrix: Any, rows: Rows, label: str, among: np.ndarray) -> Any:
    """One label's model, trained on the rows in `among`."""
    usable = among & (rows.counts if label in BY_HAND else scored_rows(rows, label))
    weight = np.where(rows.by_hand | (label not in BY_HAND), 1.0, WEAK_WEIGHT)
    model = LogisticRegression(C=STRENGTH[label], solver="liblinear", max_iter=500, random_state=1)
    truth = rows.labels[usable, LABELS.index(label)]
    return model.fit(matrix[usable], truth, sample_weight=weight[usable])


def left_out_scores(matrix: Any, rows: Rows, label: str) -> np.ndarray:
    """Each row's score by a model that has seen nothing of its project."""
    scores = np.zeros(len(rows.counts))
    usable = scored_rows(rows, label)
    for project in sorted(set(rows.project[usable])):
        here = rows.project == project
        scores[here] = fitted(matrix, rows, label, ~here).decision_function(matrix[here])
    return scores


def left_out_answers(scores: np.ndarray, rows: Rows, label: str) -> np.ndarray:
    """Yes or no for each row, by a threshold that the other projects' rows chose."""
    said = np.zeros(len(scores), dtype=bool)
    usable, place = scored_rows(rows, label), LABELS.index(label)
    for project in sorted(set(rows.project[usable])):
        here = rows.project == project
        others = usable & ~here
        limit = best_threshold(scores[others], rows.labels[others, place])
        said[here] = scores[here] > limit
    return said


def write_answers(rows: Rows, said: np.ndarray, folder: Path) -> None:
    """One file a set, one line a report."""
    folder.mkdir(parents=True, exist_ok=True)
    for by_hand, name in zip((True, False), FILES, strict=True):
        reports: dict[Any, list[dict[str, object]]] = {}
        for number in np.flatnonzero(rows.by_hand == by_hand):
            labels = [label for label, yes in zip(LABELS, said[number], strict=True) if yes]
            reports.setdefault(rows.report[number], []).append(
                {"text": rows.text[number], "labels": labels}
            )
        lines = (json.dumps({"id": key, "sentences": told}) for key, told in reports.items())
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def best_threshold(scores: np.ndarray, truth: np.ndarray) -> float:
    """The score above which F1 is highest."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(truth[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + truth.sum())
    best = int(f1.argmax())
    following = scores[order[min(best + 1, len(order) - 1)]]
    return float((scores[order[best]] + following) / 2)


def written(names: list[str], weights: np.ndarray, thresholds: list[float], data: Path) -> str:
    """The JSON of the model, with the smallest weights dropped until it fits."""
    whole = np.rint(weights * SCALE).astype(int)
    largest = np.abs(whole).max(axis=1)
    for least in range(1, SCALE):
        text = text_of(names, whole, largest >= least, thresholds, data)
        if len(text.encode()) <= MOST_BYTES:
            return text
    raise SystemExit("the weights do not fit")


def text_of(
    names: list[str], whole: np.ndarray, kept: np.ndarray, thresholds: list[float], data: Path
) -> str:
    places: dict[str, dict[str, list[int]]] = {"own": {}, "before": {}, "after": {}}
    signs = {"-": "before", "+": "after"}
    for name, row, keep in zip(names, whole, kept, strict=True):
        if keep:
            place = signs.get(name[0], "own")
            places[place][name if place == "own" else name[1:]] = [int(value) for value in row]
    made = {
        "labels": list(LABELS),
        "data": {name: hashlib.sha256((data / name).read_bytes()).hexdigest() for name in FILES},
        "scale": SCALE,
        "thresholds": [round(threshold * SCALE) for threshold in thresholds],
        **places,
    }
    return json.dumps(made, separators=(",", ":"), ensure_ascii=True) + "\n"


if __name__ == "__main__":
    main()
