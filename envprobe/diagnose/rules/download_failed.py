"""Data or weights cannot be fetched over the network, or arrive damaged."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG516",
    name="download-failed",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"URL fetch failure on (?P<url>[^\s{]+): (?P<reason>.*)"),
        Pattern(r"URL fetch failure on (?P<url>[a-z]+://[^\s{]+)"),
        Pattern(
            r"Incomplete or corrupted file detected\. The \w+ file hash does not match the provided"
        ),
        Pattern(r"Artifact (?P<url>[^\s{]+), downloaded to \S+, has wrong checksum"),
        Pattern(r"NonMatchingChecksumError: (?P<reason>.*)"),
        Pattern(
            r"urllib\.error\.(?:URLError|HTTPError): (?P<reason>.*)", anchors=("urllib.error.",)
        ),
        Pattern(
            r"(?:URLError|HTTPError): (?P<reason><urlopen error .*|HTTP Error [45][0-9][0-9].*)",
            anchors=("<urlopen error ", "HTTP Error "),
        ),
        Pattern(r"retrieval incomplete: got only (?P<got>[0-9]+) out of (?P<wanted>[0-9]+) bytes"),
        Pattern(r"socket\.gaierror: (?P<reason>\[Errno .*)"),
        Pattern(r"gaierror: (?P<reason>\[Errno -?[0-9]+\] .*)"),
        Pattern(r"requests\.exceptions\.(?P<kind>\w+): (?P<reason>.{0,200})"),
        Pattern(
            r"(?:Max retries exceeded with url: (?P<url>\S+)|CERTIFICATE_VERIFY_FAILED)",
            anchors=("Max retries exceeded with url", "CERTIFICATE_VERIFY_FAILED"),
        ),
        Pattern(r"DownloadError: Failed to get url (?P<url>\S+)"),
        Pattern(r"We couldn't connect to 'https://\S+' to load"),
        Pattern(
            r"(?:Error executing an HTTP request|All [0-9]+ retry attempts failed)[^{]*(?P<reason>"
            r"(?:HTTP response code|libcurl code|Error code) .*)",
            anchors=("Error executing an HTTP request", "retry attempts failed"),
        ),
        Pattern(
            r"Connection (?:refused|reset by peer|aborted|timed out).*(?:https?://|storage\.googlea"
            r"pis)"
        ),
        Pattern(r"ConnectionError: .*(?:https?://|Couldn't reach|HTTPSConnectionPool)(?P<url>\S*)"),
        Pattern(r"Could not resolve host(?: name)?: (?P<url>\S+)"),
        Pattern(
            r"[Ff]ailed (?:to download|downloading)[^{]*(?P<url>https?://\S+)",
            anchors=("ailed to download", "ailed downloading"),
        ),
    ),
    yields_to=(
        "tf-not-installed",
        "disk-full",
        "gpu-libs-missing",
        "nccl-collective-failure",
        "hang-timeout",
    ),
    seen="A download failed[: {url}][ ({reason})].",
    why="Keras' applications and datasets fetch their files at the first use. Without a network "
    "(a compute node, a notebook with the internet switched off), behind a proxy or with a broken "
    "certificate store this fails, and a download that was cut off leaves a damaged file.",
    fix="Switch the network on, or set HTTPS_PROXY. Where there is none, fetch the file elsewhere "
    "and put it into ~/.keras/models or ~/.keras/datasets, or pass weights=<path> or weights=None. "
    "Delete a half-finished file there; for certificates install certifi.",
    candidates=(
        Candidate(
            cause=Cause.HANG_TIMEOUT,
            check="Does the job wait for another worker or a server, and not for a download?",
        ),
    ),
    source="keras/src/utils/file_utils.py",
    hits=(
        "Exception: URL fetch failure on https://storage.googleapis.com/tensorflow/tf-keras-"
        "datasets/mnist.npz: None -- [Errno 11001] getaddrinfo failed\n",
        "urllib.error.URLError: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify "
        "failed: unable to get local issuer certificate (_ssl.c:1007)>\n",
        "tensorflow_datasets.core.download.downloader.DownloadError: Failed to get url "
        "https://example.org/set.tar. HTTP code: 404.\n",
    ),
    misses=(
        "--> 278         raise Exception(error_msg.format(origin, e.errno, e.reason))\n",
        "error_msg = 'URL fetch failure on {}: {} -- {}'\n",
    ),
)
