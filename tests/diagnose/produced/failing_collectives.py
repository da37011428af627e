"""Runs one collective op, or one worker of a job, that fails; its name is the first argument.

Runs inside an interpreter with TensorFlow, old or new: Python 3.9 syntax.
"""

# mypy: ignore-errors

import contextlib
import json
import os
import signal
import socket
import sys
import threading

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
if sys.argv[1] == "worker":
    # worker INDEX PORTS ROUND: joins the job, and in that round kills itself (-1: never).
    workers = ["localhost:" + port for port in sys.argv[3].split(",")]
    task = {"type": "worker", "index": int(sys.argv[2])}
    os.environ["TF_CONFIG"] = json.dumps({"cluster": {"worker": workers}, "task": task})

import tensorflow as tf


def reduce(device=0, size=2, instance=5, shape=(2,), dtype=tf.float32, timeout=0.0):
    with tf.device(f"CPU:{device}"):
        return tf.raw_ops.CollectiveReduceV2(
            input=tf.ones(shape, dtype),
            group_size=size,
            group_key=11,
            instance_key=instance,
            ordering_token=[],
            merge_op="Add",
            final_op="Id",
            timeout_seconds=timeout,
        )


def reduce_together(one, other):
    raised = []

    def run(**member):
        try:
            reduce(**member)
        except tf.errors.OpError as error:
            raised.append(error)

    threads = [threading.Thread(target=run, kwargs=member) for member in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    raise raised[0]


def other_member_is_missing():
    reduce(timeout=0.5)


def groups_differ():
    reduce(size=1, instance=3)
    reduce(device=1, size=2, instance=4)


def shapes_differ():
    reduce_together({"shape": (2,)}, {"device": 1, "shape": (3,)})


def dtypes_differ():
    reduce_together({"dtype": tf.float32}, {"device": 1, "dtype": tf.int32})


def nccl_is_not_built_in():
    tf.raw_ops.NcclAllReduce(
        input=tf.ones([2]), reduction="sum", num_devices=2, shared_name="gradients"
    )


def port_is_taken():
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("", 0))  # TensorFlow listens on all interfaces
        taken.listen()
        cluster = {"worker": [f"localhost:{taken.getsockname()[1]}"]}
        tf.distribute.Server(cluster, job_name="worker", task_index=0)


def worker():
    tf.get_logger().setLevel("INFO")
    strategy = tf.distribute.MultiWorkerMirroredStrategy()

    def step():
        return tf.distribute.get_replica_context().all_reduce("sum", tf.constant(1.0))

    run = tf.function(lambda: strategy.run(step))
    for number in range(100000):
        if number == int(sys.argv[4]):
            os.kill(os.getpid(), signal.SIGKILL)
        run()


cpu = tf.config.list_physical_devices("CPU")[0]
if sys.argv[1] != "worker":
    two = [tf.config.LogicalDeviceConfiguration(), tf.config.LogicalDeviceConfiguration()]
    tf.config.set_logical_device_configuration(cpu, two)
globals()[sys.argv[1]]()
