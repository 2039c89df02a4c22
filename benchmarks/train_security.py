"""Learn the weights of the security score from labelled reports; print what they are worth.

    python benchmarks/train_security.py PATH/security.jsonl [--write]

Standard library only, no randomness: the same data gives the same weights. The model is logistic
regression over the cues of `connector.core.security_cues` and their groups, pulled towards weights
set by hand (PRIOR_OF), so that what the data has too little of (spoofing, memory corruption) keeps
a sensible weight. Every project counts alike, and so do its security and its other reports. The
figures come from models that have not seen the project they are measured on; the shipped bias puts
score 0.5 where these models flag 5 % of the harmless reports.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from connector.core.security import cues_in, features_of
from connector.core.security_cues import GROUPS, OTHER

WEIGHTS = Path(__file__).resolve().parents[1] / "connector" / "core" / "security_weights.json"
SCALE = 100
PULL = 10.0
"""How strongly weights of groups are held to the prior."""

PULL_OF_CUES = 6.0
"""And those of single cues to nought: their group speaks for them."""

ROUNDS = 500
FALSE_ALARMS = 0.05
PRIOR_OF = {
    **dict.fromkeys(("named", "attack", "spoofing", "bypass", "memory"), 1.6),
    "web": 1.4,
    **dict.fromkeys(("security", "injection", "exposure"), 1.2),
    **dict.fromkeys(("credentials",), 1.0),
    "sandbox": 0.8,
    **dict.fromkeys(("signing_in", "permission", "cryptography", "bug_load"), 0.6),
    **dict.fromkeys(("transport", "files", "bug_null", "bug_crash", "bug_race"), 0.4),
    **dict.fromkeys(("bug_release", "bug_type", "checks"), 0.2),
    **dict.fromkeys(("n_words", "n_speed"), -0.4),
    "n_look": -0.5,
    "n_build": -0.3,
    "n_data": -0.2,
    "n_wish": -0.1,
}
IN_BODY = 0.7
"""What a cue in the body is worth beside one in the subject, to begin with."""


class Report(NamedTuple):
    id: str
    project: str
    security: bool
    features: dict[str, float]


Model = tuple[dict[str, float], float]


def read(path: Path) -> list[Report]:
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Report(
            row["id"],
            row["project"],
            row["security"],
            features_of(cues_in(row["subject"], row["body"])),
        )
        for row in rows
    ]


def prior() -> dict[str, float]:
    weights = {"telling groups": 0.4, "several groups": 0.4}
    for group in GROUPS:
        weights[f"subject {group}"] = PRIOR_OF[group]
        weights[f"body {group}"] = PRIOR_OF[group] * IN_BODY
    cues = (cue for group, cues in GROUPS.items() if group not in OTHER for cue in cues)
    return weights | dict.fromkeys((f"cue {cue}" for cue in cues), 0.0)


def train(reports: list[Report]) -> Model:
    """Nesterov's descent on the weighted log loss; the step is safe for features within 0..1."""
    counts = Counter((r.project, r.security) for r in reports)
    share = [len(reports) / len(counts) / counts[r.project, r.security] for r in reports]
    start = prior()
    pull = {n: PULL_OF_CUES if n.startswith("cue ") else PULL for n in start}
    weights, bias = dict(start), -3.0
    before, bias_before = dict(weights), bias
    largest = max(1.0 + sum(v * v for v in r.features.values()) for r in reports)
    step = 1.0 / (0.25 * largest * len(reports) / 4 + PULL)
    for turn in range(1, ROUNDS + 1):
        push = (turn - 1) / (turn + 2)
        ahead = {n: w + push * (w - before[n]) for n, w in weights.items()}
        bias_ahead = bias + push * (bias - bias_before)
        slope = {n: pull[n] * (w - start[n]) for n, w in ahead.items()}
        bias_slope = 0.0
        for report, weight in zip(reports, share, strict=True):
            z = bias_ahead + sum(ahead[n] * v for n, v in report.features.items())
            error = weight * (1 / (1 + math.exp(-max(-30.0, min(30.0, z)))) - report.security)
            bias_slope += error
            for name, value in report.features.items():
                slope[name] += error * value
        before, bias_before = weights, bias
        weights = {n: w - step * slope[n] for n, w in ahead.items()}
        bias = bias_ahead - step * bias_slope
    return weights, bias


def logit(model: Model, report: Report) -> float:
    weights, bias = model
    return bias + sum(weights[n] * v for n, v in report.features.items())


def threshold(logits: list[tuple[float, bool]]) -> float:
    """Above which FALSE_ALARMS of the harmless ones lie."""
    harmless = sorted((z for z, security in logits if not security), reverse=True)
    return harmless[int(FALSE_ALARMS * len(harmless))]


def average_precision(logits: list[tuple[float, bool]]) -> float:
    """Ties are broken against the detector."""
    hits, total = 0, 0.0
    for rank, (_, security) in enumerate(sorted(logits, key=lambda x: (-x[0], x[1])), 1):
        if security:
            hits += 1
            total += hits / rank
    return total / hits


def held_out(reports: list[Report]) -> dict[str, list[tuple[float, Report]]]:
    """Project -> logits of its reports by a model that was trained on the other projects."""
    found = {}
    for project in sorted({report.project for report in reports}):
        model = train([report for report in reports if report.project != project])
        found[project] = [(logit(model, r), r) for r in reports if r.project == project]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help=f"replace {WEIGHTS.name}")
    options = parser.parse_args()
    reports = read(options.data)
    limits = []
    for project, scored in held_out(reports).items():
        logits = [(z, report.security) for z, report in scored]
        limits.append(threshold(logits))
        positives = [z for z, security in logits if security]
        recall = sum(z > limits[-1] for z in positives) / len(positives)
        print(
            f"{project}, not seen: average precision {average_precision(logits):.3f}, "
            f"recall {recall:.3f} at {FALSE_ALARMS:.0%} false alarms (logit {limits[-1]:.2f})"
        )
    weights, bias = train(reports)
    shift = sum(limits) / len(limits)
    shipped = {
        "scale": SCALE,
        "bias": round((bias - shift) * SCALE),
        "weights": {n: round(w * SCALE) for n, w in sorted(weights.items()) if round(w * SCALE)},
        "data_sha256": hashlib.sha256(options.data.read_bytes()).hexdigest(),
    }
    text = json.dumps(shipped, indent=1) + "\n"
    print(f"{len(weights)} weights, {len(text)} bytes, limits {[round(z, 2) for z in limits]}")
    if options.write:
        WEIGHTS.write_text(text, encoding="utf-8")
        print(f"wrote {WEIGHTS.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
