"""What a request costs the broker, held against bounds.py."""

import dataclasses
import unittest

import syscalls
from allocations import Allocations, Symbols
from bounds import BOUNDS, ROUNDING
from node import LOADS, WORK, node, of_one_request, prepare, run


def told(costs):
    return ", ".join(f"{what} {each:.2f}" for what, each in costs.items() if each > 0.005)


class SystemCalls(unittest.TestCase):
    def test_stay_within_their_bounds(self):
        with node("calls") as broker:
            prepare(broker)
            for name in BOUNDS:
                with self.subTest(name):
                    costs = of_one_request(broker, name, lambda load: syscalls.counted(broker.pid, load))
                    print(f"{name}: {told(costs)}")
                    self.assertGreater(costs["send"], 0.9, "strace saw no answers")
                    bounds = dataclasses.asdict(BOUNDS[name])
                    over = [f"{what}: {each:.2f}, at most {bounds[what]:g}" for what, each in costs.items()
                            if each > bounds[what] + ROUNDING]
                    self.assertEqual(over, [], f"system calls of one request: {told(costs)}")


class NewPartitions(unittest.TestCase):
    def test_cost_few_system_calls(self):
        few, many = 100, 400
        with node("partitions") as broker:
            costs = [
                syscalls.counted(broker.pid, lambda count=count: broker.create_topic(f"of-{count}", count, ()))
                for count in (few, many)
            ]
            of_one = {kind: (costs[1][kind] - costs[0][kind]) / (many - few) for kind in costs[0]}
            print(f"a partition: {told(of_one)}")
            # Its topic's id, and a line of the log. Others: the folder, two files, and what wakes threads.
            self.assertLess(of_one["write"], 2.5, told(of_one))
            self.assertLess(of_one["other"], 14, told(of_one))
            log = broker.directory / "data/of-400-0"
            self.assertEqual(sorted(each.name for each in log.iterdir()), ["00000000000000000000.log", "partition.metadata"])


class AllocationsOfARequest(unittest.TestCase):
    def test_stay_within_their_bounds(self):
        with node("allocations", counting=True) as broker:
            prepare(broker)
            allocations = Allocations(WORK / "allocations/allocations")

            def count(load):
                before = allocations.count()
                load()
                return {"allocations": allocations.count() - before}

            for name, bound in BOUNDS.items():
                with self.subTest(name):
                    cost = of_one_request(broker, name, count)["allocations"]
                    print(f"{name}: {cost:.2f} allocations")
                    self.assertGreaterEqual(cost, 0)
                    if cost > bound.allocations + ROUNDING:
                        self.fail(f"{cost:.2f} allocations, at most {bound.allocations}:\n{where(broker, allocations, name)}")

    def test_are_counted_at_all(self):
        with node("counted", counting=True) as broker:
            allocations = Allocations(WORK / "counted/allocations")
            before = allocations.count()
            broker.create_topic("t", 10, ())
            self.assertGreater(allocations.count(), before + 100)


def where(broker, allocations, name):
    """Who allocates once or more for each request, as lines."""
    requests = LOADS[name][2][0]
    allocations.record(True)
    run(broker, name, requests)
    allocations.record(False)
    sites = [site for site in allocations.sites() if site[0] > 0.4 * requests]
    symbols = Symbols(broker.pid)
    symbols.learn({frame for *_, frames in sites for frame in frames})
    return "\n".join(f"{count / requests:.2f} of {size / count:.0f} B: {symbols.path(frames)}" for count, size, frames in sites)
