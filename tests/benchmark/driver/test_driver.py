"""The driver's arithmetic and its rewriting of candidates. ctest runs them; so does `python3 -m unittest` in this folder."""
import os
import unittest

import link
import measurements
import process
import report


def run(measurement, peer, **metrics):
    return {"measurement": measurement, "peer": peer, "repetition": 1, "disturbed_above": 0.25,
            "metrics": {"other cores": 0, **metrics}}


class Report(unittest.TestCase):
    def test_takes_the_median_and_the_range(self):
        runs = [run("m", "parley", **{"MB/s": value}) for value in (3, 1, 9)]
        self.assertEqual(report.summarize(runs)["m"]["MB/s"]["parley"], (3, 1, 9, 3))

    def test_a_ratio_above_one_means_better_whichever_way_the_metric_goes(self):
        self.assertEqual(report.ratio((200,), (100,), "MB/s"), "2.00")
        self.assertEqual(report.ratio((10,), (20,), "µs p50"), "2.00")
        self.assertEqual(report.ratio((10,), (0,), "threads added"), "–")
        self.assertEqual(report.ratio(None, (1,), "MB/s"), "–")

    def test_says_whether_targets_are_met(self):
        name = "throughput 64 KiB, one process"
        runs = [run(name, "parley", **{"MB/s": 260}), run(name, "node-datachannel", **{"MB/s": 60})]
        verdicts = {row[0]: row[2] for row in report.target_rows(report.summarize(runs))}
        self.assertEqual(verdicts[f"parley: {name}, MB/s"], "met")
        self.assertEqual(verdicts[f"parley: {name}, MB/s (× node-datachannel)"], "MISSED")

    def test_every_target_names_something_that_is_measured(self):
        names = {one.name for one in measurements.all_measurements()}
        self.assertLessEqual({target[0] for target in report.TARGETS}, names)
        self.assertLessEqual(set(measurements.QUICK), names)

    def test_lists_failed_and_disturbed_runs(self):
        failed = {"measurement": "m", "peer": "p", "repetition": 2, "failed": "nothing arrived"}
        notes = list(report.problems([failed, run("m", "q", **{"other cores": 0.5}), run("m", "r")]))
        self.assertEqual(notes, ["p, m, run 2: nothing arrived", "q, m, run 1: other programs used 0.50 cores"])


class FakeLink(link.Link):
    """Without the program: remembers what it was asked."""

    def __init__(self):
        self._faces = ["10.77.0.1:1000", "10.77.0.1:2000"]
        self._known = [False, False]
        self.asked = []

    def _ask(self, command):
        self.asked.append(command)


class Candidates(unittest.TestCase):
    HOST = "candidate:1 1 UDP 2122 10.77.0.1 4711 typ host generation 0"

    def test_the_other_side_hears_of_the_face_turned_to_it(self):
        emulated = FakeLink()
        carried = emulated.carry(0, {"candidate": {"candidate": self.HOST, "sdpMid": "0"}})
        self.assertEqual(carried["candidate"]["candidate"], self.HOST.replace("4711", "2000"))
        self.assertEqual(carried["candidate"]["sdpMid"], "0")
        self.assertEqual(emulated.asked, ["a 10.77.0.1:4711"])
        carried = emulated.carry(1, {"candidate": {"candidate": self.HOST}})
        self.assertEqual(carried["candidate"]["candidate"], self.HOST.replace("4711", "1000"))

    def test_a_side_has_one_candidate(self):
        emulated = FakeLink()
        for other in (self.HOST.replace("UDP", "TCP"), self.HOST.replace("10.77.0.1", "127.0.0.1")):
            self.assertIsNone(emulated.carry(0, {"candidate": {"candidate": other}}))
        self.assertIsNotNone(emulated.carry(0, {"candidate": {"candidate": self.HOST}}))
        self.assertIsNone(emulated.carry(0, {"candidate": {"candidate": self.HOST}}))

    def test_candidates_in_a_description_are_led_through_as_well(self):
        sdp = f"v=0\r\na={self.HOST}\r\na=candidate:2 1 UDP 1 192.0.2.1 9 typ host\r\na=mid:0\r\n"
        carried = FakeLink().carry(0, {"description": {"type": "offer", "sdp": sdp}})
        self.assertEqual(carried["description"]["sdp"],
                         f"v=0\r\na={self.HOST.replace('4711', '2000')}\r\na=mid:0\r\n")

    def test_the_end_of_candidates_passes(self):
        self.assertEqual(FakeLink().carry(0, {"candidate": {"candidate": ""}}), {"candidate": {"candidate": ""}})


class Cpu(unittest.TestCase):
    def test_the_clock_of_a_process_runs_while_it_works(self):
        before = process.cpu_seconds(os.getpid())
        while process.cpu_seconds(os.getpid()) < before + 0.01:
            pass
        self.assertLess(process.cpu_seconds(os.getpid()), before + 5)


if __name__ == "__main__":
    unittest.main()
