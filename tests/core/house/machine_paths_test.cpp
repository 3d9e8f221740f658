#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace quantscope::tests {

namespace {

namespace fs = std::filesystem;

// Written in two halves, or this file would find itself.
const std::vector<std::string> kMachineFolders = {
    "/wo"
    "rk/",
    "/ro"
    "ot/",
    "/ho"
    "me/",
    "/Us"
    "ers/",
    "/tmp"
    "/w/",
    "/opt"
    "/qs",
    "C:"
    "\\Users\\"};

/// The files git keeps; without git or a repository, everything but build folders and hidden folders.
std::vector<std::string> committedFiles() {
  std::vector<std::string> files;
  const std::string command = "git -C '" + sourceFolder().string() + "' ls-files -z 2>/dev/null";
  if (std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(command.c_str(), "r"), pclose}) {
    std::string name;
    for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get())) {
      if (c != 0) {
        name += static_cast<char>(c);
      } else {
        files.push_back(std::move(name));
        name.clear();
      }
    }
  }
  if (!files.empty()) return files;
  for (auto it = fs::recursive_directory_iterator(sourceFolder()); it != fs::recursive_directory_iterator(); ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory() && (name == "build" || name == "__pycache__" || name.starts_with("."))) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file()) {
      files.push_back(fs::relative(it->path(), sourceFolder()).generic_string());
    }
  }
  return files;
}

/// The line of the first machine path in the text; nothing if there is none.
std::optional<int> lineOfMachinePath(const std::string& text) {
  for (const std::string& folder : kMachineFolders) {
    for (size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at + 1)) {
      // Within a longer path such as docs/work/ or a web address it is something else.
      const unsigned char before = at == 0 ? ' ' : static_cast<unsigned char>(text[at - 1]);
      if (std::isalnum(before) || before == '.' || before == '_' || before == '-' || before == '~') continue;
      return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    }
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("no committed file names a folder of somebody's machine", "[house]") {
  const std::vector<std::string> files = committedFiles();
  CHECK(files.size() > 50);
  for (const std::string& file : files) {
    std::ifstream stream(sourceFolder() / file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (const auto line = lineOfMachinePath(text.str())) FAIL_CHECK(file << ":" << *line << " names a machine path");
  }
}

TEST_CASE("machine paths are found in text and left alone inside other paths", "[house]") {
  CHECK(lineOfMachinePath(std::string("one\ntwo \"/wo") + "rk/x\"") == 2);
  CHECK(lineOfMachinePath(std::string("=/ho") + "me/somebody") == 1);
  CHECK_FALSE(lineOfMachinePath(std::string("docs/wo") + "rk/x"));
  CHECK_FALSE(lineOfMachinePath("/usr/share/quantscope"));
}

}  // namespace quantscope::tests
