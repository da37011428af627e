"""The inner sizes of a matrix product do not fit."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

SHAPE = r"[\[(][0-9?, None]*[\])]"

RULE = Rule(
    code="LOG404",
    name="matrix-sizes",
    cause=Cause.SHAPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Matrix size-incompatible: In\[0\]: (?P<first>"
            + SHAPE
            + r"), In\[1\]: (?P<second>"
            + SHAPE
            + ")"
        ),
        Pattern(
            r"In\[0\] mismatch In\[1\] shape: (?P<first_size>[0-9]+) vs\. (?P<second_size>[0-9]+): "
            r"(?P<first>" + SHAPE + r") (?P<second>" + SHAPE + ")"
        ),
        Pattern(
            r"In\[0\] and In\[1\] (?:has different ndims|must have compatible (?:batch )?"
            r"dimensions): (?P<first>" + SHAPE + r") vs\. (?P<second>" + SHAPE + ")",
            anchors=("In[0] and In[1] ",),
        ),
        Pattern(
            r"In\[[01]\] is not a matrix(?:\. Instead it has shape (?P<first>" + SHAPE + "))?",
            anchors=("is not a matrix",),
        ),
        Pattern(
            r"In\[0\] ndims must be (?:== 2|>= 2): (?P<first>[0-9]+)", anchors=("ndims must be ",)
        ),
        Pattern(
            r"(?:Batch)?MatMul[^{]{0,40}must be at least [0-9]-?[dD][^{]*",
            anchors=("must be at least ",),
        ),
        Pattern(
            r"Inner dimensions \(`x1\.shape\[-1\]` and `x2\.shape\[-2\]`\) must be equal, but "
            r"received `x1\.shape=(?P<first>[^`{]*)` and `x2\.shape=(?P<second>[^`{]*)`"
        ),
        Pattern(
            r"matmul: Input operand 1 has a mismatch in its core dimension 0, .*"
            r"\(size (?P<second_size>[0-9]+) is different from (?P<first_size>[0-9]+)\)"
        ),
        Pattern(
            r"shapes (?P<first>\([0-9,]*\)) and (?P<second>\([0-9,]*\)) not aligned: "
            r"(?P<first_size>[0-9]+) \(dim [0-9]\) != (?P<second_size>[0-9]+)"
        ),
        Pattern(
            r"Cannot do batch_dot on inputs with shapes (?P<first>\([^){]*\)) and (?P<second>"
            r"\([^){]*\)) with axes"
        ),
        Pattern(
            r"Incompatible input shapes: axis values (?P<first_size>[0-9]+) \(at axis -?[0-9]+\) "
            r"!= (?P<second_size>[0-9]+)"
        ),
        Pattern(
            r"Expected dimension (?P<second_size>[0-9]+) at axis (?P<axis>-?[0-9]+) of the input "
            r"shaped (?P<first>" + SHAPE + r") but got dimension (?P<first_size>[0-9]+)"
        ),
        Pattern(
            r"Cannot multiply A and B because inner dimension does not match: [0-9]+ vs\. [0-9]+"
        ),
    ),
    seen="A matrix product gets[ {first}][ and {second}][ ({first_size} against {second_size})]"
    "[ in {node}][, layer {layer}].",
    why="The last size of the first factor must be the first size of the second. For a Dense layer "
    "the second factor is its kernel: the data has another number of features than at build time.",
    fix="Print the shapes of both factors. Give the layer data with the number of features that it "
    "was built for, or build the model again for this data; where two tensors of your own meet, "
    "transpose one (transpose_b=True) or correct its last axis.",
    source="tensorflow/core/kernels/matmul_op_impl.h",
    hits=(
        "InvalidArgumentError: Graph execution error:\n\nMatrix size-incompatible: In[0]: "
        "[32,600], "
        "In[1]: [512,64]\n\t [[{{node sequential/dense_3/MatMul}}]] [Op:__inference_predict_9]\n",
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: {{function_node __wrapped__"
        "BatchMatMulV2_device_/job:localhost/replica:0/task:0/device:CPU:0}} In[0] mismatch In[1] "
        "shape: 5 vs. 6: [2,3,5] [2,6,4] 0 0 [Op:BatchMatMulV2]\n",
        "ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc "
        "signature (n?,k),(k,m?)->(n?,m?) (size 9 is different from 8)\n",
    ),
    misses=(
        "InternalError: Blas xGEMM launch failed : a.shape=[1,32,600], b.shape=[1,600,64]\n",
        "InvalidArgumentError: cannot compute MatMul as input #1(zero-based) was expected to be a "
        "float tensor but is a half tensor [Op:MatMul]\n",
    ),
)
