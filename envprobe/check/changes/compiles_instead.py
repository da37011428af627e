"""What to write instead of an op that XLA has no kernel for, where something near it compiles."""

from __future__ import annotations

import re

# Each was compiled and run; an op that is not here has no near one.
_INSTEAD: tuple[tuple[str, str], ...] = (
    (r"ResizeBicubic(Grad)?|ResizeArea|ScaleAndTranslate(Grad)?|ResizeNearestNeighborGrad",
     'resize with method="bilinear", which XLA compiles from TensorFlow 2.14 on'),
    (r"StringFormat|PrintV2|Print", "take the tf.print out, or print in a callback"),
    (r"(Eager)?PyFunc(Stateless)?",
     "write the Python function with TensorFlow ops, or call it in the data pipeline"),
    (r"Segment(Mean|Sum|Max|Min|Prod)|SparseSegment\w+",
     "use tf.math.unsorted_segment_sum (and divide by the counts), which XLA compiles"),
    (r"LookupTable\w+|\w*HashTable\w*", "look the keys up in the data pipeline, before the model"),
    (r"AsString|String\w+|\w+String|DecodeRaw|Regex\w+|UnsortedSegmentJoin",
     "turn the strings into numbers in the data pipeline, before the model"),
    (r"Decode(Jpeg|Png|Image|AndCropJpeg)|Encode(Jpeg|Png)|ImageProjectiveTransformV\d",
     "do this to the images in the data pipeline, before the model"),
    (r"DynamicPartition|DynamicStitch|ParallelDynamicStitch",
     "give every sample to every branch and select with a mask (tf.where), so that all sizes are "
     "fixed"),
    (r"SparseTensorDenseMatMul", "make the matrix dense (tf.sparse.to_dense) and use tf.matmul"),
    (r"Log(MatrixDeterminant)|MatrixDeterminant",
     "take the determinant from the diagonal of tf.linalg.qr or tf.linalg.cholesky"),
    (r"\w*Summary\w*", "write summaries in a callback, outside of the step"),
)  # fmt: skip


def compiles_instead(op: str) -> str | None:
    """The change in a few words, as the rest of a sentence; None where nothing near compiles."""
    return next((told for ops, told in _INSTEAD if re.fullmatch(ops, op)), None)
