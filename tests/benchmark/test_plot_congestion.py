"""Tests of what plot_congestion.py works out and draws."""
import io
import subprocess
import tempfile
import unittest
from pathlib import Path

import plot_congestion as plot

CSV = '''scenario,title,flow,seconds,target,capacity,queueing_ms,sent,lost,greedy_bytes
one,First,0,0.2,100000,1000000,5.0,10,0,0
one,First,0,0.6,200000,1000000,15.0,30,5,0
one,First,0,1.1,300000,1000000,10.0,50,5,1000
two,Second,1,0.5,1,2,3,4,0,0
two,Second,0,0.5,9,2,3,4,0,0
'''


class PlotTest(unittest.TestCase):
    def setUp(self):
        self.scenarios = plot.read(io.StringIO(CSV))

    def test_scenarios_have_their_flows_in_order(self):
        self.assertEqual(list(self.scenarios), ['one', 'two'])
        title, flows = self.scenarios['two']
        self.assertEqual(title, 'Second')
        self.assertEqual([rows[0]['target'] for rows in flows], [9, 1])

    def test_losses_are_those_of_their_interval(self):
        rows = self.scenarios['one'][1][0]
        self.assertEqual(plot.per_interval(rows, 'sent'), [(0.5, 10), (1.0, 20)])
        self.assertEqual(plot.loss_percent(rows), [(0.5, 0), (1.0, 25)])

    def test_a_summary_has_a_line_for_each_flow(self):
        out = io.StringIO()
        plot.summarize(self.scenarios, out)
        lines = out.getvalue().splitlines()
        self.assertEqual(len(lines), 2 + 3)
        self.assertEqual(lines[2], '| one | 1 | 200 | 1000 | 10 | 15 | 10.00 % |')

    def test_each_scenario_becomes_a_png(self):
        script = Path(__file__).with_name('plot_congestion.py')
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([script, folder], input=CSV, capture_output=True, text=True)
            if 'No module named' in done.stderr:
                self.skipTest('python3-matplotlib is not installed')
            self.assertEqual(done.returncode, 0, done.stderr)
            pictures = sorted(Path(folder).iterdir())
            self.assertEqual([picture.name for picture in pictures], ['one.png', 'two.png'])
            for picture in pictures:
                content = picture.read_bytes()
                self.assertEqual(content[:8], b'\x89PNG\r\n\x1a\n')
                self.assertGreater(int.from_bytes(content[16:20], 'big'), 500, 'its width')


if __name__ == '__main__':
    unittest.main()
