#!/usr/bin/env python3
"""check.py finds what is wrong, and nothing where nothing is."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HEADER = '''
namespace parley {
enum class State { New, InUse };
using ThingEvents = EventTarget<EventType<"done", Event>, EventType<"open", Event>>;
/// Not a struct Thing: a comment.
struct Options : public Base {
  std::optional<std::map<int, std::string>> first{}, second{};
  bool third = true;
  explicit Options(int value) : third(value) {}
  operator const int&() const { return 1; }
};
class PARLEY_EXPORT Thing : public ThingEvents {
 public:
  explicit Thing(std::shared_ptr<int> core);
  template <class... Rest>
  requires(sizeof...(Rest) > 0) void start(const Rest&... rest) {
    if (true) begin({rest...});
  }
  [[nodiscard]] const std::string& name() const { return name_; }
  void own_way(std::function<void(int)> f = [](int) {});
  EventHandler<Event> ondone{list<"done">()};

 private:
  void hidden();
  std::string name_;
};
}  // namespace parley
'''
LIST = '''# a comment
State | enum | thing.hpp | State
State."new" | value | thing.hpp | New
State."in-use" | value | thing.hpp | InUse
Options | dictionary | thing.hpp | Options
Options.first | member | thing.hpp | first
Options.second | member | thing.hpp | second
Options.other | member | thing.hpp | Options.third
Thing | interface | thing.hpp | Thing
Thing.constructor | constructor | thing.hpp | Thing
Thing.start | method | thing.hpp | start
Thing.name | attribute | thing.hpp | name
Thing.ondone | attribute | thing.hpp | ondone
Thing.done | event | thing.hpp | done
Thing.open | event | thing.hpp | open
Thing.stop | method | - | missing: somebody else
Thing.blob | attribute | - | not applicable: none here
'''


class Check(unittest.TestCase):
    def check(self, header=HEADER, rows=LIST):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in (('include/parley/thing.hpp', header), ('tests/surface/w3c.txt', rows),
                               ('src/api/names.cpp', 'names = {"new", "in-use"};')):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            check = Path(__file__).with_name('check.py')
            return subprocess.run([sys.executable, '-B', check, folder], capture_output=True, text=True)

    def refused(self, reason, **changed):
        result = self.check(**changed)
        self.assertNotEqual(result.returncode, 0, reason)
        self.assertIn(reason, result.stderr)

    def test_nothing_is_wrong(self):
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_what_is_named_has_to_be_declared(self):
        self.refused('Thing has no start', header=HEADER.replace(' start(', ' begin_it('))
        self.refused('Thing has no name', header=HEADER.replace(' public:\n', ' public:\n private:\n'))
        self.refused('does not declare Thing', header=HEADER.replace('Thing :', 'Thin :'))
        self.refused('is not among its events', header=HEADER.replace('"open"', '"opened"'))
        self.refused('is not an enumerator', header=HEADER.replace('InUse', 'Used'))

    def test_what_is_declared_has_to_be_named(self):
        self.refused('Thing::another is not in', header=HEADER.replace('  void own_way', '  void another();\n  void own_way'))
        self.refused('Options::second is not in', rows=LIST.replace('Options.second | member | thing.hpp | second\n', ''))
        self.refused('Thing::open is not in', rows=LIST.replace('Thing.open | event | thing.hpp | open\n', ''))
        self.refused('is declared', header=HEADER.replace('  void own_way', '  void stop();\n  void own_way'))

    def test_rows_have_a_form(self):
        self.refused('not a row', rows=LIST + 'Thing.more | method | thing.hpp\n')
        self.refused('neither where it is nor why not', rows=LIST + 'Thing.more | method | - | later\n')
        self.refused('is there twice', rows=LIST + 'Thing.name | attribute | thing.hpp | name\n')
        self.refused('would be InUse', rows=LIST.replace('value | thing.hpp | InUse', 'value | thing.hpp | New'))
        self.refused('nothing in src says', rows=LIST.replace('"new"', '"New"'))


unittest.main()
