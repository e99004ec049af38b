"""The two networks of PP-OCRv6 as the package rapidocr carries them: one finds lines of text, one reads them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import distribution

import numpy as np
import onnxruntime
from numpy.typing import NDArray

_THREADS = 2
Pixels = NDArray[np.uint8]  # height × width, 0 is black
Floats = NDArray[np.float32]


@cache
def _session(name: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # memory that a page needed is given back before the next
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    path = distribution("rapidocr").locate_file(f"rapidocr/models/{name}")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run_finder(pixels: Pixels) -> Floats:
    """How surely each pixel is part of a line of text, as large as the picture, whose sides are multiples of 32."""
    found: Floats = _run("PP-OCRv6_det_small.onnx", pixels[None])[0, 0]
    return found


def run_reader(lines: Pixels) -> Floats:
    """Lines of 48 pixels height, as one batch → for each line and each step of 8 pixels the probability of each sign."""
    return _run("PP-OCRv6_rec_small.onnx", lines)


def _run(name: str, pictures: Pixels) -> Floats:
    session = _session(name)
    grey = pictures[:, None].astype(np.float32) / 127.5 - 1
    values = np.broadcast_to(grey, (grey.shape[0], 3, *grey.shape[2:]))
    output: Floats = session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(values)})[0]
    return output


@cache
def signs() -> tuple[str, ...]:
    """What each column of the reader's output stands for; the first is the gap between two signs."""
    known = _session("PP-OCRv6_rec_small.onnx").get_modelmeta().custom_metadata_map["character"].split("\n")
    return ("", *known, " ")
