#!/usr/bin/env python3
"""Tests the parts of scripts/bench that only compute: ratios, table, JSON, plots, parsed output."""

import json
import pathlib
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))

from bench import plots, postgres, profile  # noqa: E402
from bench.comparison import Comparison  # noqa: E402
from bench.rows import Row, ratios_of, table  # noqa: E402
from bench.sample import Sample, percentile, sample_of_atm_bench  # noqa: E402


def samples(*rates):
    return [Sample(rate) for rate in rates]


class Ratios(unittest.TestCase):
    def test_each_round_has_its_own_ratio(self):
        self.assertEqual(ratios_of(samples(6, 8), samples(2, 4)), [3, 2])

    def test_a_round_that_measured_nothing_has_none(self):
        self.assertEqual(ratios_of(samples(6, 8), samples(0, 4)), [2])

    def test_the_median_decides_what_is_reached(self):
        for ratios, verdict in ([1, 5, 9], "aim"), ([1, 4, 9], "bar"), ([1, 2, 9], "BELOW"):
            self.assertEqual(Row("w", "a", 3, 5, ratios).verdict(), verdict)

    def test_of_latencies_less_is_better(self):
        for ratios, verdict in ([0.2], "aim"), ([0.4], "bar"), ([0.6], "ABOVE"):
            row = Row("w", "a", 0.5, 0.25, ratios, more_is_better=False)
            self.assertEqual(row.verdict(), verdict)

    def test_a_row_without_a_measurement_says_why(self):
        row = Row("cost", "itself", 5, 1, [], note="no such build")
        self.assertEqual(row.verdict(), "not measured")
        self.assertIn("not measured: no such build", table([row]))


class Table(unittest.TestCase):
    def test_it_shows_median_spread_bar_and_aim_in_aligned_columns(self):
        text = table([Row("deposits", "PostgreSQL", 3, 5, [2.5, 3.25, 12]),
                      Row("balances of all", "Redis", 0.6, 0.9, [0.61])])
        lines = text.splitlines()
        self.assertEqual(len({len(line) for line in lines}), 1)
        self.assertEqual([cell.strip() for cell in lines[2].strip("|").split("|")],
                         ["deposits", "PostgreSQL", "3.25×", "2.50–12.0", "3×", "5×", "bar"])
        self.assertTrue(set(lines[1]) <= set("|- "), "the second line separates the head")


class Figures(unittest.TestCase):
    def test_contenders_take_turns_at_being_first(self):
        order = []

        def measure(name):
            order.append(name)
            return Sample(1)
        comparison = Comparison(1, 2, say=lambda line: None)
        comparison.interleave({name: lambda name=name: measure(name) for name in "ab"})
        self.assertEqual(order, ["a", "b", "b", "a"])
        self.assertEqual({name: len(each) for name, each in comparison.samples.items()},
                         {"a": 2, "b": 2})

    def test_the_json_has_the_machine_the_rows_and_every_sample(self):
        comparison = Comparison(2, 1, say=lambda line: None)
        measured = Sample(10, 1, 2, 3, 0.5, {"BUSY": 1})
        comparison.interleave({"atm-server deposit 64": lambda: measured})
        comparison.add(Row("w", "a", 3, 5, [4]))
        figures = json.loads(json.dumps(comparison.as_json("quick")))
        self.assertEqual(figures["mode"], "quick")
        self.assertGreater(figures["machine"]["processors"], 0)
        self.assertEqual(figures["rows"][0]["ratios"], [4])
        self.assertEqual(figures["rows"][0]["verdict"], "bar")
        sample, = figures["samples"]["atm-server deposit 64"]
        self.assertEqual(sample, {"per_second": 10, "p50_us": 1, "p99_us": 2, "p999_us": 3,
                                  "generator": 0.5, "refused": {"BUSY": 1}, "missed": 0})

    def test_a_percentile_is_one_of_the_values(self):
        values = list(range(1, 101))
        self.assertEqual([percentile(values, p) for p in (0.5, 50, 99, 99.9, 100)],
                         [1, 50, 99, 100, 100])
        self.assertEqual(percentile([], 50), 0)

    def test_a_sample_is_read_from_the_output_of_atm_bench(self):
        sample = sample_of_atm_bench({
            "per_second": 5.5, "latency": {"p50_us": 1, "p99_us": 2, "p99.9_us": 3},
            "generator": {"share": 0.25}, "errors": {"BUSY": 4}, "missed": 7})
        self.assertEqual(sample, Sample(5.5, 1, 2, 3, 0.25, {"BUSY": 4}, 7))


class Plots(unittest.TestCase):
    MEASURED = {"atm-server deposit 64": samples(4, 6, 5), "atm-server deposit 1": samples(2),
                "Redis deposit 64": samples(9), "Redis deposit 64 at 5 a second": samples(1),
                "Redis balance 64": samples(8)}

    def test_a_series_has_the_medians_in_the_order_of_clients(self):
        self.assertEqual(plots.series(self.MEASURED, "deposit", "per_second"),
                         {"atm-server": [(1, 2), (64, 5)], "Redis": [(64, 9)]})

    def test_a_plot_has_a_line_for_each_side_and_percentile(self):
        text = plots.throughput(self.MEASURED, "x.svg")
        self.assertIn("set output 'x.svg'", text)
        self.assertEqual(re.findall(r"title '([^']+)'", text.partition("plot")[2]),
                         ["atm-server", "Redis"])
        self.assertEqual(plots.latencies(self.MEASURED, "y.svg").count("linespoints"), 6)

    def test_nothing_is_drawn_without_deposits(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(plots.draw({}, pathlib.Path(folder)), [])


class Parsed(unittest.TestCase):
    def test_a_log_of_pgbench_has_the_latency_in_its_third_column(self):
        self.assertEqual(postgres.parse_log("0 1 1500 0 1700000000 5\n3 2 90 0 1700000000 9 40\n"),
                         [1500, 90])

    def test_counts_of_perf_leave_out_what_the_machine_cannot_count(self):
        self.assertEqual(profile.parse_perf("<not supported>,,instructions:u,0,100.00,,\n"
                                            "12,,context-switches,5,100.00,,\n"
                                            "3.50,msec,task-clock,3500000,100.00,0.4,CPUs\n"),
                         {"context-switches": 12, "task-clock": 3.5})

    def test_counts_of_strace_are_read_with_and_without_errors(self):
        text = ("% time     seconds  usecs/call     calls    errors syscall\n"
                "------ ----------- ----------- --------- --------- ----------------\n"
                " 60.00    0.500000          50     10000           pwrite64\n"
                " 40.00    0.300000          30      9000       200 futex\n"
                "------ ----------- ----------- --------- --------- ----------------\n"
                "100.00    0.800000          42     19000       200 total\n")
        self.assertEqual(profile.parse_strace(text), {"pwrite64": 10000, "futex": 9000})

    def test_keys_of_postgresql_are_as_long_as_a_uuid(self):
        self.assertEqual(sum(map(int, re.findall(r"text, (\d+), '0'", postgres.KEY))), 36)


if __name__ == "__main__":
    unittest.main()
