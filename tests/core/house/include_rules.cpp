#include "tests/core/house/include_rules.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <sstream>

namespace quantscope::tests {

namespace {

using Rooms = std::set<std::string, std::less<>>;

Rooms with(Rooms rooms, const Rooms& more) {
  rooms.insert(more.begin(), more.end());
  return rooms;
}

// What each room of core/ may include besides itself.
const std::map<std::string, Rooms, std::less<>>& coreRooms() {
  static const Rooms values = {"base", "jobs", "model", "numerics"};
  static const Rooms run = with(values, {"schema", "ops", "runtime"});
  static const Rooms measure = with(run, {"data", "statistics"});
  static const std::map<std::string, Rooms, std::less<>> table = {
      {"base", {}},
      {"schema", {}},
      {"jobs", {"base"}},
      {"numerics", {"base"}},
      {"layout", {"base", "jobs"}},
      {"model", {"base", "schema"}},
      {"io", with(values, {"schema"})},
      {"data", values},
      {"statistics", values},
      {"ops", {"base", "model", "numerics", "schema"}},
      {"runtime", run},
      {"calibration", measure},
      {"evaluation", measure},
      {"training", measure},
      // Of calibration only its result, of io only the size of a file, see kOneHeader.
      {"quantization", with(values, {"schema", "ops", "statistics", "calibration", "io"})},
      {"report", with(measure, {"evaluation", "layout", "quantization"})},
      {"pipeline", with(measure, {"io", "calibration", "evaluation", "training", "quantization", "layout", "report"})},
  };
  return table;
}

// A header that rooms outside may include although the rest of its room is closed to them.
const std::map<std::string, std::string, std::less<>> kOneHeader = {
    {"quantization>calibration", "core/calibration/ranges.h"}, {"quantization>io", "core/io/tflite_writer.h"}};

// Libraries that belong to some places only: prefix of the header, prefixes of the files that may name it.
struct Library {
  std::string_view header;
  std::vector<std::string_view> places;
};

const std::vector<Library>& libraries() {
  static const std::vector<Library> table = {
      {"Q", {"ui/", "app/gui/"}},
      {"qcustomplot.h", {"ui/widgets/"}},
      {"CLI/", {"app/cli/"}},
      {"jpeglib.h", {"core/data/"}},
      {"png.h", {"core/data/"}},
      {"Eigen/", {"core/ops/", "core/runtime/", "core/quantization/", "core/training/"}},
      {"flatbuffers/", {"core/schema/", "core/model/", "core/io/", "core/ops/", "core/runtime/"}},
  };
  return table;
}

std::vector<std::string> parts(std::string_view path) {
  std::vector<std::string> result;
  std::stringstream stream{std::string(path)};
  for (std::string part; std::getline(stream, part, '/');) result.push_back(part);
  return result;
}

bool startsWithOneOf(std::string_view text, const std::vector<std::string_view>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view p) { return text.starts_with(p); });
}

std::optional<std::string> libraryOffence(const std::string& file, std::string_view header) {
  for (const Library& library : libraries()) {
    // "Q" stands for Qt: every Qt header is Q and a capital letter, or lies in a folder such as QtGui/.
    const bool isQt = library.header == "Q";
    const bool named = isQt ? header.size() > 1 && header[0] == 'Q' && (std::isupper(header[1]) || header[1] == 't')
                            : header.starts_with(library.header);
    if (named && !startsWithOneOf(file, library.places)) {
      std::string where;
      for (std::string_view place : library.places) where += (where.empty() ? "" : ", ") + std::string(place);
      return std::string(isQt ? "Qt" : std::string(header)) + " belongs into " + where;
    }
  }
  return std::nullopt;
}

std::optional<std::string> fromCore(const std::vector<std::string>& from, const std::vector<std::string>& to,
                                    std::string_view header) {
  const std::string& room = from[1];
  const auto row = coreRooms().find(room);
  if (row == coreRooms().end()) return "core/" + room + " is no room of docs/architecture.md";
  if (to[0] != "core" || to.size() < 3) return "core/" + room + " may include rooms of core only";
  if (to[1] == room) return std::nullopt;
  if (!row->second.contains(to[1])) return "core/" + room + " may not include core/" + to[1];
  const auto only = kOneHeader.find(room + ">" + to[1]);
  if (only != kOneHeader.end() && header != only->second) {
    return "core/" + room + " may include of core/" + to[1] + " only " + only->second;
  }
  return std::nullopt;
}

