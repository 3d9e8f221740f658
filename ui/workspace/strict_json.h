#pragma once

#include <QString>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace quantscope::ui {

using Json = nlohmann::ordered_json;

/// Reads one JSON object strictly: a missing key, a value of another kind and a key that nobody asked for are
/// errors that name the key with its way from the root ("variants[2].bytes"). The first error stays; later reads
/// leave their targets as they are.
class StrictObject {
public:
  StrictObject(const Json& value, std::string path, std::optional<Error>& error);

  bool has(const char* key) const { return m_value && m_value->contains(key); }
  void read(const char* key, bool& target);
  void read(const char* key, int64_t& target);
  void read(const char* key, int& target);
  void read(const char* key, uint64_t& target);
  void read(const char* key, double& target);
  void read(const char* key, std::string& target);
  void read(const char* key, QString& target);
  void read(const char* key, std::vector<double>& target);
  void read(const char* key, std::vector<int64_t>& target);
  void read(const char* key, std::vector<std::string>& target);
  /// The raw value, any kind; null where it is missing.
  const Json* raw(const char* key);
  /// The object or the list below a key, read by `body`.
  template <typename Body>
  void object(const char* key, Body body) {
    if (const Json* value = raw(key)) {
      StrictObject inner(*value, pathOf(key), m_error);
      body(inner);
      inner.finish();
    }
  }
  template <typename Body>
  void objects(const char* key, Body body) {
    const Json* value = raw(key);
    if (!value) return;
    if (!value->is_array()) return fail(key, "is not a list");
    for (size_t i = 0; i < value->size() && !m_error; ++i) {
      StrictObject inner((*value)[i], pathOf(key) + "[" + std::to_string(i) + "]", m_error);
      body(inner);
      inner.finish();
    }
  }
  /// Notes an error of the value below a key: "<path> <why>".
  void fail(const char* key, const std::string& why);
  /// Complains about keys that were not read.
  void finish();
  std::string pathOf(const char* key) const { return m_path.empty() ? key : m_path + "." + key; }

private:
  const Json* m_value = nullptr;
  std::string m_path;
  std::optional<Error>& m_error;
  std::set<std::string> m_read;
};

/// Parses text. Errors: Malformed with the position.
Result<Json> parseJson(std::string_view text);

}  // namespace quantscope::ui
