#include <sys/utsname.h>
#include <time.h>

#include <fstream>

#include "core/base/thread_pool.h"
#include "core/base/version.h"
#include "core/report/report.h"

namespace quantscope {

namespace {

/// Value of the first line "key : value" or KEY="value" of a file of the system; empty where there is none.
std::string lookUp(const char* path, const std::string& key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t at = line.find(separator);
    if (at == std::string::npos || line.compare(0, key.size(), key) != 0) continue;
    const size_t begin = line.find_first_not_of(" \t\"", at + 1);
    const size_t end = line.find_last_not_of(" \t\"");
    if (begin != std::string::npos) return line.substr(begin, end - begin + 1);
  }
  return "";
}

std::string now() {
  const time_t seconds = ::time(nullptr);
  tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  ::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> describeEnvironment(int threads) {
  std::vector<std::pair<std::string, std::string>> rows;
  rows.emplace_back("Made by", std::string("Quantscope ") + kVersion);
  rows.emplace_back("Made on", now());
  const std::string processor = lookUp("/proc/cpuinfo", "model name", ':');
  if (!processor.empty()) rows.emplace_back("Processor", processor);
  std::string used = std::to_string(threads);
  used += " of ";
  used += std::to_string(hardwareThreads());
  rows.emplace_back("Threads", used);
  utsname system{};
  std::string name = lookUp("/etc/os-release", "PRETTY_NAME", '=');
  if (::uname(&system) == 0) {
    if (!name.empty()) name += ", ";
    name += system.sysname;
    name += " ";
    name += system.release;
  }
  if (!name.empty()) rows.emplace_back("System", name);
  return rows;
}

}  // namespace quantscope
