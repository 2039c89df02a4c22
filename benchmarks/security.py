"""What the security score is worth on products that it has not seen, beside two baselines.

    python benchmarks/security.py PATH/security.jsonl [--predictions OUT.jsonl]

Each project is scored by weights learned from the other projects (as in train_security.py), with
score 0.5 at the shipped operating point: the place where the training projects, each held out in
turn, have 5 % false alarms. So the decision, too, knows nothing of the project it is judged on.
Baselines: strong phrases alone (what `sure` says), and a count of telling cues without weights.
`--predictions` writes `{"id", "score"}` lines for a scorer of yes/no detectors.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from train_security import (
    FALSE_ALARMS,
    Report,
    average_precision,
    held_out,
    logit,
    read,
    threshold,
    train,
)

from connector.core.security import security_score
from connector.core.security_cues import TELLING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Scored(NamedTuple):
    id: str
    score: float
    flagged: bool
    security: bool


def unseen(reports: list[Report]) -> dict[str, list[Scored]]:
    """Project -> its reports as judged by models and an operating point of the others only."""
    found = {}
    for project in sorted({report.project for report in reports}):
        others = [report for report in reports if report.project != project]
        limits = [
            threshold([(z, report.security) for z, report in scored])
            for scored in held_out(others).values()
        ]
        limit = sum(limits) / len(limits)
        model = train(others)
        found[project] = [
            Scored(
                r.id,
                1 / (1 + math.exp(limit - logit(model, r))),
                logit(model, r) >= limit,
                r.security,
            )
            for r in reports
            if r.project == project
        ]
    return found


def by_phrases(path: Path) -> dict[str, bool]:
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {row["id"]: security_score(row["subject"], row["body"]).sure for row in rows}


def by_count(report: Report) -> float:
    """Telling groups in the subject and the body, unweighted."""
    names = (name.partition(" ") for name in report.features)
    return sum(place in {"subject", "body"} and group in TELLING for place, _, group in names)


def figures(name: str, rows: Sequence[Scored]) -> str:
    pairs = [(row.score, row.security) for row in rows]
    positives = sum(row.security for row in rows)
    limit = threshold(pairs)
    recall = sum(row.security and row.score > limit for row in rows) / positives
    flagged = [row for row in rows if row.flagged]
    hits = sum(row.security for row in flagged)
    precision = hits / len(flagged) if flagged else 0.0
    caught = hits / positives
    alarms = (len(flagged) - hits) / (len(rows) - positives)
    f1 = 2 * precision * caught / (precision + caught) if hits else 0.0
    return (
        f"  {name:<22} average precision {average_precision(pairs):.3f}  "
        f"recall at {FALSE_ALARMS:.0%} false alarms {recall:.3f}  "
        f"recall at precision 0.5 {recall_at(pairs, 0.5):.3f}  "
        f"decision P {precision:.3f} R {caught:.3f} F1 {f1:.3f} false alarms {alarms:.3f}"
    )


def recall_at(pairs: Iterable[tuple[float, bool]], wanted: float) -> float:
    """The best recall that keeps the wanted precision."""
    ranked = sorted(pairs, key=lambda pair: (-pair[0], pair[1]))
    positives, hits, best = sum(security for _, security in ranked), 0, 0.0
    for rank, (_, security) in enumerate(ranked, 1):
        hits += security
        if hits / rank >= wanted:
            best = max(best, hits / positives)
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--predictions", type=Path, help="write the held-out scores here")
    options = parser.parse_args()
    reports = read(options.data)
    phrases = by_phrases(options.data)
    model = unseen(reports)
    for project, rows in model.items():
        own = [report for report in reports if report.project == project]
        positives = sum(report.security for report in own)
        print(f"{project}: {len(own)} reports, {positives} security")
        said = [Scored(r.id, float(phrases[r.id]), phrases[r.id], r.security) for r in own]
        counted = [Scored(r.id, by_count(r), by_count(r) >= 3, r.security) for r in own]
        both = [
            Scored(row.id, row.score, row.flagged or phrases[row.id], row.security) for row in rows
        ]
        print(figures("strong phrases", said))
        print(figures("count of cues", counted))
        print(figures("score", rows))
        print(figures("score or phrase", both))
    if options.predictions:
        with options.predictions.open("w", encoding="utf-8") as out:
            for row in (row for rows in model.values() for row in rows):
                out.write(json.dumps({"id": row.id, "score": round(row.score, 4)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
