"""A file that should be an image or sound cannot be decoded."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG514",
    name="image-not-decoded",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"Unknown image file format\. One of (?P<formats>[A-Za-z, ]+) required"),
        Pattern(
            r"Expected image \(JPEG, PNG,?[^)]*\), got (?P<found>unknown format starting with "
            r"'.{0,40}|empty file|\w+)"
        ),
        Pattern(
            r"Invalid JPEG data(?: or crop window)?, (?:data )?size (?P<size>[0-9]+)",
            anchors=("Invalid JPEG data",),
        ),
        Pattern(
            r"Invalid (?P<found>PNG|GIF|BMP|WebP)(?: (?:data|header|file)|\. Failed to initialize)"
            r"(?:, size (?P<size>[0-9]+))?",
            anchors=("Invalid PNG", "Invalid GIF", "Invalid BMP", "Invalid WebP"),
        ),
        Pattern(
            r"Trying to decode (?P<found>[A-Z]+) format using (?:a )?(?:wrong op|\w+ op)\. Use"
        ),
        Pattern(
            r"Number of channels inherent in the image must be 1, 3 or 4, was (?P<channels>"
            r"[0-9]+)"
        ),
        Pattern(r"channels attribute (?P<channels>[0-9]+) does not match bits per pixel from file"),
        Pattern(r"Got (?P<frames>[0-9]+) frames, but animated gifs can only be decoded by"),
        Pattern(r"cannot identify image file (?P<file>.*)"),
        Pattern(r"image file is truncated(?: \((?P<size>[0-9]+) bytes not processed\))?"),
        Pattern(
            r"broken (?:data stream when reading image|PNG file)",
            anchors=("broken data stream", "broken PNG"),
        ),
        Pattern(
            r"!_?(?:src|img|image|ssize)\.empty\(\) in function '(?P<function>[\w:]+)'",
            anchors=(".empty() in function",),
        ),
        Pattern(r"Header mismatch: Expected RIFF but found (?P<found>.*)"),
        Pattern(
            r"(?:Bad bit depth|Bad audio format) for WAV: Expected \S+ but got ?(?P<found>\S+)",
            anchors=("for WAV: Expected",),
        ),
        Pattern(r"DecompressionBombError"),
        Pattern(r"jpeg::Uncompress failed"),
        Pattern(r"Input is empty\."),
    ),
    seen="A file[ {file}] cannot be decoded[: {found}][ ({size} bytes)][ in {function}].",
    why="One file among the images is damaged, empty, of a format that TensorFlow does not read "
    "(WebP, HEIC, TIFF, CMYK), or its path does not exist and nothing was read. The name's ending "
    "says nothing about the content.",
    fix="Find the file: open each with PIL's Image.open(path).verify(), or decode in a loop and "
    "print the path on an error. Remove it or convert it to PNG or JPEG; use "
    "tf.io.decode_image(..., expand_animations=False) for mixed formats.",
    candidates=(
        Candidate(
            cause=Cause.DISK_FULL,
            check="Was the data unpacked onto a disk that was full, so that files are cut off?",
        ),
    ),
    source="tensorflow/core/kernels/image/decode_image_op.cc",
    hits=(
        "InvalidArgumentError: Graph execution error:\n\nUnknown image file format. One of JPEG, "
        "PNG, GIF, BMP required.\n\t [[{{node decode_image/DecodeImage}}]]\n\t "
        "[[IteratorGetNext]]\n",
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: Invalid JPEG data or crop "
        "window, data size 4096 [Op:DecodeJpeg]\n",
        "PIL.UnidentifiedImageError: cannot identify image file <_io.BytesIO object at 0x7fab>\n",
        "cv2.error: OpenCV(4.8.0) /io/opencv/modules/imgproc/src/color.cpp:182: error: (-215:"
        "Assertion failed) !_src.empty() in function 'cvtColor'\n",
    ),
    misses=(
        "Corrupt JPEG data: 65 extraneous bytes before marker 0xd9\n",
        "libpng warning: iCCP: known incorrect sRGB profile\n",
    ),
)