// The explicit list of views: the only file outside ui/views that names them.
constexpr std::string_view kViewList = "ui/main_window/view_list.cpp";

std::optional<std::string> fromUi(const std::string& file, const std::vector<std::string>& from,
                                  const std::vector<std::string>& to) {
  if (to[0] != "core" && to[0] != "ui") return "ui may include core and ui only";
  const std::string place = from.size() > 2 ? from[1] : "";
  const bool toUi = to[0] == "ui" && to.size() > 2;
  if (place == "widgets") {
    if (to[0] == "core" && to[1] != "statistics" && to[1] != "base") {
      return "ui/widgets may include statistics values only of core";
    }
    if (to[0] == "ui" && !(toUi && to[1] == "widgets")) return "ui/widgets may include no other part of ui";
  }
  if (place == "workspace" && to[0] == "ui" && !(toUi && to[1] == "workspace")) {
    return "ui/workspace may include core only";
  }
  if (place != "views" && file != kViewList && toUi && to[1] == "views") {
    return "only " + std::string(kViewList) + " names views";
  }
  const bool inView = place == "views" && from.size() > 3;
  if (inView && to[0] == "ui") {
    if (!toUi) return "a view may include core, workspace and widgets only";
    if (to[1] == "views" && !(to.size() > 3 && to[2] == from[2])) return "a view may not include another view";
    if (to[1] != "views" && to[1] != "workspace" && to[1] != "widgets") {
      return "a view may include core, workspace and widgets only";
    }
  }
  return std::nullopt;
}

std::optional<std::string> fromApp(const std::vector<std::string>& from, const std::vector<std::string>& to) {
  const std::string& program = from[1];
  if (to[0] == "app") return to[1] == program ? std::nullopt : std::optional("one program may not include another");
  if (to[0] == "core") return std::nullopt;
  if (program == "gui" && to[0] == "ui") return std::nullopt;
  return "app/" + program + (program == "gui" ? " may include core and ui only" : " may include core only");
}

std::optional<std::string> houseOffence(const std::string& file, std::string_view header) {
  const std::vector<std::string> from = parts(file), to = parts(header);
  static const Rooms roots = {"core", "ui", "app", "tests"};
  if (to.size() < 2 || !roots.contains(to[0])) return "write the path from the root of the source tree";
  if (from.size() < 3 && from[0] != "ui") return "a source file lies in a room";
  if (from[0] == "core") return fromCore(from, to, header);
  if (from[0] == "ui") return fromUi(file, from, to);
  return fromApp(from, to);
}

// The header of an #include line and whether it is quoted.
std::optional<std::pair<std::string, bool>> includedHeader(std::string_view line) {
  const auto skipSpace = [&] { line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size())); };
  skipSpace();
  if (!line.starts_with("#")) return std::nullopt;
  line.remove_prefix(1);
  skipSpace();
  if (!line.starts_with("include")) return std::nullopt;
  line.remove_prefix(7);
  skipSpace();
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return std::nullopt;
  const bool quoted = line[0] == '"';
  const size_t end = line.find(quoted ? '"' : '>', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return std::pair(std::string(line.substr(1, end - 1)), quoted);
}

}  // namespace

std::vector<IncludeOffence> checkIncludes(const std::string& file, std::string_view text) {
  std::vector<IncludeOffence> offences;
  int number = 0;
  for (size_t begin = 0; begin < text.size(); ++number) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const auto header = includedHeader(text.substr(begin, end - begin));
    begin = end + 1;
    if (!header) continue;
    const auto& [name, quoted] = *header;
    std::optional<std::string> why = libraryOffence(file, name);
    const bool fromLibrary = !quoted || name == "qcustomplot.h" || name.ends_with(".moc");
    if (!why && !fromLibrary) why = houseOffence(file, name);
    if (why) offences.push_back({file, number + 1, "#include of " + name + ": " + *why});
  }
  return offences;
}

}  // namespace quantscope::tests
